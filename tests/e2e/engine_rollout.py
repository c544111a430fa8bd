# SPDX-License-Identifier: Apache-2.0
"""New pods while the load changes: no scale-down in a rollout, but a scale-up."""
from engine_act import HIGH, INTERVAL, LOW, MIDDLE, threshold

IN_PROGRESS, EXCEEDED = "RolloutInProgress", "ProgressDeadlineExceeded"


def progress(item):
    return next((each.get("reason", "") for each in item.get("status", {}).get("conditions", [])
                 if each["type"] == "Progressing"), "")


def is_over(item):
    """By the Deployment itself: asked for and seen, and all its pods are new and available."""
    status = item.get("status", {})
    return (status.get("observedGeneration", 0) >= item["metadata"]["generation"]
            and status.get("updatedReplicas", 0) >= item["spec"]["replicas"]
            and progress(item) == "NewReplicaSetAvailable")


def rolls(act, name="web"):
    return not is_over(act.trace.last("deployments", name))


def held(act, name="web"):
    found = act.says("ScalingLimited", "True", IN_PROGRESS, name)
    return found and found["message"]


def template_changed_under_load(act):
    """Down is held until the rollout is over; up is not."""
    act.deployment("web", 4, minReadySeconds=12,
                   strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})
    act.settled(4)
    act.wait("the first rollout is over", 60, lambda: not rolls(act))
    act.service(**threshold())
    act.rounds(3)
    act.kubectl("set", "env", "deployment/web", "ENGINE_WAIT_MS=10")
    act.prometheus.value = LOW
    act.say("the pod template was changed (4 pods, 12 s each), and the load falls")
    said = act.wait("the condition", 30, lambda: held(act))
    act.say(f"ScalingLimited=True {IN_PROGRESS}: {said}")
    act.rounds(3)
    act.expect(f"scaled down in a rollout: {act.story_of()}", act.replicas() == 4)
    act.expect("the rollout was too short for this act", rolls(act))
    act.prometheus.value = HIGH
    act.wait("a scale-up", 30, lambda: act.replicas() == 5)
    act.expect("it was no longer rolling", rolls(act))
    act.prometheus.value = LOW
    act.say("the load jumps: 4 -> 5 in the middle of the rollout")
    over = goes_down_after_it(act, "web", 5)
    act.say(f"5 -> 4 came {over:.1f} s after the rollout was over")


def goes_down_after_it(act, name, count, seconds=150):
    """Seconds from the rollout's end to the scale-down that follows."""
    act.wait("a scale-down", seconds, lambda: act.replicas(name) == count - 1)
    down = act.trace.changes(name)[-1][0]
    before = [event for event in act.trace.of("deployments", name)
              if event.at < down and event.item["spec"]["replicas"] == count]
    rolling = [event.at for event in before if not is_over(event.item)]
    act.expect("no rollout was seen", rolling)
    act.expect(f"scaled down before the rollout was over: {act.story_of(name)}",
               is_over(before[-1].item))
    return down - next(event.at for event in before if event.at > rolling[-1])


def bad_image(act):
    """A rollout that cannot end: said to be stuck once its deadline is over, no scale-down for ten
    minutes at most, up at any time, and down as soon as it is undone.

    The end of the ten minutes is shown in tests/scenarios/rollout.scenario: no field of a resource
    shortens them.
    """
    act.deployment("stuck", 4, progressDeadlineSeconds=8,
                   strategy={"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}})
    act.settled(4, "stuck")
    act.wait("the first rollout is over", 60, lambda: not rolls(act, "stuck"))
    act.service("stuck", **threshold())
    act.rounds(3)
    act.kubectl("set", "image", "deployment/stuck", "app=docker.io/local/no-such-image:1")
    act.prometheus.value = LOW
    act.say("the new template's image does not exist; the load falls")
    act.wait("its deadline is over", 60, lambda: progress(
        act.trace.last("deployments", "stuck")) == EXCEEDED)
    said = act.wait("a condition that says so", 30, lambda: next(
        (each for each in act.conditions("stuck") if each["reason"] == EXCEEDED), None))
    act.say(f"{said['type']}={said['status']} {EXCEEDED}: {said['message']}")
    act.rounds(2)
    act.expect("scaled down while stuck", act.replicas("stuck") == 4)
    act.prometheus.value = HIGH
    act.wait("a scale-up", 30, lambda: act.replicas("stuck") == 5)
    act.prometheus.value = MIDDLE
    act.say("the load jumps: 4 -> 5 while the rollout is stuck")
    act.kubectl("rollout", "undo", "deployment/stuck")
    act.prometheus.value = LOW
    after = goes_down_after_it(act, "stuck", 5, 60 + 6 * INTERVAL)
    act.say(f"rollout undo: 5 -> 4 came {after:.1f} s after it was over")
