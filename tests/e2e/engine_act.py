# SPDX-License-Identifier: Apache-2.0
"""One act: a namespace, what runs in it, a Prometheus of its own, and what was seen happening."""
import time
import uuid

from engine_stage import IMAGE, StageError
from prometheus import Prometheus
from trace import Trace
from upstream import DEPLOYMENTS, SERVICES

HIGH, MIDDLE, LOW = 90, 50, 10   # of the act's own metric: above, between, below its thresholds
INTERVAL = 5
BUILT_IN = "default"             # the name of the real Prometheus


class ActFailed(StageError):
    """A claim that did not hold; its text says which."""


class Watched(Trace):
    """Here a kubelet and controllers say which pods are ready."""

    def _keep_statuses(self):
        pass


class Act:
    """`tell` is a function (act); its docstring is the act's title."""

    def __init__(self, stage, api, name, user, tell):
        self.stage, self.api, self.name = stage, api, name
        self.space = f"{name}-{uuid.uuid4().hex[:4]}"
        self.user, self.tell, self.operator = user, tell, None
        self.prometheus, self.lines, self.failure = Prometheus(), [], ""
        self.prometheus.value = MIDDLE
        self.began = time.monotonic()
        api.create("/api/v1/namespaces", {"metadata": {"name": self.space}})
        self.trace = Watched(api, self.space)

    def end(self):
        self.trace.close()
        self.prometheus.close()

    # What runs.

    def deployment(self, name, replicas, image=IMAGE, **spec):
        labels = {"app": name}
        container = {"name": "app", "image": image, "imagePullPolicy": "Never",
                     "ports": [{"name": "http", "containerPort": 8080}],
                     "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"},
                                        "periodSeconds": 2, "timeoutSeconds": 5},
                     "resources": {"requests": {"cpu": "30m", "memory": "16Mi"}},
                     "env": [{"name": "ENGINE_WAIT_MS", "value": "20"}]}
        self.api.create(DEPLOYMENTS.format(self.space), {
            "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
            "spec": {"replicas": replicas, "selector": {"matchLabels": labels}, **spec,
                     "template": {"metadata": {"labels": labels}, "spec": {
                         "terminationGracePeriodSeconds": 2, "containers": [container]}}}})

    def front(self, name):
        """The Service by which Prometheus finds the pods; its address."""
        made = self.api.create(f"/api/v1/namespaces/{self.space}/services", {
            "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
            "spec": {"selector": {"app": name},
                     "ports": [{"name": "http", "port": 80, "targetPort": "http"}]}})
        return made["spec"]["clusterIP"]

    def service(self, name="web", prometheus="", interval=INTERVAL, **tier):
        """Its one metric is the act's own unless a policy says otherwise."""
        tier.setdefault("minReplicas", 2)
        tier.setdefault("maxReplicas", 10)
        self.api.create(SERVICES.format(self.space), {
            "apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
            "metadata": {"name": name}, "spec": {
                "intervalSeconds": interval, "prometheus": prometheus or self.name,
                "tiers": [{"name": "app", "scaleTargetRef": {"name": name}, **tier}]}})

    def change_tier(self, name="web", **fields):
        item = self.api.get(f"{SERVICES.format(self.space)}/{name}")
        item["spec"]["tiers"][0].update(fields)
        self.api.merge(f"{SERVICES.format(self.space)}/{name}",
                       {"spec": {"tiers": item["spec"]["tiers"]}})

    def kubectl(self, *arguments, text=""):
        return self.stage.kubectl("-n", self.space, *arguments, text=text)

    # What is seen.

    def say(self, text):
        self.lines.append(f"  {time.monotonic() - self.began:6.1f} s  {text}")

    def replicas(self, name="web"):
        return self.trace.replicas(name)

    def ready(self, name="web"):
        return (self.trace.last("deployments", name) or {}).get("status", {}).get(
            "readyReplicas", 0)

    def conditions(self, name="web"):
        item = self.trace.last("services", name) or {}
        return item.get("status", {}).get("conditions", [])

    def condition(self, kind, name="web"):
        return next((each for each in self.conditions(name) if each["type"] == kind), {})

    def tier(self, name="web"):
        status = (self.trace.last("services", name) or {}).get("status", {})
        return (status.get("tiers") or [{}])[0]

    def says(self, kind, status, reason, name="web"):
        """That condition, if it is so."""
        found = self.condition(kind, name)
        return found if (found.get("status"), found.get("reason")) == (status, reason) else None

    def story_of(self, name="web"):
        """"4 by nobody yet, 5 by evalscaler, 4 by kubectl": the replicas and who set them."""
        told = []
        for event in self.trace.of("deployments", name):
            count = event.item["spec"]["replicas"]
            if not told or told[-1][0] != count:
                told.append((count, owner(event.item)))
        return ", ".join(f"{count} by {who}" for count, who in told)

    def our_writes(self, name="web"):
        """Scalings of this target that the API server carried out for the operator."""
        return [write for write in self.stage.audited(self.space, self.user)
                if write.done and (write.resource, write.part, write.name)
                == ("deployments", "scale", name)]

    # Claims.

    def wait(self, what, seconds, check):
        """Until check() is true, and what it was."""
        end = time.monotonic() + seconds
        while not (value := check()):
            if time.monotonic() > end:
                raise ActFailed(f"not within {seconds} s: {what}")
            time.sleep(0.1)
        return value

    def holds(self, what, seconds, check):
        """All the time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if not check():
                raise ActFailed(f"no longer so: {what}; replicas were {self.story_of()}")
            time.sleep(0.1)

    def rounds(self, count):
        """Until this act's metric has been asked for so many times more, and it was looked at."""
        self.prometheus.wait_for_answers(count, count * 15 + 10)
        time.sleep(1)

    def expect(self, what, true):
        if not true:
            raise ActFailed(what)

    def settled(self, count, name="web"):
        self.wait(f"{count} pods ready", 120, lambda: self.ready(name) == count)


def owner(item):
    """The field manager that set spec.replicas last."""
    entries = [each for each in item["metadata"].get("managedFields", [])
               if "f:replicas" in each.get("fieldsV1", {}).get("f:spec", {})]
    return entries[-1]["manager"] if entries else "nobody"


def threshold(up=INTERVAL, down=INTERVAL, step_up=1, **fields):
    """The policy `threshold` on the act's own metric; cooldowns in seconds."""
    return {"threshold": {
        "metrics": [{"name": "load", "query": "load", "scaleUpThreshold": "70",
                     "scaleDownThreshold": "30"}],
        "scaleUp": {"step": step_up, "cooldownSeconds": up},
        "scaleDown": {"step": 1, "cooldownSeconds": down}}, **fields}


def tracking(**fields):
    """`targetTracking` of the same metric, one pod up or down in ten seconds."""
    one = {"stabilizationWindowSeconds": 0,
           "policies": [{"type": "Pods", "value": 1, "periodSeconds": 10}]}
    return {"targetTracking": {"metrics": [{"name": "load", "query": "load", "target": {
        "type": "Value", "value": "50"}}]}, "behavior": {"scaleUp": one, "scaleDown": one},
        **fields}
