#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Who else scales a target, what pauses the operator, and how much it may take away a minute.

The API server is real, and so are kubectl's writes; the pods are said to be ready by the test.
"""
import json
import os
import subprocess
import sys
import time

from guards_stage import (CALM, HIGH, INTERVAL, LOW, SPACE, STEP, Pods, apply, autoscaler, condition,
                          deployment, holds, replicas, scale_by_hand, scales_up, service, stays)
from operator_stage import ROOT, Failure, LyingPrometheus, Operator, get, kubectl, wait


def an_autoscaler_on_the_target_is_left_to_it(prometheus, _operator):
    apply(autoscaler())
    prometheus.mode = HIGH
    found = wait("OtherAutoscaler", 4 * INTERVAL,
                 lambda: holds("AbleToScale", "False", "OtherAutoscaler"))
    if "HorizontalPodAutoscaler web-hpa" not in found["message"]:
        raise Failure(f"it is not named: {found['message']}")
    stays(2 * INTERVAL, "with an HPA on the target")
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


def a_target_of_a_controller_is_left_to_it(prometheus, _operator):
    owner = {"apiVersion": "v1", "kind": "ConfigMap",
             "metadata": {"name": "owner", "namespace": SPACE}}
    apply(owner)
    reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "controller": True,
                 "uid": get("configmap", "owner", SPACE)["metadata"]["uid"]}
    patch = ("-n", SPACE, "patch", "deployment", "web", "--type=merge", "-p")
    kubectl(*patch, json.dumps({"metadata": {"ownerReferences": [reference]}}))
    prometheus.mode = HIGH
    found = wait("TargetManagedByController", 4 * INTERVAL,
                 lambda: holds("AbleToScale", "False", "TargetManagedByController"))
    print(f"  {found['message']}")
    stays(2 * INTERVAL, "with an owner")
    kubectl(*patch, json.dumps({"metadata": {"ownerReferences": None}}))
    scales_up("without an owner")
    prometheus.mode = CALM


def who_undoes_our_changes_is_not_fought(prometheus, operator):
    base = replicas() + STEP  # further up: that undoes nothing
    scale_by_hand(base)
    prometheus.mode = HIGH
    for count in (1, 2, 3):
        wait(f"scale-up {count}", 6 * INTERVAL, lambda: replicas() == base + STEP)
        scale_by_hand(base)
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
    stays(3 * INTERVAL, "while it is contested")
    operator.kill()
    operator.start()
    stays(3 * INTERVAL, "contested, and restarted")
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
    stays(2 * INTERVAL, "paused")
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
        stays(2 * INTERVAL, "the operator is paused")
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
              a_target_of_a_controller_is_left_to_it, who_undoes_our_changes_is_not_fought, the_annotation_pauses,
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
