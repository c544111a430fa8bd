# SPDX-License-Identifier: Apache-2.0
"""Watches that end badly, lists that expire, bookmarks that lie, events that never come."""
import time

from registry import Point, add

SERVICES, TARGETS = "/evaluationservices$", "/deployments$"
LIVE, INITIAL = "resourceVersion=[1-9]", "sendInitialEvents=true"
FAILURES = {"500": {"action": "error", "status": 500}, "503": {"action": "error", "status": 503},
            "429": {"action": "too_many", "retry_after": "1"}, "410": {"action": "gone"},
            "reset": {"action": "drop"}, "400": {"action": "error", "status": 400},
            "late-reset": {"action": "drop", "when": "after_send"}}



def touched(world):
    """The story, with events to spare before the load falls: a fault that follows events which
    were never told comes in any case."""
    world.start()
    world.rise()
    for number in range(6):
        label = {"metadata": {"labels": {"example.org/touched": str(number)}}}
        world.api.merge(world.deployment_path(), label)
        world.api.merge(world.service_path(), label)
        time.sleep(0.1)
    world.fall()
    world.settle()


for name, path in (("services", SERVICES), ("targets", TARGETS)):
    watch = {"method": "GET", "path": path}
    for label, failure in FAILURES.items():
        add(Point(f"list-{label}-{name}", "watch start", rules=(
            {**watch, "query": INITIAL, "nth": 1, **failure},)))
        # The stream breaks, and so does each of three attempts to go on.
        add(Point(f"rewatch-{label}-{name}", "watch start", rules=(
            {**watch, "action": "cut", "when": "event", "nth": 2},
            {**watch, "query": LIVE, "first": 1, "last": 3, **failure}),
            options={"patience": 90.0}))
    # 410 comes as an event, on the first, the third, every event.
    for nth in (1, 2, 3, 5):
        add(Point(f"gone-at-event-{nth}-{name}", "gone", rules=(
            {**watch, "action": "gone", "when": "event", "nth": nth},)))
    add(Point(f"gone-for-ever-{name}", "gone", rules=(
        {**watch, "action": "gone", "when": "event", "first": 1, "last": 6},),
        options={"patience": 90.0}))
    # Streams refused: lists in pages, and these expire as well.
    add(Point(f"paged-{name}", "gone", rules=(
        {**watch, "query": INITIAL, "action": "error", "status": 400},)))
    add(Point(f"paged-gone-{name}", "gone", rules=(
        {**watch, "query": INITIAL, "action": "error", "status": 400},
        {**watch, "query": "limit=", "action": "gone", "nth": 1})))
    add(Point(f"paged-gone-twice-{name}", "gone", rules=(
        {**watch, "query": INITIAL, "action": "error", "status": 400},
        {**watch, "query": "limit=", "action": "gone", "first": 1, "last": 2},
        {**watch, "action": "gone", "when": "event", "nth": 3}), options={"patience": 90.0}))
    # Bookmarks.
    add(Point(f"bookmarks-none-{name}", "bookmark", rules=(
        {**watch, "action": "drop", "when": "event", "type": "BOOKMARK"},
        {**watch, "action": "cut", "when": "event", "type": "ADDED|MODIFIED", "nth": 4})))
    add(Point(f"bookmarks-after-each-{name}", "bookmark", rules=(
        {**watch, "action": "bookmark", "type": "ADDED|MODIFIED|DELETED"},
        {**watch, "action": "cut", "when": "event", "type": "MODIFIED", "nth": 4})))
    add(Point(f"bookmarks-that-go-back-{name}", "bookmark", rules=(
        {**watch, "action": "bookmark", "type": "ADDED|MODIFIED|DELETED", "revision": "1"},
        {**watch, "action": "cut", "when": "event", "type": "MODIFIED", "nth": 4})))
    # Events that are never told: only the next list shows their outcome.
    for first, last in ((1, 1), (1, 3), (2, 4), (3, 6), (4, 6)):
        unseen = {**watch, "action": "drop", "when": "event", "first": first, "last": last}
        add(Point(f"unseen-{first}-{last}-gone-{name}", "unseen", run=touched, rules=(
            unseen, {**watch, "action": "gone", "when": "event", "nth": last + 1}),
            options={"patience": 60.0}))
        add(Point(f"unseen-{first}-{last}-cut-{name}", "unseen", run=touched, rules=(
            unseen, {**watch, "action": "cut", "when": "event", "nth": last + 1}),
            options={"patience": 60.0}))
    for seconds in (0.3, 2.0, 6.0):
        add(Point(f"late-events-{seconds}-{name}", "late", rules=(
            {**watch, "action": "delay", "when": "event", "seconds": seconds},),
            options={"patience": 120.0, "cooldown_down": 20}, seconds=200))
    # Half open: not a byte any more, and no end. The operator's own limit has to notice.
    add(Point(f"silent-{name}", "late", rules=(
        {**watch, "action": "delay", "when": "event", "seconds": 400.0, "nth": 3},),
        options={"patience": 150.0}, limits={"writes": 80}, seconds=400, sample=False))
