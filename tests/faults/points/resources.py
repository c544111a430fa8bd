# SPDX-License-Identifier: Apache-2.0
"""Corrupt objects arrive from the API server: no crash, no write to them, others go on.

Beside the world's own service stands another pair, `victim`, whose objects are rewritten on
their way to the operator. What is harmless (`write_allowed`) may be acted on.
"""
import copy
import functools

from registry import Point, add
from world import Failure

VICTIM = "victim"


def set_at(path, value):
    """A mutation: the field at `a.b.0.c` becomes `value`; REMOVED takes it away."""
    def mutate(item):
        *outer, last = [int(key) if key.isdigit() else key for key in path.split(".")]
        for key in outer:
            item = item.setdefault(key, {}) if isinstance(item, dict) else item[key]
        if value is REMOVED:
            item.pop(last, None)
        else:
            item[last] = copy.deepcopy(value)
    return mutate


REMOVED = object()
DEEP = functools.reduce(lambda inner, _: [inner], range(400), 1)
REPLICAS, READY, GENERATION = "spec.replicas", "status.readyReplicas", "status.observedGeneration"
TIER = "spec.tiers.0."

# name -> (kind, mutation); the target must not be written.
CORRUPT = {
    "replicas-minus-1": ("Deployment", set_at(REPLICAS, -1)),
    "replicas-2-31": ("Deployment", set_at(REPLICAS, 1 << 31)),
    "replicas-2-63": ("Deployment", set_at(REPLICAS, 1 << 63)),
    "replicas-text": ("Deployment", set_at(REPLICAS, "three")),
    "replicas-fraction": ("Deployment", set_at(REPLICAS, 3.5)),
    "ready-minus-5": ("Deployment", set_at(READY, -5)),
    "ready-2-31": ("Deployment", set_at(READY, 1 << 31)),
    "status-a-list": ("Deployment", set_at("status", [])),
    "spec-missing": ("Deployment", set_at("spec", REMOVED)),
    "uid-missing": ("Deployment", set_at("metadata.uid", REMOVED)),
    "uid-swapped": ("Deployment", set_at("metadata.uid", "00000000-0000-0000-0000-000000000000")),
    "observed-generation-text": ("Deployment", set_at(GENERATION, "new")),
    "mode-unknown": ("EvaluationService", set_at("spec.mode", "Sideways")),
    "tiers-null": ("EvaluationService", set_at("spec.tiers", None)),
    "tiers-an-object": ("EvaluationService", set_at("spec.tiers", {"app": {}})),
    "tiers-missing": ("EvaluationService", set_at("spec.tiers", REMOVED)),
    "least-1e99": ("EvaluationService", set_at(TIER + "minReplicas", 1e99)),
    "least-above-most": ("EvaluationService", set_at(TIER + "minReplicas", 500)),
    "threshold-nan": ("EvaluationService",
                      set_at(TIER + "threshold.metrics.0.scaleUpThreshold", "NaN")),
    "step-minus-2": ("EvaluationService", set_at(TIER + "threshold.scaleUp.step", -2)),
    "cooldown-1e18": ("EvaluationService",
                      set_at(TIER + "threshold.scaleUp.cooldownSeconds", 10 ** 18)),
    "interval-0": ("EvaluationService", set_at("spec.intervalSeconds", 0)),
    "target-kind-node": ("EvaluationService",
                         set_at(TIER + "scaleTargetRef.kind", "Node")),
}
HARMLESS = {
    "service-without-uid": ("EvaluationService", set_at("metadata.uid", REMOVED)),
    "nested-deep": ("Deployment", set_at("spec.template.metadata.labels", DEEP)),
    "containers-null": ("Deployment", set_at("spec.template.spec", None)),
    "status-missing": ("Deployment", set_at("status", REMOVED)),
    "status-null": ("Deployment", set_at("status", None)),
    "conditions-null": ("Deployment", set_at("status.conditions", None)),
    "condition-unknown": ("Deployment", set_at("status.conditions", [
        {"type": "Progressing", "status": "Perhaps", "reason": 7}, {"type": None}])),
    "managed-fields-null": ("Deployment", set_at("metadata.managedFields", None)),
    "managed-fields-odd": ("Deployment", set_at("metadata.managedFields", [
        {"manager": "evalscaler", "operation": "Odd", "time": "yesterday", "fieldsV1": []}])),
    "annotation-of-1-mb": ("Deployment", set_at("metadata.annotations", {"x": "a" * (1 << 20)})),
    "service-status-odd": ("EvaluationService", set_at("status", {
        "tiers": [{"name": "app", "current": -1, "lastScaleUpTime": "soon"}],
        "conditions": [{"type": "Ready", "status": "Maybe"}], "recentDecisions": "none"})),
    "service-status-null": ("EvaluationService", set_at("status", None)),
    "service-annotation-with-crlf": ("EvaluationService", set_at(
        "metadata.annotations", {"evalscaler.io/paused": "true\r\nX-Evil: 1"})),
}


def corrupt(world, kind, mutate):
    def rewrite(event):
        item = event.get("object", {})
        if item.get("kind") == kind and item.get("metadata", {}).get("name") == VICTIM:
            mutate(item)
        return event
    world.proxy.rewrite_event = rewrite


def run(world, kind, mutate, write_allowed):
    corrupt(world, kind, mutate)
    world.make_pair(VICTIM)
    world.start()
    world.rise()
    world.fall()
    scales = [each for each in world.recording.writes("scale")
              if f"/{VICTIM}/" in each.path and each.effective]
    if scales and not write_allowed:
        raise Failure(f"the target was scaled: {scales[0].body[:200]}")
    if any(each < 2 or each > 10 for _, _, each in world.trace.changes(VICTIM)):
        raise Failure(f"replicas outside of their bounds: {world.trace.changes(VICTIM)}")
    world.delete_pair(VICTIM)
    world.settle()


for allowed, cases in ((False, CORRUPT), (True, HARMLESS)):
    for name, (of_kind, mutation) in cases.items():
        add(Point(f"corrupt-{name}", "corrupt object", run=functools.partial(
            run, kind=of_kind, mutate=mutation, write_allowed=allowed), limits={"writes": 60}))
