#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who else scales a target, what pauses the operator, and how much it may take away a minute.

The API server is real, and so are kubectl's writes; the pods are said to be ready by the test.
"""
import json
import os
import subprocess
import sys
import threading
import time
import uuid

from operator_stage import ROOT, Failure, LyingPrometheus, Operator, get, kubectl, wait

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


def an_autoscaler_on_the_target_is_left_to_it(prometheus, _operator):
    apply(autoscaler())
    prometheus.mode = HIGH
    found = wait("OtherAutoscaler", 4 * INTERVAL,
                 lambda: holds("AbleToScale", "False", "OtherAutoscaler"))
    if "HorizontalPodAutoscaler web-hpa" not in found["message"]:
        raise Failure(f"it is not named: {found['message']}")
    stays(3 * INTERVAL, "with an HPA on the target")
    print(f"  {found['message']}")
    kubectl("-n", SPACE, "delete", "hpa", "web-hpa")
    scales_up("after the HPA went away")
    prometheus.mode = CALM
    wait("able again", 4 * INTERVAL, lambda: holds("AbleToScale", "True", "ReadyForNewScale"))


def the_older_service_keeps_the_target(prometheus, _operator):
    time.sleep(1.1)  # creation times are whole seconds
    apply(service("a-second"))
    found = wait("the younger one holds", 4 * INTERVAL,
                 lambda: holds("AbleToScale", "False", "OtherAutoscaler", "a-second"))
    if "EvaluationService web" not in found["message"]:
        raise Failure(f"the older one is not named: {found['message']}")
    prometheus.mode = HIGH
    scales_up("the older one goes on")
    prometheus.mode = CALM
    if not holds("AbleToScale", "True", "ReadyForNewScale"):
        raise Failure(f"the older one: {condition('AbleToScale')}")
    kubectl("-n", SPACE, "delete", "evaluationservice", "web")
    wait("the younger one takes over", 4 * INTERVAL,
         lambda: holds("AbleToScale", "True", "ReadyForNewScale", "a-second"))
    kubectl("-n", SPACE, "delete", "evaluationservice", "a-second")
    apply(service())
    wait("a new start", 4 * INTERVAL, lambda: holds("ScalingActive", "True", "ValidMetricFound"))
    print(f"  {found['message']}")


def who_undoes_our_changes_is_not_fought(prometheus, operator):
    scale_by_hand(4)
    prometheus.mode = HIGH
    for count in (1, 2, 3):
        wait(f"scale-up {count}", 6 * INTERVAL, lambda: replicas() == 4 + STEP)
        scale_by_hand(4)
        wait(f"reversal {count} in status", 3 * INTERVAL, lambda n=count: len(
            get("evaluationservice", "web", SPACE)["status"]["tiers"][0].get(
                "contest", {}).get("reversals", [])) >= n)
        if count == 2:
            operator.kill()
            operator.start()
    found = wait("Contested", 3 * INTERVAL, lambda: holds("Contested", "True", "Contested"))
    if "kubectl" not in found["message"]:
        raise Failure(f"who did it is not named: {found['message']}")
    print(f"  {found['message']}")
    stays(4 * INTERVAL, "while it is contested")
    operator.kill()
    operator.start()
    stays(4 * INTERVAL, "contested, and restarted")
    kubectl("-n", SPACE, "patch", "evaluationservice", "web", "--type=merge", "-p",
            json.dumps({"spec": {"type": "Orchestrator"}}))
    wait("a new spec ends it", 3 * INTERVAL, lambda: condition("Contested") is None)
    scales_up("after a new spec")
    events = kubectl("-n", SPACE, "get", "events.events.k8s.io", "-o",
                     r'jsonpath={range .items[*]}{.reason}{"\n"}{end}').split()
    if events.count("Contested") != 1:
        raise Failure(f"told {events.count('Contested')} times: {events}")


def the_annotation_pauses(prometheus, _operator):
    prometheus.mode = HIGH
    scales_up("before the pause")
    annotate = ("-n", SPACE, "annotate", "evaluationservice", "web", "--overwrite")
    kubectl(*annotate, "evalscaler.io/paused=true")
    wait("Paused, at once", 3, lambda: holds("Paused", "True", "Paused"))
    stays(3 * INTERVAL, "paused")
    prometheus.mode = CALM
    time.sleep(2 * INTERVAL)
    kubectl(*annotate, "evalscaler.io/paused-")
    wait("not Paused, at once", 3, lambda: condition("Paused") is None)
    stays(3 * INTERVAL, "what would have been done while it was paused is replayed")
    kubectl(*annotate, "evalscaler.io/paused=scale-up")
    prometheus.mode = HIGH
    wait("ScaleUpPaused", 4 * INTERVAL,
         lambda: holds("ScalingLimited", "True", "ScaleUpPaused"))
    kubectl(*annotate, "evalscaler.io/paused-")
    scales_up("after the pause")


def the_flag_pauses_everything(prometheus, operator):
    for flags, environment in ((["--paused"], {}), ([], {"EVALSCALER_PAUSED": "true"})):
        operator.kill()
        prometheus.mode = HIGH
        operator.start(*flags, **environment)
        found = wait("Paused", 4 * INTERVAL, lambda: holds("Paused", "True", "Paused"))
        if "--paused" not in found["message"]:
            raise Failure(f"why is not said: {found['message']}")
        stays(3 * INTERVAL, "the operator is paused")
        operator.kill()
        operator.start()
        scales_up("without the flag")
        if condition("Paused"):
            raise Failure(f"still {condition('Paused')}")


def downs_have_a_budget(prometheus, operator):
    operator.kill()
    prometheus.mode = LOW
    operator.start("--max-scale-downs-per-minute", "2")
    began = replicas()
    found = wait("the budget", 12 * INTERVAL,
                 lambda: holds("ScalingLimited", "True", "ScaleDownBudget"))
    if replicas() != began - 2:
        raise Failure(f"it went from {began} to {replicas()}")
    wait("a minute later", 75, lambda: replicas() < began - 2)
    print(f"  {found['message']}")


def without_the_right_to_list_autoscalers_it_goes_on(prometheus, operator):
    operator.kill()
    kubectl("apply", "-f", str(ROOT / "manifests/rbac.yaml"))
    role = json.loads(kubectl("get", "clusterrole", "evalscaler", "-o", "json"))
    role["metadata"] = {"name": SPACE}
    role["rules"] = [rule for rule in role["rules"]
                     if "horizontalpodautoscalers" not in rule["resources"]]
    apply(role)
    kubectl("create", "clusterrolebinding", SPACE, f"--clusterrole={SPACE}", f"--group={SPACE}")
    kubeconfig = subprocess.run([os.environ["EVALSCALER_TEST_CLUSTER"], "user", SPACE + "-few",
                                 SPACE], check=True, text=True, capture_output=True)
    limited = Operator(prometheus.url, SPACE)
    limited.command[limited.command.index("--kubeconfig") + 1] = kubeconfig.stdout.split()[-1]
    prometheus.mode = HIGH
    limited.start()
    try:
        scales_up("without that right")
        time.sleep(2 * INTERVAL)
        lines = [line for line in limited.log.read_text(encoding="utf-8").splitlines()
                 if "horizontalpodautoscalers" in line]
        if len(lines) != 1 or limited.process.poll() is not None:
            raise Failure(f"said {len(lines)} times, exit {limited.process.poll()}: {lines}")
        print(f"  said once: {lines[0][:160]}")
    finally:
        limited.kill()


def set_up(prometheus):
    kubectl("apply", "-f", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s",
            "crd/evaluationservices.evalscaler.io")
    kubectl("create", "namespace", SPACE)
    apply(deployment(4))
    Pods().start()
    apply(service())
    operator = Operator(prometheus.url, SPACE)
    operator.start()
    wait("first decision", 30, lambda: holds("ScalingActive", "True", "ValidMetricFound"))
    return operator


def main():
    prometheus = LyingPrometheus()
    operator = set_up(prometheus)
    claims = (an_autoscaler_on_the_target_is_left_to_it, the_older_service_keeps_the_target,
              who_undoes_our_changes_is_not_fought, the_annotation_pauses,
              the_flag_pauses_everything, downs_have_a_budget,
              without_the_right_to_list_autoscalers_it_goes_on)
    try:
        for claim in claims:
            began = time.monotonic()
            print(claim.__name__.replace("_", " "), flush=True)
            claim(prometheus, operator)
            print(f"  seen after {time.monotonic() - began:.0f} s", flush=True)
    except Failure as failure:
        print(f"FAILED: {failure}\noperator's log:\n{operator.log.read_text()[-4000:]}")
        print(kubectl("-n", SPACE, "get", "evaluationservice", "-o", "json")[-6000:])
        return 1
    finally:
        if operator.process.poll() is None:
            operator.kill()
        kubectl("delete", "namespace", SPACE, "--wait=false")
        kubectl("delete", "clusterrole,clusterrolebinding", SPACE, "--ignore-not-found")
    return 0


sys.exit(main())
