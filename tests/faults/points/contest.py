# SPDX-License-Identifier: Apache-2.0
"""Somebody undoes every scale-up. After the third time the operator stands back, whichever
process counted the first two; a changed spec ends it."""
from objects import HIGH, MIDDLE
from registry import Point, add
from world import Failure

RIVAL = "a-rival"
# It may scale again soon, so that only the contest keeps it from doing so.
QUICK = {"own_story": True, "cooldown_up": 6, "end_replicas": 5, "patience": 60.0}


def contested(world):
    found = world.condition("AbleToScale")
    return found.get("message", "") if found.get("reason") == "Contested" else ""


def undone(world, number, killed):
    """One scale-up and its reversal; `killed` says between what."""
    up = world.settings.replicas + world.settings.step_up
    world.wait(f"scale-up {number}", lambda: world.replicas() == up)
    world.wait("the status knows", lambda: world.status()["tiers"][0].get("current") == up)
    if killed == "before":
        world.restart()
    world.set_replicas(world.settings.replicas, manager=RIVAL)
    world.wait("it is undone", lambda: world.replicas() == world.settings.replicas)
    if killed == "after":
        world.wait("the status knows", lambda: world.status()["tiers"][0].get("current")
                   == world.settings.replicas)
        world.restart()


def undone_three_times(world, killed=""):
    world.start()
    world.prometheus.value = HIGH
    for number in (1, 2, 3):
        undone(world, number, killed)
    message = world.wait("Contested", lambda: contested(world))
    if RIVAL not in message:
        raise Failure(f"it does not name {RIVAL}: {message}")
    if killed:
        world.restart()   # it is no new beginning
    world.prometheus.wait_for_answers(4, 40)
    if world.replicas() != world.settings.replicas or not contested(world):
        raise Failure(f"{world.replicas()} replicas: it did not stand back")
    world.api.merge(world.service_path(), {"spec": {"type": "Orchestrator"}})
    world.wait("it goes on", lambda: world.replicas() == world.settings.end_replicas)
    world.prometheus.value = MIDDLE
    world.settle()


for when in ("", "before", "after"):
    add(Point("undone-three-times" + (f"-killed-{when}" if when else ""), "competitor",
              run=lambda world, when=when: undone_three_times(world, when), options=QUICK,
              limits={"writes": 60}, seconds=240))
