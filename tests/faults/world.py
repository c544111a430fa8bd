# SPDX-License-Identifier: Apache-2.0
"""One test's world: a namespace, a target and its service, a Prometheus stand-in, operators, and
a proxy between each operator and the API server. Its story is a scale-up and a scale-down."""
import dataclasses
import pathlib
import threading
import time
import uuid

from fixtures.certificates import Authority
from objects import HIGH, LOW, MIDDLE, deployment, kubeconfig, service
from operator_process import OperatorProcess
from oracles import end_state
from plan import Plan
from prometheus import Prometheus
from proxy import Proxy
from recording import Recording
from trace import Trace
from upstream import DEPLOYMENTS, LEASES, SERVICES, ClusterApi, Upstream

RESTART_AFTER = 0.3


class Failure(Exception):
    """The story did not come to its end; the text says where it stuck."""


@dataclasses.dataclass
class Settings:
    """How the world differs from the ordinary one."""
    replicas: int = 3
    least: int = 2
    most: int = 10
    step_up: int = 2
    step_down: int = 1
    cooldown_up: int = 60
    cooldown_down: int = 8
    interval: int = 5
    policy: str = "threshold"     # or targetTracking: see objects.py
    window: int = 0               # of its down-stabilization, in seconds
    operators: int = 1
    flags: tuple = ()             # more flags for every operator
    leader: bool = False          # with --leader-elect; one that loses may end and comes again
    restart: bool = True          # whether a killed operator is started again
    patience: float = 45.0        # for each wait of the story
    upstream_kubeconfig: str = "" # as whom the proxies speak; default: the administrator
    notice: float = 15.0          # how long a change may go unnoticed at the end
    end_replicas: int = 4
    own_story: bool = False       # the end is not that of the ordinary story: see points/


