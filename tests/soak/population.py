# SPDX-License-Identifier: Apache-2.0
"""The services of a soak: made, churned, kept alive as their cluster's controllers would."""
import http.client
import random
import threading
import time

from api_client import MERGE, ApiClient

SPACE = "soak"
DEPLOYMENTS = f"/apis/apps/v1/namespaces/{SPACE}/deployments"
SERVICES = f"/apis/evalscaler.io/v1alpha1/namespaces/{SPACE}/evaluationservices"
LEAST, MOST = 2, 20


def deployment(name):
    labels = {"app": name}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": 5, "selector": {"matchLabels": labels}, "template": {
                "metadata": {"labels": labels},
                "spec": {"containers": [{"name": "web", "image": "none"}]}}}}


def service(name, cooldown=60):
    return {"apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
            "metadata": {"name": name},
            "spec": {"intervalSeconds": 15, "tiers": [{
                "name": "app", "scaleTargetRef": {"name": name},
                "minReplicas": LEAST, "maxReplicas": MOST, "threshold": {
                    "metrics": [{"name": "load", "scaleUpThreshold": "70",
                                 "scaleDownThreshold": "30"}],
                    "scaleUp": {"step": 2, "cooldownSeconds": cooldown},
                    "scaleDown": {"step": 1, "cooldownSeconds": cooldown}}}]}}


def history(name):
    """The status of a service that has lived for a while: memory must not grow by youth alone."""
    step = {"stage": "policy", "from": 5, "to": 7, "reason": "ThresholdExceeded",
            "message": f"app 5 -> 7: load 95 > 70 (score 0.3571) for {name}"}
    decision = {"tier": "app", "time": "2026-01-01T00:00:00Z", "from": 5, "to": 7,
                "applied": True, "reason": step["reason"], "message": step["message"],
                "steps": [step, {**step, "stage": "cooldown"}]}
    return {"observedGeneration": 0, "recentDecisions": [decision] * 10}


class StatusKeeper:
    """Says of every Deployment that its pods are as many as asked for, and ready."""

    def __init__(self, access):
        self._watch, self._patch = ApiClient(access), ApiClient(access)
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self):
        while True:
            try:
                for frame in self._watch.lines(
                        DEPLOYMENTS + "?watch=true&sendInitialEvents=true&allowWatchBookmarks=true"
                        "&resourceVersionMatch=NotOlderThan&timeoutSeconds=500"):
                    if frame["type"] in ("ADDED", "MODIFIED"):
                        self._keep(frame["object"])
            except (OSError, RuntimeError, ValueError, http.client.HTTPException):
                time.sleep(1)

    def _keep(self, seen):
        meta, count = seen["metadata"], seen["spec"]["replicas"]
        wanted = {"observedGeneration": meta["generation"], "replicas": count,
                  "updatedReplicas": count, "readyReplicas": count, "availableReplicas": count}
        status = seen.get("status", {})
        if any(status.get(key) != value for key, value in wanted.items()):
            self._patch.request("PATCH", f"{DEPLOYMENTS}/{meta['name']}/status",
                                {"status": wanted}, MERGE, accept=(200, 404))


class Population:
    def __init__(self, access, count, loads):
        self._api = ApiClient(access)
        self._random = random.Random(2)
        self._loads = loads
        self.names = [f"web-{i}" for i in range(count)]
        self.churned = {"created anew": 0, "target created anew": 0, "edited": 0, "load moved": 0}

    def create(self):
        self._api.request("POST", "/api/v1/namespaces", {
            "apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
        for name in self.names:
            self._api.request("POST", DEPLOYMENTS, deployment(name))
            self._create_service(name)

    def _create_service(self, name):
        self._api.request("POST", SERVICES, service(name))
        self._api.request("PATCH", f"{SERVICES}/{name}/status", {"status": history(name)}, MERGE)

    def churn(self, share, stop, seconds):
        """Touches this share of the services, spread over these seconds."""
        chosen = self._random.sample(self.names, int(len(self.names) * share))
        began = time.monotonic()
        for i, name in enumerate(chosen):
            if stop.wait(max(0.0, began + seconds * i / len(chosen) - time.monotonic())):
                return
            self._touch(name)

    def _touch(self, name):
        what = self._random.choice(list(self.churned))
        self.churned[what] += 1
        if what == "created anew":
            self._api.request("DELETE", f"{SERVICES}/{name}")
            self._create_service(name)
        elif what == "target created anew":
            self._api.request("DELETE", f"{DEPLOYMENTS}/{name}?propagationPolicy=Background")
            self._api.request("POST", DEPLOYMENTS, deployment(name))
        elif what == "edited":
            cooldown = self._random.randint(30, 90)
            # The list of tiers as a whole: a merge patch needs no revision to be based on.
            self._api.request("PATCH", f"{SERVICES}/{name}",
                              {"spec": service(name, cooldown)["spec"]}, MERGE)
        else:
            self._loads[name] = self._random.choice((10, 50, 95))

    def wrongly_reported(self):
        """One line per service whose status does not tell what is."""
        targets = {item["metadata"]["name"]: item
                   for item in self._api.request("GET", DEPLOYMENTS)["items"]}
        items = self._api.request("GET", SERVICES)["items"]
        wrong = [f"{len(items)} services instead of {len(self.names)}"] * (
            len(items) != len(self.names))
        for item in items:
            name = item["metadata"]["name"]
            complaint = untrue(item, targets[name]["spec"]["replicas"])
            if complaint:
                wrong.append(f"{name}: {complaint}")
        return wrong


def untrue(item, replicas):
    status = item.get("status", {})
    if status.get("observedGeneration") != item["metadata"]["generation"]:
        return "observedGeneration is not the generation"
    ready = [entry["status"] for entry in status["conditions"] if entry["type"] == "Ready"]
    if ready != ["True"]:
        return f"Ready is {ready}"
    tier = status["tiers"][0]
    if tier["current"] != replicas:
        return f"current is {tier['current']}, the target has {replicas}"
    if not LEAST <= replicas <= MOST:
        return f"{replicas} replicas are out of bounds"
    return None
