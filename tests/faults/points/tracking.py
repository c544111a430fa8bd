# SPDX-License-Identifier: Apache-2.0
"""The ordinary story told by `targetTracking` and `behavior`: what they must not forget is how
many pods a period has had already, and which recommendations a window still holds. The operator is
killed at every write it makes, and again and again while a limit is in force."""
import time

from objects import HIGH, LOW
from registry import Point, add, point
from writes import WRITES

# The up-event is out of the down-policy's period before the window lets anything go.
TRACKING = {"policy": "targetTracking", "window": 14, "cooldown_down": 12}
TRACKING_WRITES = [write for write in WRITES if write.name != "event-4"]   # it tells of one less


@point("tracking-reference", "none", options=TRACKING)
def reference(world):
    world.story()


for write in TRACKING_WRITES:
    for name, rule in (("before", {"when": "before"}), ("after", {"when": "after_commit"}),
                       ("on-reply", {"when": "after_reply", "seconds": 0.02})):
        add(Point(f"tracking-kill-{name}-{write.name}", "kill+behavior", options=TRACKING,
                  rules=(write.rule("signal", signal="KILL", **rule),)))
    add(Point(f"tracking-kill-hidden-{write.name}", "kill+behavior", options=TRACKING,
              rules=(write.rule("effect_then_error", status=500),
                     write.rule("signal", signal="KILL", when="after_reply", seconds=0.02))))


@point("tracking-killed-inside-the-period", "kill+behavior", options=TRACKING)
def killed_inside_the_period(world):
    """High load all the time, four processes in turn, one period: two pods and no more."""
    world.start()
    world.rise()
    began = world.trace.changes()[-1][0]
    while time.monotonic() < began + world.settings.cooldown_up - 20:
        world.restart()
        world.prometheus.wait_for_answers(3, 25)   # a look, and two evaluations that may act
    world.fall()
    world.settle()


@point("tracking-killed-inside-the-window", "kill+behavior", options=TRACKING)
def killed_inside_the_window(world):
    """The load has fallen, but the window still holds what it asked for: a new process waits."""
    world.start()
    world.rise()
    world.prometheus.wait_for_answers(1, 10)
    world.prometheus.value = LOW
    world.prometheus.wait_for_answers(1, 10)
    world.restart()
    world.fall()
    world.settle()


@point("tracking-killed-before-anything-was-written", "kill+behavior", options=TRACKING)
def killed_before_anything_was_written(world):
    """The load is high when the second process takes its first look: it only looks."""
    world.prometheus.value = HIGH
    world.start()
    world.prometheus.wait_for_answers(1, 10)
    world.restart()
    world.rise()
    world.fall()
    world.settle()
