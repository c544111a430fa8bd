# SPDX-License-Identifier: Apache-2.0
"""One world: a Redis Cluster of real servers in a namespace of its own, the service that scales
it, one operator, and something in every one of the operator's ways that can kill it."""
import json
import pathlib
import threading
import time
import uuid

from fixtures.certificates import Authority
from gate import ApiGate, Gate
from ledger import Ledger
from nodes import cluster_problems, form_cluster, free_network
from objects import kubeconfig
from operator_process import SANITIZED, OperatorProcess
from proxy import Proxy
from recording import Recording
from relay import Relay
from resp import Lost
from stateful_set import NAME, PODS, SECRETS, SETS, StatefulSet
from upstream import SERVICES, ClusterApi

RESTART_AFTER = 0.2
PATIENCE = 360.0 if SANITIZED else 240.0


class Stuck(Exception):
    """What was to happen did not; the text says what."""


class WatchedRecording(Recording):
    """Looks at the pods that would go before a smaller /scale goes through."""

    def __init__(self, world):
        super().__init__()
        self.world = world

    def begin(self, who, request, method, path, query):
        exchange = super().begin(who, request, method, path, query)
        if method == "PATCH" and path.endswith("/scale"):
            for hook in list(self.world.scale_hooks):
                hook()
            self.world.look_at_victims(exchange)
        return exchange


