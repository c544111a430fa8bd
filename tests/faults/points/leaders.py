# SPDX-License-Identifier: Apache-2.0
"""Two operators and one lease: the leader frozen, killed or asked to stop at its writes."""
from registry import Point, add
from writes import LEASE, WRITES, Write

RENEWALS = [Write("lease", nth, "POST|PUT", LEASE) for nth in (1, 2, 5)]
ACTS = [write for write in WRITES if write.name in ("scale-1", "scale-2", "status-3", "event-1")]
LEADERS = {"options": {"operators": 2, "leader": True, "patience": 120.0}, "seconds": 300,
           "limits": {"lists": 12, "writes": 60}}

for write in ACTS + RENEWALS:
    for seconds in (0.1, 1.0, 5.0, 12.0, 20.0, 60.0):
        long = seconds > 12
        # What it had sent arrives at once; the sender is frozen.
        add(Point(f"leader-frozen-{seconds:g}-at-{write.name}", "leader", sample=not long, rules=(
            write.rule("signal", signal="STOP", seconds=seconds),), **LEADERS))
        if write in RENEWALS and seconds < 12:
            continue
        # What it had sent is on its way for as long as its sender is frozen, and longer.
        add(Point(f"leader-frozen-{seconds:g}-holding-{write.name}", "leader", sample=not long,
                  rules=(write.rule("signal", signal="STOP", seconds=seconds),
                         write.rule("delay", seconds=seconds + 0.5)), **LEADERS))
    for signal in ("KILL", "TERM"):
        for when in ("before", "after_commit"):
            add(Point(f"leader-{signal.lower()}-{when}-{write.name}", "leader", rules=(
                write.rule("signal", signal=signal, when=when),), **LEADERS))

for name, action in (("500", {"action": "error", "status": 500}),
                     ("conflict", {"action": "conflict"}), ("lost", {"action": "drop"}),
                     ("reply-lost", {"action": "drop", "when": "after_commit"}),
                     ("slow", {"action": "delay", "seconds": 3.0}),
                     ("429", {"action": "too_many", "retry_after": "1"})):
    renewal = {"path": LEASE, "method": "PUT|POST|PATCH"}
    add(Point(f"renewal-{name}-once", "leader", rules=({**renewal, **action, "nth": 3},),
              **LEADERS))
    # For longer than a leader may go on without, of either.
    add(Point(f"renewals-{name}-for-long", "leader", rules=tuple(
        {**renewal, **action, "who": who, "first": 3, "last": 12} for who in (0, 1)), **LEADERS))