class World:
    def __init__(self, cluster, folder, plan=None, **settings):
        self.settings, self.plan = Settings(**settings), plan or Plan()
        self.cluster, self.folder = cluster, pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.space = "faults-" + uuid.uuid4().hex[:8]
        self.api = ClusterApi(cluster.upstream)
        self.recording, self.prometheus = Recording(), Prometheus()
        self.operators, self.proxies, self.notes = [], [], []
        self.over, self.calm = False, False    # calm: faults stop, the end is looked at
        self.probed, self.probe_failure, self.failure = None, "", ""
        self.reached, self.reached_status, self.cached = {}, {}, {}
        self.exits, self.foreign = [], []      # foreign: (time, replicas) set by the test

    # Making and ending it.

    def __enter__(self):
        self.authority = Authority(self.folder / "tls", "faults")
        self.certificate = self.authority.server("IP:127.0.0.1", "DNS:localhost")
        self.api.create("/api/v1/namespaces", {"metadata": {"name": self.space}})
        self.trace = Trace(self.api, self.space)
        self.make_pair("web")
        for who in range(self.settings.operators):
            self.add_operator(who)
        threading.Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.over = True
        for operator in self.operators:
            operator.kill()
        for proxy in self.proxies:
            proxy.close()
        self.prometheus.close()
        self.trace.close()
        for path in (SERVICES, DEPLOYMENTS, LEASES):
            self.api.delete(path.format(self.space))

    def make_pair(self, name, mode="Auto"):
        self.api.create(DEPLOYMENTS.format(self.space),
                        deployment(self.space, name, self.settings.replicas))
        self.api.create(SERVICES.format(self.space),
                        service(self.space, name, self.settings, mode))

    def delete_pair(self, name):
        self.api.delete(self.service_path(name))
        self.api.delete(self.deployment_path(name))

    def add_operator(self, who):
        source = self.settings.upstream_kubeconfig
        upstream = Upstream(source) if source else self.cluster.upstream
        proxy = Proxy(upstream, self.certificate, self.plan, self.recording, who, self.on_signal)
        config = self.folder / f"kubeconfig{who}"
        config.write_text(kubeconfig(proxy.url, self.authority.own.certificate))
        self.proxies.append(proxy)
        flags = list(self.settings.flags)
        if self.settings.leader:
            flags += ["--leader-elect", "--leader-election-namespace", self.space]
        self.operators.append(OperatorProcess(
            self.folder / f"operator{who}", config, self.prometheus.url, [self.space], flags))

    # What one may ask.

    @property
    def operator(self):
        return self.operators[0]

    @property
    def proxy(self):
        return self.proxies[0]

    def service_path(self, name="web"):
        return f"{SERVICES.format(self.space)}/{name}"

    def deployment_path(self, name="web"):
        return f"{DEPLOYMENTS.format(self.space)}/{name}"

    def replicas(self, name="web"):
        return self.trace.replicas(name)

    def status(self, name="web"):
        item = self.trace.last("services", name)
        return (item or {}).get("status", {})

    def condition(self, kind, name="web"):
        for entry in self.status(name).get("conditions", []):
            if entry["type"] == kind:
                return entry
        return {}

    def reading(self, name="web"):
        """The metric as the status tells it; {} before there is one."""
        tiers = self.status(name).get("tiers", [])
        return tiers[0]["metrics"][0] if tiers and tiers[0].get("metrics") else {}

    def wait(self, what, check, seconds=None):
        """Until check() is true, and what it was; otherwise the story fails there."""
        end = time.monotonic() + (seconds or self.settings.patience)
        while time.monotonic() < end:
            value = check()
            if value:
                return value
            time.sleep(0.05)
        raise Failure(f"not within {seconds or self.settings.patience:.0f} s: {what}")

    # What happens to the operators.

    def on_signal(self, rule, who):
        operator = self.operators[who]
        if rule.signal == "KILL":
            operator.kill()
            self._restart_soon(operator)
        elif rule.signal == "STOP":
            operator.freeze(rule.seconds)
        else:
            threading.Thread(target=self._terminate, args=(operator,), daemon=True).start()

    def restart(self, who=0):
        """Killed and started again at once."""
        self.operators[who].kill()
        self.operators[who].start()

    def _terminate(self, operator):
        self.exits.append(operator.stop())
        self._restart_soon(operator)

    def _restart_soon(self, operator):
        def start():
            if not self.over and not operator.running():
                operator.start()
        if self.settings.restart:
            threading.Timer(RESTART_AFTER, start).start()

    def _look(self):
        while not self.over:
            for operator in self.operators:
                if operator.running():
                    operator.sample()
                elif self.settings.leader and operator.ended_by_itself():
                    self._restart_soon(operator)
            time.sleep(0.25)

    # The story.

    def play(self, run):
        """Runs a point to its end and takes down what the oracles ask for."""
        try:
            run(self)
        except Failure as failure:
            self.failure = str(failure)
        self.reached, self.reached_status = end_state(self), self.status()
        try:
            if not self.failure and self.probed is None:
                # Whatever is left of the faults must not hide that a watch has died.
                self.plan.clear()
                self.calm = True
                self.probe()
                self.cached = {
                    resource: self.operator.metric("evalscaler_cached_objects", resource=resource)
                    for resource in ("deployments", "evaluationservices")}
        except Failure as failure:
            self.probe_failure = str(failure)
        self.stop()

    def set_replicas(self, count, name="web", manager="a-user"):
        """A user's hand, or another program's."""
        self.foreign.append((time.monotonic(), count))
        self.api.merge(f"{self.deployment_path(name)}?fieldManager={manager}",
                       {"spec": {"replicas": count}})

    def start(self):
        for operator in self.operators:
            operator.start()

    def story(self):
        """Scale-up, scale-down, quiet; beside them another service comes and goes."""
        self.start()
        self.rise()
        self.fall()
        self.settle()

    def rise(self):
        up = self.settings.replicas + self.settings.step_up
        self.prometheus.value = HIGH
        self.make_pair("extra", "Paused")
        self.wait(f"scale-up to {up}", lambda: self.replicas() == up)
        self.linger()

    def fall(self):
        down = self.settings.end_replicas
        self.prometheus.value = LOW
        self.wait(f"scale-down to {down}", lambda: self.replicas() == down)
        self.linger()
        self.prometheus.value = MIDDLE
        self.delete_pair("extra")

    def linger(self):
        """Two more answers of the same load: whoever has forgotten what it did does it again.
        Less than the cooldown since the change, so that nobody may."""
        end = self.trace.changes()[-1][0] + 6.5
        self.prometheus.wait_for_answers(2, max(0.0, end - time.monotonic()))

    def settle(self, quiet=7.0, seconds=None):
        """Until the status says all is well and nothing has been written for more than an
        interval."""
        began = time.monotonic()
        self.wait("a status that says that all is well", self.is_well, seconds)
        self.wait(f"{quiet} s without a write", lambda: self.quiet_since(began) > quiet, seconds)

    def is_well(self):
        item = self.trace.last("services", "web") or {}
        status = item.get("status", {})
        tiers = status.get("tiers", [])
        return (tiers and status.get("observedGeneration") == item["metadata"]["generation"]
                and self.condition("Ready").get("status") == "True"
                and self.condition("ScalingActive").get("status") == "True"
                and tiers[0].get("current") == tiers[0].get("ready") == self.replicas()
                and (self.settings.own_story
                     or self.condition("ScalingLimited").get("status") == "False")
                and self.reading().get("state") == "Fresh")

    def quiet_since(self, began):
        """Seconds without a write, but for the lease."""
        last = max((each.at for each in self.recording.writes() if each.kind() != "lease"),
                   default=began)
        return time.monotonic() - max(began, last)

    def probe(self):
        """Whether the operator still sees what changes; (seconds for a service, for a target)."""
        # A watch that was refused again and again comes back after half a minute, or a whole one.
        patience = self.settings.notice if self.plan.fired < 3 else 70
        began = time.monotonic()
        changed = self.api.merge(self.service_path(), {"spec": {"type": "DataManager"}})
        generation = changed["metadata"]["generation"]
        self.wait("a changed service is noticed",
                  lambda: self.status().get("observedGeneration") == generation, patience)
        middle = time.monotonic()
        self.trace.set_ready("web", 1)
        self.wait("a changed target is noticed",
                  lambda: self.status()["tiers"][0].get("ready") == 1, patience)
        self.probed = (middle - began, time.monotonic() - middle)
        return self.probed

    def stop(self):
        """Ends the operators as a cluster does."""
        self.over = True
        for operator in self.operators:
            if operator.running():
                operator.sample()
                self.exits.append(operator.stop())
