# SPDX-License-Identifier: Apache-2.0
"""Two operators with one lease behind one Service, which the API server can proxy to.

There is no node: the pods that the proxy wants to see are objects whose address is this machine's.
"""
import http.client
import json
import os
import socket
import subprocess
import uuid

from operator_stage import (BIN, KUBECONFIG, ROOT, Failure, Operator, get,
                            kubectl, wait)

CLUSTER = os.environ["EVALSCALER_TEST_CLUSTER"]
INTERVAL, COOLDOWN = 5, 60
SPACE = "explain-" + uuid.uuid4().hex[:6]
LABELS = {"app": "evalscaler-test"}

SERVICE = {
    "apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
    "metadata": {"name": "web", "namespace": SPACE},
    "spec": {"intervalSeconds": INTERVAL, "tiers": [{
        "name": "app", "scaleTargetRef": {"name": "web"}, "minReplicas": 2, "maxReplicas": 20,
        "threshold": {
            "metrics": [{"name": "load", "query": "load", "scaleUpThreshold": "70",
                         "scaleDownThreshold": "30"}],
            "scaleUp": {"step": 2, "cooldownSeconds": COOLDOWN},
            "scaleDown": {"step": 1, "cooldownSeconds": COOLDOWN}}}]}}

DEPLOYMENT = {
    "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "web", "namespace": SPACE},
    "spec": {"replicas": 4, "selector": {"matchLabels": {"app": "web"}},
             "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                 "containers": [{"name": "web", "image": "none"}]}}}}

# What a person needs to explain live, and to pause; README says the same.
READER = [{"apiGroups": ["evalscaler.io"], "resources": ["evaluationservices"], "verbs": ["get"]}]
LIVE = READER + [
    {"apiGroups": [""], "resources": ["services", "pods"], "verbs": ["list"]},
    {"apiGroups": [""], "resources": ["services/proxy", "pods/proxy"], "verbs": ["get"]}]
PAUSER = [{"apiGroups": ["evalscaler.io"], "resources": ["evaluationservices"],
           "verbs": ["patch"]}]


def apply(*objects):
    kubectl("apply", "-f", "-", text=json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": list(objects)}))


def own_address():
    """An address of this machine that the API server is willing to proxy to; nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError as error:
            raise Failure(f"this machine has no address beside loopback: {error}") from error
        return probe.getsockname()[0]


class Replica(Operator):
    """One of the two, with its metrics where the API server can reach them."""

    def __init__(self, prometheus, address):
        super().__init__(prometheus.url, SPACE)
        self.command[self.command.index("--metrics-bind-address") + 1] = f"{address}:0"
        self.command += ["--leader-elect", "--leader-election-namespace", SPACE]
        self.start()
        wait("its log names its addresses", 10, lambda: " probes=" in self.text())

    def text(self):
        return self.log.read_text(encoding="utf-8")

    def address_of(self, field):
        return self.text().split(f" {field}=", 1)[1].split()[0].strip('"')

    def port(self):
        return int(self.address_of("metrics").rsplit(":", 1)[1])

    def ask(self, path, field="metrics", method="GET"):
        connection = http.client.HTTPConnection(self.address_of(field), timeout=2)
        connection.request(method, path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()

    def leads(self):
        return " leading " in self.text()


def pod(name, port):
    return {"apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": name, "namespace": SPACE, "labels": LABELS},
            "spec": {"containers": [{"name": "evalscaler", "image": "none", "ports": [
                {"name": "metrics", "containerPort": port}]}]}}


def publish(replicas, address):
    """A Service, its endpoints and its pods, as the controllers of a real cluster make them."""
    service = {"apiVersion": "v1", "kind": "Service",
               "metadata": {"name": "ops", "namespace": SPACE,
                            "labels": {"app.kubernetes.io/name": "evalscaler"}},
               "spec": {"selector": LABELS, "ports": [
                   {"name": "metrics", "port": 8080, "targetPort": "metrics"}]}}
    account = {"apiVersion": "v1", "kind": "ServiceAccount",
               "metadata": {"name": "default", "namespace": SPACE}}
    subsets = []
    apply(service, account)
    for number, replica in enumerate(replicas):
        name = f"ops-{number}"
        apply(pod(name, replica.port()))
        kubectl("-n", SPACE, "patch", "pod", name, "--subresource=status", "--type=merge", "-p",
                json.dumps({"status": {"phase": "Running", "podIP": address,
                                       "podIPs": [{"ip": address}]}}))
        subsets.append({"addresses": [{"ip": address, "targetRef": {
            "kind": "Pod", "namespace": SPACE, "name": name}}],
            "ports": [{"name": "metrics", "port": replica.port()}]})
    apply({"apiVersion": "v1", "kind": "Endpoints",
           "metadata": {"name": "ops", "namespace": SPACE}, "subsets": subsets})


def user(name, rules):
    """A kubeconfig of somebody with these rights in the namespace, and none beside."""
    path = subprocess.run([CLUSTER, "user", f"{SPACE}-{name}", f"{SPACE}-{name}"], check=True,
                          text=True, capture_output=True).stdout.split()[-1]
    apply({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "Role",
           "metadata": {"name": name, "namespace": SPACE}, "rules": rules},
          {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "RoleBinding",
           "metadata": {"name": name, "namespace": SPACE},
           "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
           "subjects": [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group",
                         "name": f"{SPACE}-{name}"}]})
    return path


def plugin(*arguments, kubeconfig=KUBECONFIG):
    return subprocess.run([BIN / "kubectl-evalscaler", *arguments, "-n", SPACE, "--kubeconfig",
                           kubeconfig], text=True, capture_output=True, check=False, timeout=30)


def explain(*arguments, kubeconfig=KUBECONFIG):
    done = plugin("explain", "web", "-o", "json", "--operator-namespace", SPACE, *arguments,
                  kubeconfig=kubeconfig)
    if done.returncode != 0:
        raise Failure(f"explain: exit {done.returncode}: {done.stderr}")
    return json.loads(done.stdout)


def expect(condition, what):
    if not condition:
        raise Failure(what)


def say_ready(count):
    generation = get("deployment", "web", SPACE)["metadata"]["generation"]
    kubectl("-n", SPACE, "patch", "deployment", "web", "--subresource=status", "--type=merge", "-p",
            json.dumps({"status": {
                "observedGeneration": generation, "replicas": count, "updatedReplicas": count,
                "readyReplicas": count, "availableReplicas": count}}))


def replicas_wanted():
    return get("deployment", "web", SPACE)["spec"]["replicas"]


def set_up(prometheus):
    kubectl("apply", "-f", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s",
            "crd/evaluationservices.evalscaler.io")
    kubectl("create", "namespace", SPACE)
    apply(DEPLOYMENT)
    say_ready(4)
    apply(SERVICE)
    address = own_address()
    replicas = [Replica(prometheus, address) for _ in range(2)]
    wait("one of them leads", 20, lambda: any(each.leads() for each in replicas))
    publish(replicas, address)
    return replicas
