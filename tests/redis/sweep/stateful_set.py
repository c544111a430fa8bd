# SPDX-License-Identifier: Apache-2.0
"""The StatefulSet controller and the kubelet of one world: pods are real redis-server processes.

Growing starts the next ordinals, shrinking ends the highest ones; nothing of them is kept.
"""
import base64
import http.client
import threading
import time
import traceback

from nodes import PASSWORD, POD_PORT, Node
from resp import Lost
from upstream import ApiError

NAME = "redis-cluster"
SETS = "/apis/apps/v1/namespaces/{}/statefulsets"
PODS = "/api/v1/namespaces/{}/pods"
SECRETS = "/api/v1/namespaces/{}/secrets"
LABELS = {"app": NAME}


def stateful_set(pods):
    container = {"name": "redis", "image": "none", "ports": [{"containerPort": POD_PORT}]}
    return {"apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": {"name": NAME},
            "spec": {"replicas": pods, "serviceName": NAME, "selector": {"matchLabels": LABELS},
                     "template": {"metadata": {"labels": LABELS},
                                  "spec": {"containers": [container]}}}}


def secret(password):
    return {"metadata": {"name": "redis-secret"}, "data": {
        "password": base64.b64encode(password.encode()).decode()}}


class StatefulSet:
    def __init__(self, api, space, folder, network, relay, durable=False, node_timeout=2000):
        self.api, self.space, self.folder, self.network = api, space, folder, network
        self.relay, self.durable, self.node_timeout = relay, durable, node_timeout
        self.password = PASSWORD
        self.nodes, self.troubles = [], []
        self.uid, self.started = "", 0
        self.changed, self.closing = threading.Event(), False
        self.due = []           # (time, function): what to do later
        self.thread = threading.Thread(target=self._follow, daemon=True)

    def create(self, pods):
        made = self.api.create(SETS.format(self.space), stateful_set(pods))
        self.uid = made["metadata"]["uid"]
        self.api.create(SECRETS.format(self.space), secret(self.password))
        self.grow(pods)
        self.tell(made)

    def start_anew(self):
        """All servers empty and strangers to each other."""
        for node in self.nodes:
            node.kill()
            node.wipe()
        for node in self.nodes:
            node.start()

    def follow(self):
        self.thread.start()

    def close(self):
        self.closing = True
        self.changed.set()
        if self.thread.is_alive():
            self.thread.join(10)
        for node in self.nodes:
            node.kill()

    def update_secret(self):
        self.api.merge(SECRETS.format(self.space) + "/redis-secret", secret(self.password))

    @property
    def path(self):
        return f"{SETS.format(self.space)}/{NAME}"

    def get(self):
        return self.api.get(self.path)

    def _follow(self):
        while not self.closing:
            try:
                self._do_what_is_due()
                self._look()
            except (Lost, OSError, ApiError, http.client.HTTPException):
                if not self.closing:
                    self.troubles.append(traceback.format_exc(limit=3))
            self.changed.wait(0.5)
            self.changed.clear()

    def later(self, seconds, function):
        """Done by the controller's own thread: a server dies with the thread that started it."""
        self.due.append((time.monotonic() + seconds, function))

    def _do_what_is_due(self):
        for entry in [each for each in self.due if each[0] <= time.monotonic()]:
            self.due.remove(entry)
            entry[1]()

    def _look(self):
        item = self.get()
        wanted = item["spec"]["replicas"]
        if wanted > len(self.nodes):
            self.grow(wanted)
        while wanted < len(self.nodes):
            node = self.nodes.pop()
            self.relay.leave(node.ordinal)
            node.kill()
            self.api.delete(f"{self.pod_path(node)}?gracePeriodSeconds=0")
        self.tell(item)

    def pod_path(self, node):
        return f"{PODS.format(self.space)}/{NAME}-{node.ordinal}"

    def grow(self, pods):
        while len(self.nodes) < pods:
            ordinal = len(self.nodes)
            self.started += 1
            node = Node(self.folder / f"pod-{ordinal}.{self.started}", self.network, ordinal,
                        self.durable, self.node_timeout)
            node.password = self.password
            node.wipe()     # of a run before this one
            node.start()
            self.relay.serve(node)
            self.nodes.append(node)
            self.create_pod(node)

    def create_pod(self, node):
        owner = {"apiVersion": "apps/v1", "kind": "StatefulSet", "name": NAME, "uid": self.uid,
                 "controller": True}
        self.api.create(PODS.format(self.space), {
            "metadata": {"name": f"{NAME}-{node.ordinal}", "labels": LABELS,
                         "ownerReferences": [owner]},
            "spec": stateful_set(1)["spec"]["template"]["spec"]})
        self.api.merge(self.pod_path(node) + "/status", {"status": {
            "phase": "Running", "podIP": node.host, "podIPs": [{"ip": node.host}]}})

    def tell(self, item):
        """What the controller says in the object's status."""
        count = len(self.nodes)
        status = {"observedGeneration": item["metadata"]["generation"], "replicas": count,
                  "readyReplicas": count, "availableReplicas": count, "currentReplicas": count,
                  "updatedReplicas": count, "currentRevision": "one", "updateRevision": "one"}
        if any(item.get("status", {}).get(key) != value for key, value in status.items()):
            self.api.merge(self.path + "/status", {"status": status})
