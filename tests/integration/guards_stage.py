# SPDX-License-Identifier: Apache-2.0
"""One Deployment whose pods are ready at once, services that scale it, and what they say."""
import json
import threading
import time
import uuid

from operator_stage import Failure, get, kubectl, wait

INTERVAL, STEP = 5, 2
SPACE = "guards-" + uuid.uuid4().hex[:6]
HIGH, CALM, LOW = "90", "50", "10"


def service(name="web"):
    return {"apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
            "metadata": {"name": name, "namespace": SPACE},
            "spec": {"intervalSeconds": INTERVAL, "tiers": [{
                "name": "app", "scaleTargetRef": {"name": "web"}, "minReplicas": 2,
                "maxReplicas": 30, "threshold": {
                    "metrics": [{"name": "load", "query": "load", "scaleUpThreshold": "70",
                                 "scaleDownThreshold": "30"}],
                    "scaleUp": {"step": STEP, "cooldownSeconds": 0},
                    "scaleDown": {"step": 1, "cooldownSeconds": 0}}}]}}


def deployment(replicas):
    labels = {"app": "web"}
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": SPACE},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels},
                     "template": {"metadata": {"labels": labels}, "spec": {
                         "containers": [{"name": "web", "image": "none"}]}}}}


def autoscaler():
    return {"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "web-hpa", "namespace": SPACE},
            "spec": {"minReplicas": 2, "maxReplicas": 9, "scaleTargetRef": {
                "apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {
                    "type": "Utilization", "averageUtilization": 80}}}]}}


class Pods(threading.Thread):
    """Says that every pod asked for is ready, as the node's kubelet would."""

    def __init__(self):
        super().__init__(daemon=True)
        self.over = threading.Event()

    def run(self):
        told = None
        while not self.over.wait(0.3):
            try:
                item = get("deployment", "web", SPACE)
                generation, count = item["metadata"]["generation"], item["spec"]["replicas"]
                if (generation, count) == told:
                    continue
                state = {"observedGeneration": generation, "replicas": count,
                         "updatedReplicas": count, "readyReplicas": count,
                         "availableReplicas": count}
                kubectl("-n", SPACE, "patch", "deployment", "web", "--subresource=status",
                        "--type=merge", "-p", json.dumps({"status": state}))
                told = (generation, count)
            except Failure:
                continue  # not there yet, or changed meanwhile: looked at again


def apply(item):
    kubectl("apply", "-f", "-", text=json.dumps(item))


def replicas():
    return get("deployment", "web", SPACE)["spec"]["replicas"]


def condition(kind, name="web"):
    found = get("evaluationservice", name, SPACE).get("status", {}).get("conditions", [])
    return next((each for each in found if each["type"] == kind), None)


def holds(kind, state, reason, name="web"):
    found = condition(kind, name)
    return found if found and (found["status"], found["reason"]) == (state, reason) else None


def stays(seconds, what):
    """The replicas do not move for so long."""
    before, end = replicas(), time.monotonic() + seconds
    while time.monotonic() < end:
        if replicas() != before:
            raise Failure(f"{what}: replicas went from {before} to {replicas()}")
        time.sleep(0.5)


def scales_up(what):
    before = replicas()
    wait(f"{what}: a scale-up", 6 * INTERVAL, lambda: replicas() > before)


def scale_by_hand(count):
    kubectl("-n", SPACE, "scale", "deployment", "web", f"--replicas={count}")
