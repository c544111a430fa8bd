# SPDX-License-Identifier: Apache-2.0
"""A cluster with a load that goes up and down, and operators that compete for one lease.

Every process has a user and a Prometheus of its own, so that the audit log tells who wrote and
the queries tell who acts.
"""
import json
import os
import subprocess
import threading
import time
import urllib.request
import uuid

from operator_stage import (KUBECONFIG, KUBECTL, ROOT, Failure, LyingPrometheus, Operator, kubectl)

CLUSTER = os.environ["EVALSCALER_TEST_CLUSTER"]
SPACE = "leaders-" + uuid.uuid4().hex[:6]
NAMES = ("web-0", "web-1", "web-2")
MIN, MAX, UP, DOWN = 2, 60, 2, 1


def service(name):
    metric = {"name": "load", "query": "load", "scaleUpThreshold": "70",
              "scaleDownThreshold": "30"}
    return {"apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
            "metadata": {"name": name, "namespace": SPACE},
            "spec": {"intervalSeconds": 5, "tiers": [{
                "name": "app", "scaleTargetRef": {"name": name}, "minReplicas": MIN,
                "maxReplicas": MAX, "threshold": {
                    "metrics": [metric], "scaleUp": {"step": UP, "cooldownSeconds": 0},
                    "scaleDown": {"step": DOWN, "cooldownSeconds": 0}}}]}}


def deployment(name):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": name, "namespace": SPACE},
            "spec": {"replicas": 4, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {
                         "containers": [{"name": "web", "image": "none"}]}}}}


class Cluster:
    """What happens around the operators: pods become ready, every change is written down."""

    def __init__(self):
        self.trace = []  # (name, replicas)
        self.over = threading.Event()
        self.watch = subprocess.Popen(
            [KUBECTL, "--kubeconfig", KUBECONFIG, "-n", SPACE, "get", "deployments", "-w", "-o",
             r'jsonpath={.metadata.name} {.metadata.generation} {.spec.replicas}{"\n"}'],
            stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self):
        generations = {}
        for line in self.watch.stdout:
            name, generation, replicas = line.split()
            if generations.get(name) == generation:
                continue
            generations[name] = generation
            self.trace.append((name, int(replicas)))
            threading.Thread(target=self.make_ready, args=(name, int(replicas), int(generation)),
                             daemon=True).start()

    def make_ready(self, name, count, generation):
        status = {"observedGeneration": generation, "replicas": count, "updatedReplicas": count,
                  "readyReplicas": count, "availableReplicas": count}
        time.sleep(0.3)
        try:
            kubectl("-n", SPACE, "patch", "deployment", name, "--subresource=status",
                    "--type=merge", "-p", json.dumps({"status": status}))
        except Failure:
            if not self.over.is_set():
                raise

    def changes(self, name):
        return [replicas for one, replicas in self.trace if one == name]

    def stop(self):
        self.over.set()
        self.watch.terminate()
        self.watch.wait()


class Load:
    """One metric for all, high and low in turn; down takes three evaluations, up takes one."""

    def __init__(self):
        self.servers, self.value, self.pinned = [], "90", False
        self.over = threading.Event()
        threading.Thread(target=self.change, daemon=True).start()

    def change(self):
        while not self.over.is_set():
            for value, seconds in (("90", 11), ("10", 27)):
                if not self.pinned:
                    self.set(value)
                self.over.wait(seconds)

    def set(self, value):
        self.value = value
        for server in self.servers:
            server.mode = value

    def pin(self, value):
        self.pinned = True
        self.set(value)

    def server(self):
        server = LyingPrometheus()
        server.mode = self.value
        server.server.handle_error = lambda *_: None  # a client that was killed is no news
        self.servers.append(server)
        return server


class Replica(Operator):
    """One operator process, which never starts a second time."""

    def __init__(self, name, load):
        self.name = f"{SPACE}-{name}"
        self.prometheus = load.server()
        super().__init__(self.prometheus.url, SPACE)
        kubeconfig = subprocess.run([CLUSTER, "user", self.name, SPACE], check=True, text=True,
                                    capture_output=True).stdout.split()[-1]
        self.command[self.command.index("--kubeconfig") + 1] = kubeconfig
        self.command += ["--leader-elect", "--leader-election-namespace", SPACE]
        self.acted_at = None
        threading.Thread(target=self.await_first_query, daemon=True).start()
        self.start()

    def await_first_query(self):
        while self.prometheus.queries == 0:
            time.sleep(0.02)
        self.acted_at = time.monotonic()

    def says(self, text):
        return text in self.log.read_text(encoding="utf-8")

    def leads(self):
        return self.says(" leading ")

    def acts(self):
        return self.acted_at is not None

    def scaled(self):
        return self.says(" scaled ")

    def probe(self, path, field):
        """GET on the address that the log line `evalscaler starts` names."""
        text = self.log.read_text(encoding="utf-8")
        address = text.split(f" {field}=", 1)[1].split()[0].strip('"')
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return answer.read().decode()

    def master_status(self):
        for line in self.probe("/metrics", "metrics").splitlines():
            if line.startswith('leader_election_master_status{name="evalscaler"}'):
                return int(line.split()[-1])
        return None


def set_up():
    kubectl("apply", "-f", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s",
            "crd/evaluationservices.evalscaler.io")
    kubectl("create", "namespace", SPACE)
    kubectl("apply", "-f", str(ROOT / "manifests/rbac.yaml"))
    kubectl("create", "clusterrolebinding", SPACE, "--clusterrole=evalscaler", f"--group={SPACE}")
    cluster = Cluster()
    for name in NAMES:
        kubectl("apply", "-f", "-", text=json.dumps(deployment(name)))
        kubectl("apply", "-f", "-", text=json.dumps(service(name)))
    return cluster
