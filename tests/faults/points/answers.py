# SPDX-License-Identifier: Apache-2.0
"""Writes answered by an error: without the effect, with it, by a conflict, by "not now"."""
from registry import Point, add
from writes import EVENT, KEY_WRITES, SCALE, STATUS, WRITES

for write in WRITES:
    for status in (500, 503, 504):
        add(Point(f"error-{status}-{write.name}", "error", rules=(
            write.rule("error", status=status),)))
    add(Point(f"error-reset-{write.name}", "error", rules=(write.rule("drop"),)))
    for status in (500, 503, 504):
        add(Point(f"hidden-{status}-{write.name}", "effect", rules=(
            write.rule("effect_then_error", status=status),)))
    add(Point(f"hidden-reset-{write.name}", "effect", rules=(
        write.rule("drop", when="after_commit"),)))
    add(Point(f"hidden-reset-early-{write.name}", "effect", rules=(
        write.rule("drop", when="after_send"),)))

for write in KEY_WRITES:
    add(Point(f"error-timeout-{write.name}", "error", rules=(
        # Longer than the operator waits; what it sent is lost, not late.
        write.rule("delay", seconds=18.0), write.rule("drop")), options={"patience": 90.0}))
    add(Point(f"hidden-timeout-{write.name}", "effect", rules=(
        write.rule("delay", seconds=18.0, when="after_commit"),), options={"patience": 90.0}))
    for seconds in (2.0, 6.0, 12.0):
        # On its way for long, and done in the end.
        add(Point(f"late-{seconds:g}-{write.name}", "late write", rules=(
            write.rule("delay", seconds=seconds),), options={"patience": 90.0}))
    for byte in (0, 1, 200):
        add(Point(f"hidden-cut-{byte}-{write.name}", "effect", rules=(
            write.rule("cut", byte=byte, when="after_commit"),)))
    add(Point(f"error-for-a-while-{write.name}", "error", rules=(
        {**write.rule("error", status=503), "nth": 0, "from": write.nth,
         "last": write.nth + 3},), limits={"writes": 60}, options={"patience": 90.0}))

for name, method, path in (("scale", "PATCH", SCALE), ("status", "PATCH", STATUS)):
    for times in (1, 2, 3, 4, 5, 6, 12):
        add(Point(f"conflict-{times}-{name}", "conflict", rules=(
            {"action": "conflict", "method": method, "path": path, "first": 1, "last": times},),
            limits={"same_per_second": 30, "writes": 60}, options={"patience": 90.0}))

for name, method, path in (("scale", "PATCH", SCALE), ("status", "PATCH", STATUS),
                           ("event", "POST", EVENT)):
    for said, value in (("0", "0"), ("1", "1"), ("3", "3"), ("words", "abc"), ("absent", ""),
                        ("date", "Wed, 21 Oct 2065 07:28:00 GMT")):
        add(Point(f"too-many-{said}-{name}", "throttle", rules=(
            {"action": "too_many", "method": method, "path": path, "first": 1, "last": 2,
             "retry_after": value},), options={"patience": 90.0}))
    add(Point(f"too-many-120-{name}", "throttle", rules=(
        {"action": "too_many", "method": method, "path": path, "nth": 1, "retry_after": "120"},),
        options={"patience": 170.0}, seconds=300, sample=False))
    add(Point(f"unavailable-with-date-{name}", "throttle", rules=(
        {"action": "error", "status": 503, "method": method, "path": path, "nth": 1,
         "retry_after": "2"},)))
