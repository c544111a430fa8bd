# SPDX-License-Identifier: Apache-2.0
"""The way to the API server is bad, or somebody else is busy at the end of it."""
import threading
import time

from registry import Point, add, point
from upstream import ApiError


def every(seconds, action, world):
    """Does it again and again until the end is looked at."""
    def run():
        while not (world.over or world.calm):
            try:
                action()
            except (OSError, ApiError):
                pass
            time.sleep(seconds)
    threading.Thread(target=run, daemon=True).start()


add(Point("all-slow", "network", rules=({"action": "delay", "seconds": 0.4},),
          options={"patience": 90.0}))
add(Point("all-refused-for-a-while", "network", rules=(
    {"action": "drop", "first": 8, "last": 60},), options={"patience": 120.0}, seconds=240,
    limits={"same_per_second": 10}))   # one that went well, and eight tries each twice as late
add(Point("every-third-lost", "network", rules=({"action": "drop", "first": 3, "every": 3},),
          options={"patience": 120.0}, limits={"lists": 12, "writes": 60}, seconds=240))
add(Point("every-third-reply-lost", "network", rules=(
    {"action": "drop", "when": "after_commit", "first": 3, "every": 3},),
    options={"patience": 120.0}, limits={"lists": 12, "writes": 60}, seconds=240))


# A reading may wait for the watch to show the last write: the cooldown leaves room for that.
@point("cut-every-second", "network", seconds=240,
       options={"patience": 120.0, "cooldown_down": 20, "notice": 70.0},
       limits={"lists": 150, "writes": 80})
def cut_every_second(world):
    every(1.0, world.proxy.cut_all, world)
    world.story()


def bump(world, path):
    """A label: an annotation of a Deployment moves its generation, as a rollout does."""
    note = {"metadata": {"labels": {"example.org/at": str(time.monotonic())}}}
    world.api.merge(path, note)


@point("target-bumped-every-5-ms", "competitor", options={"patience": 60.0}, seconds=240,
       limits={"same_per_second": 40, "writes": 80})
def target_bumped(world):
    """Somebody writes the target all the time, but never its replicas: we must not starve."""
    every(0.005, lambda: bump(world, world.deployment_path()), world)
    world.story()


@point("service-bumped-every-5-ms", "competitor", options={"patience": 60.0}, seconds=240,
       limits={"same_per_second": 40, "writes": 300})
def service_bumped(world):
    every(0.005, lambda: bump(world, world.service_path()), world)
    world.story()


@point("user-scales-in-between", "competitor",
       options={"own_story": True, "end_replicas": 6})
def user_scales(world):
    world.start()
    world.rise()
    world.set_replicas(7)
    world.fall()
    world.settle()


add(Point("two-operators-without-a-lease", "competitor", options={"operators": 2},
          limits={"writes": 80, "lists": 8}))
