#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a person does with the demo's cluster: samples, describe, explain, breaking things."""
import json
import pathlib
import sys
import time

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "demo"))
from stage import DEPLOYMENT, NAME, NAMESPACE, ROOT, Stage, StageError  # noqa: E402


def wait(what, seconds, check):
    end = time.monotonic() + seconds
    while not (value := check()):
        if time.monotonic() > end:
            raise StageError(f"not within {seconds} s: {what}")
        time.sleep(0.5)
    return value


def conditions(stage, name=NAME):
    item = json.loads(stage.kubectl("-n", NAMESPACE, "get", "evsvc", name, "-o", "json"))
    return {entry["type"]: entry for entry in item.get("status", {}).get("conditions", [])}


def replicas(stage, name=DEPLOYMENT):
    return json.loads(stage.kubectl("-n", NAMESPACE, "get", "deployment", name, "-o",
                                    "json"))["spec"]["replicas"]


def plugin(stage, *arguments):
    return stage.run([stage.program("kubectl-evalscaler"), *arguments, "-n", NAMESPACE,
                      "--kubeconfig", str(stage.kubeconfig)])


def expect(text, *fragments):
    for fragment in fragments:
        if fragment not in text:
            raise StageError(f"'{fragment}' is not in:\n{text}")


def both_samples_are_looked_after(stage):
    deployment = json.loads(stage.kubectl("-n", NAMESPACE, "get", "deployment", DEPLOYMENT, "-o",
                                          "json"))
    copy = {"apiVersion": "apps/v1", "kind": "Deployment", "spec": deployment["spec"],
            "metadata": {"name": "ml-feature-service", "namespace": NAMESPACE}}
    labels = {"app.kubernetes.io/name": "ml-feature-service"}
    copy["spec"].update(replicas=3, selector={"matchLabels": labels})
    copy["spec"]["template"]["metadata"]["labels"] = labels
    service = {"apiVersion": "v1", "kind": "Service",
               "metadata": {"name": "ml-feature-service", "namespace": NAMESPACE},
               "spec": {"selector": labels, "ports": [{"name": "http", "port": 80,
                                                       "targetPort": "http"}]}}
    stage.kubectl("apply", "-f", "-", text=json.dumps(
        {"apiVersion": "v1", "kind": "List", "items": [copy, service]}))
    for sample in ("prediction-service", "feature-service"):
        stage.kubectl("apply", "-f", str(ROOT / f"manifests/samples/{sample}.yaml"))
    wait("both samples see fresh readings", 150, lambda: all(
        conditions(stage, name).get("ScalingActive", {}).get("status") == "True"
        for name in (NAME, "feature-service")))
    table = stage.kubectl("get", "evsvc", "-A")
    expect(table, "MODE", "TIERS", "READY", "REASON", "app 5/5", "app 3/3")
    print(table, end="")


def describe_and_explain_answer_why(stage):
    expect(stage.kubectl("-n", NAMESPACE, "describe", "evsvc", NAME), "ScaledUp",
           "ThresholdExceeded", "ScaledDown", "Last Scale Up Time")
    text = plugin(stage, "explain", NAME)
    expect(text, "tier app", "requests_per_second", "up needs", "down needs")
    print(text, end="")


def breaking_prometheus_moves_nothing(stage):
    before = replicas(stage)
    stage.cluster("hold", "prometheus")
    wait("the condition says that metrics are missing", 60, lambda: conditions(stage)
         ["ScalingActive"]["status"] == "False")
    expect(plugin(stage, "explain", NAME), "MetricsUnavailable", "Missing")
    time.sleep(20)
    if replicas(stage) != before:
        raise StageError(f"scaled from {before} to {replicas(stage)} while blind")
    stage.cluster("release", "prometheus")
    wait("readings are back", 120, lambda: conditions(stage)["ScalingActive"]["status"] == "True")


def killing_the_operator_keeps_the_cooldown(stage):
    """min 6 makes it go up; back at 5 and idle, only the cooldown (300 s) keeps it there."""
    def set_minimum(count):
        stage.kubectl("-n", NAMESPACE, "patch", "evsvc", NAME, "--type=json", "-p", json.dumps(
            [{"op": "replace", "path": "/spec/tiers/0/minReplicas", "value": count}]))
    set_minimum(6)
    wait("going to the new minimum", 60, lambda: replicas(stage) == 6)
    set_minimum(5)
    stage.cluster("kill", "evalscaler")
    wait("the new process says that the cooldown holds", 120, lambda: "cooldown" in
         conditions(stage)["Ready"]["reason"].lower())
    if replicas(stage) != 6:
        raise StageError("the cooldown was forgotten")
    print("  " + conditions(stage)["Ready"]["message"])


def main():
    stage = Stage()
    try:
        for claim in (both_samples_are_looked_after, describe_and_explain_answer_why,
                      breaking_prometheus_moves_nothing, killing_the_operator_keeps_the_cooldown):
            print(claim.__name__.replace("_", " "), flush=True)
            claim(stage)
    except StageError as problem:
        print(f"FAILED: {problem}")
        log = stage.state / "log/evalscaler.log"
        print(log.read_text()[-3000:] if log.exists() else "no log")
        return 1
    return 0


sys.exit(main())
