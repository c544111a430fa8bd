#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What makes a scale-down wait, what a restart does not forget, and what wrong resources say.

Bad answers of Prometheus, one by one, are points of tests/faults.
"""
import json
import sys
import time
import uuid

from operator_stage import ROOT, Failure, LyingPrometheus, Operator, get, kubectl, wait

INTERVAL, COOLDOWN = 5, 20
SPACE = "operator-" + uuid.uuid4().hex[:6]

SERVICE = {
    "apiVersion": "evalscaler.io/v1alpha1", "kind": "EvaluationService",
    "metadata": {"name": "web", "namespace": SPACE},
    "spec": {"intervalSeconds": INTERVAL, "tiers": [{
        "name": "app", "scaleTargetRef": {"name": "web"}, "minReplicas": 2, "maxReplicas": 10,
        "threshold": {
            "metrics": [{"name": "load", "query": "load", "scaleUpThreshold": "70",
                         "scaleDownThreshold": "30"}],
            "scaleUp": {"step": 2, "cooldownSeconds": COOLDOWN},
            "scaleDown": {"step": 1, "cooldownSeconds": COOLDOWN}}}]}}


def deployment(replicas):
    return {"apiVersion": "apps/v1", "kind": "Deployment",
            "metadata": {"name": "web", "namespace": SPACE},
            "spec": {"replicas": replicas, "selector": {"matchLabels": {"app": "web"}},
                     "template": {"metadata": {"labels": {"app": "web"}}, "spec": {
                         "containers": [{"name": "web", "image": "none"}]}}}}


def replicas():
    return get("deployment", "web", SPACE)["spec"]["replicas"]


def say_ready(count):
    """There is no node here: the test is the kubelet and says which pods are ready."""
    generation = get("deployment", "web", SPACE)["metadata"]["generation"]
    status = {"observedGeneration": generation, "replicas": count, "updatedReplicas": count,
              "readyReplicas": count, "availableReplicas": count}
    kubectl("-n", SPACE, "patch", "deployment", "web", "--subresource=status", "--type=merge", "-p",
            json.dumps({"status": status}))


def status(name="web"):
    return get("evaluationservice", name, SPACE).get("status", {})


def reading():
    tiers = status().get("tiers", [])
    return tiers[0]["metrics"][0] if tiers and tiers[0].get("metrics") else {}


def set_up(prometheus):
    kubectl("apply", "-f", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s",
            "crd/evaluationservices.evalscaler.io")
    kubectl("create", "namespace", SPACE)
    kubectl("apply", "-f", "-", text=json.dumps(deployment(8)))
    say_ready(8)
    kubectl("apply", "-f", "-", text=json.dumps(SERVICE))
    operator = Operator(prometheus.url, SPACE)
    operator.start()
    wait("first status", 20, lambda: status().get("observedGeneration"))
    return operator


def down_needs_three_fresh_evaluations(prometheus, _operator):
    prometheus.mode = "NaN"
    wait("not fresh", 4 * INTERVAL, lambda: reading().get("state") == "Invalid")
    prometheus.mode, asked = "10", prometheus.queries
    wait("a scale-down", 8 * INTERVAL, lambda: replicas() == 7)
    if prometheus.queries - asked < 3:
        raise Failure(f"scaled down after {prometheus.queries - asked} answers")
    print(f"  went down by one after {prometheus.queries - asked} fresh answers")
    say_ready(7)


def cooldown_survives_kill(_prometheus, operator):
    """Killed with no chance to say goodbye, right after its scale-down."""
    scaled = time.monotonic()
    operator.kill()
    operator.start()
    wait("the second scale-down", COOLDOWN + 6 * INTERVAL, lambda: replicas() == 6)
    waited = time.monotonic() - scaled
    if waited < COOLDOWN - 2:
        raise Failure(f"the next scale-down came {waited:.1f} s after the last one")
    print(f"  killed after a scale-down; the next one came {waited:.1f} s later "
          f"(cooldown {COOLDOWN} s)")


def wrong_resources_say_so(_prometheus, _operator):
    unknown = json.loads(json.dumps(SERVICE))
    unknown["metadata"]["name"] = "unknown-metric"
    unknown["spec"]["tiers"][0]["threshold"]["metrics"] = [
        {"name": "cpu_usgae", "scaleUpThreshold": "70", "scaleDownThreshold": "30"}]
    absent = json.loads(json.dumps(SERVICE))
    absent["metadata"]["name"] = "no-target"
    absent["spec"]["tiers"][0]["scaleTargetRef"]["name"] = "nowhere"
    for item, fragment in ((unknown, "cpu_usgae"), (absent, "nowhere")):
        name = item["metadata"]["name"]
        kubectl("apply", "-f", "-", text=json.dumps(item))
        found = wait(f"{name}: a condition that names {fragment}", 4 * INTERVAL, lambda: next(
            (entry for entry in status(name).get("conditions", [])
             if entry["status"] == "False" and fragment in entry["message"]), None))
        print(f"  {name}: {found['type']}=False {found['reason']}: {found['message'][:100]}")
        kubectl("-n", SPACE, "delete", "evaluationservice", name)


def stops_on_request(_prometheus, operator):
    code, seconds = operator.stop()
    if code != 0 or seconds > 5:
        raise Failure(f"SIGTERM: exit {code} after {seconds:.1f} s")
    print(f"  SIGTERM: exit 0 after {seconds:.1f} s")


def main():
    prometheus = LyingPrometheus()
    operator = set_up(prometheus)
    try:
        for claim in (down_needs_three_fresh_evaluations,
                      cooldown_survives_kill, wrong_resources_say_so, stops_on_request):
            print(claim.__name__.replace("_", " "), flush=True)
            claim(prometheus, operator)
    except Failure as failure:
        print(f"FAILED: {failure}\noperator's log:\n{operator.log.read_text()[-4000:]}")
        print(json.dumps(status(), indent=1)[-3000:])
        return 1
    finally:
        if operator.process.poll() is None:
            operator.kill()
        kubectl("delete", "namespace", SPACE, "--wait=false")
    return 0


sys.exit(main())