class World:
    def __init__(self, cluster, folder, shards=3, durable=False, node_timeout=2000):
        self.folder, self.shards = pathlib.Path(folder), shards
        self.folder.mkdir(parents=True, exist_ok=True)
        self.cluster, self.api = cluster, ClusterApi(cluster.upstream)
        self.space = "redis-" + uuid.uuid4().hex[:8]
        self.network, self.holder = free_network()
        self.gate = Gate(self.kill_operator)
        self.recording = WatchedRecording(self)
        self.relay = Relay(self.gate)
        self.set = StatefulSet(self.api, self.space, self.folder, self.network, self.relay,
                               durable, node_timeout)
        self.kills, self.over, self.lock = 0, False, threading.Lock()
        self.shrinks, self.unsafe = [], []     # pods that were to go, and what was wrong then
        self.scale_hooks, self.sizes = [], []  # sizes: those that are to be written, in order

    def __enter__(self):
        self.api.create("/api/v1/namespaces", {"metadata": {"name": self.space}})
        self.api.create(f"/api/v1/namespaces/{self.space}/serviceaccounts",
                        {"metadata": {"name": "default"}})
        self.set.create(self.shards * 2)
        self._form()
        self.ledger = Ledger([node.host for node in self.set.nodes])
        self.api.create(SERVICES.format(self.space), self.service(self.shards, self.shards))
        self._make_operator()
        self.set.follow()
        return self

    def _form(self):
        """On a busy machine a replica may take over in the middle of it: then once more."""
        for attempt in (1, 2, 3):
            try:
                return form_cluster(self.set.nodes, self.shards)
            except Lost:
                if attempt == 3:
                    raise
                self.set.start_anew()
        return None

    def __exit__(self, *_):
        self.over = True
        self.operator.kill()
        self.ledger.closing = True
        self.proxy.close()
        self.relay.close()
        self.set.close()
        self.holder.close()
        if self.service_object() is not None:
            self.api.merge(self.service_path, {"metadata": {"finalizers": None}})
        for path in (SERVICES, SETS, SECRETS):
            self.api.delete(path.format(self.space))
        self.api.delete(PODS.format(self.space) + "?gracePeriodSeconds=0")

    def _make_operator(self):
        authority = Authority(self.folder / "tls", "redis")
        self.proxy = Proxy(self.cluster.upstream, authority.server("IP:127.0.0.1"),
                           ApiGate(self.gate), self.recording, 0,
                           lambda rule, who: self.kill_operator())
        config = self.folder / "kubeconfig"
        config.write_text(kubeconfig(self.proxy.url, authority.own.certificate))
        self.operator = OperatorProcess(self.folder / "operator", config, "http://127.0.0.1:9",
                                        [self.space])

    def service(self, least, most):
        """No metric can be had: its bounds say what is wanted."""
        return {"apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
                "metadata": {"name": "cache", "namespace": self.space},
                "spec": {"intervalSeconds": 5, "mode": "Auto", "tiers": [{
                    "name": "cache",
                    "scaleTargetRef": {"kind": "StatefulSet", "name": NAME},
                    "minReplicas": least, "maxReplicas": most,
                    "redisCluster": {"replicasPerShard": 1, "passwordSecret": {
                        "name": "redis-secret", "key": "password"}},
                    "threshold": {"metrics": [{
                        "name": "load", "query": "load", "scaleUpThreshold": "70",
                        "scaleDownThreshold": "30"}],
                        "scaleUp": {"step": 1, "cooldownSeconds": 1},
                        "scaleDown": {"step": 1, "cooldownSeconds": 1}}}]}}

    @property
    def service_path(self):
        return f"{SERVICES.format(self.space)}/cache"

    def service_object(self):
        return self.api.find(self.service_path)

    def status(self):
        return (self.service_object() or {}).get("status", {})

    def tier(self):
        return (self.status().get("tiers") or [{}])[0]

    def plan(self):
        return self.tier().get("plan") or {}

    def condition(self, kind):
        for each in self.status().get("conditions", []):
            if each["type"] == kind:
                return each
        return {}

    # The operator's life.

    def start(self):
        self.operator.start()
        self.ledger.start()

    def kill_operator(self):
        with self.lock:
            if self.over or not self.operator.running():
                return
            self.operator.kill()
            self.kills += 1
            self.relay.cut_all()
            threading.Timer(RESTART_AFTER, self._start_again).start()

    def _start_again(self):
        with self.lock:
            if not self.over and not self.operator.running():
                self.operator.start()

    # Changes of size.

    def want(self, shards):
        self.api.merge(self.service_path, {"spec": self.service(shards, shards)["spec"]})

    def wait(self, what, check, seconds=PATIENCE):
        """Until check() is true, and what it was."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            value = check()
            if value:
                return value
            time.sleep(0.3)
        raise Stuck(f"not within {seconds:.0f} s: {what}")

    def change(self, shards, point=None):
        """A whole change of size, with one death in it; how long it took."""
        began = time.monotonic()
        self.gate.arm(point)
        self.want(shards)
        self.until_settled(shards)
        return time.monotonic() - began

    def until_settled(self, shards, seconds=PATIENCE):
        try:
            self.wait("settled", lambda: self.settled(shards), seconds)
        except Stuck as problem:
            raise Stuck(f"{shards} shards: {problem}; {self.picture(shards)}") from problem

    def settled(self, shards):
        """The size is right, the plan is over and has let go of the service, all is whole."""
        item = self.service_object()
        plan = (item.get("status", {}).get("tiers") or [{}])[0].get("plan")
        size = self.set.get()["spec"]["replicas"]
        return (size == shards * 2 == len(self.set.nodes) and not plan
                and not item["metadata"].get("finalizers")
                and not cluster_problems(self.set.nodes, shards))

    def picture(self, shards):
        plan = {key: value for key, value in self.plan().items() if key != "journal"}
        held = self.service_object()["metadata"].get("finalizers")
        return (f"{self.set.get()['spec']['replicas']} pods wanted, {len(self.set.nodes)} there, "
                f"finalizers {held}, "
                f"plan {json.dumps(plan)[:400]}, "
                f"{'; '.join(cluster_problems(self.set.nodes, shards)[:4])}")

    def look_at_victims(self, exchange):
        """The harness's own look, made while the write is on its way: what would be destroyed?"""
        wanted = scale_wanted(exchange.body)
        if wanted is None or wanted >= len(self.set.nodes):
            return
        survivor = self.set.nodes[0].text("CLUSTER", "NODES")
        for node in self.set.nodes[wanted:]:
            self.shrinks.append(node.ordinal)
            try:
                keys, slots, name = node.ask("DBSIZE"), node.own_slots(), node.id()
            except Lost as problem:
                self.unsafe.append(f"pod {node.ordinal} was to go unseen: {problem}")
                continue
            if keys or slots or name in survivor:
                self.unsafe.append(f"pod {node.ordinal} was to go with {keys} keys, {slots} slots"
                                   f"{', still in the cluster' if name in survivor else ''}")


def scale_wanted(body):
    """The replicas that a JSON patch of /scale asks for."""
    for entry in json.loads(body):
        if entry["op"] == "replace" and entry["path"] == "/spec/replicas":
            return entry["value"]
    return None
