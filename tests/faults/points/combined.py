# SPDX-License-Identifier: Apache-2.0
"""Several faults in one run: the plan files, and plans drawn from a seed."""
import pathlib
import random

from registry import Point, add
from writes import SCALE, STATUS

# Watches that are silent for long let a visit come late: it must still be within the cooldown.
WIDE = {"options": {"patience": 150.0, "cooldown_down": 20}, "limits": {"lists": 40, "writes": 200,
                                                   "same_per_second": 20}, "seconds": 300}
# What the story rests on; the other watches would use up a rule's occurrences.
WATCHED = "/(deployments|evaluationservices)$"
PATHS = ("", SCALE, STATUS, "/events$", "/evaluationservices$", "/deployments$")

for file in sorted((pathlib.Path(__file__).parent.parent / "plans").glob("*.toml")):
    add(Point(f"plan-{file.stem.replace('_', '-')}", "plan file", plan_file=file.name, **WIDE))


def drawn(seed):
    """Three to six rules that stop after some time, so that the story can come to its end."""
    dice = random.Random(seed)
    return tuple(one_rule(dice) for _ in range(dice.randint(3, 6)))


def one_rule(dice):
    rule = {"path": dice.choice(PATHS), "from": dice.randint(1, 6), "every": dice.randint(1, 4)}
    rule["last"] = rule["from"] + dice.randint(0, 12)
    kind = dice.choice(("write", "write", "watch", "event", "signal", "any"))
    if kind == "write":
        rule.update({"method": "PATCH|POST"}, **dice.choice((
            {"action": "error", "status": dice.choice((500, 502, 503, 504))},
            {"action": "effect_then_error", "status": dice.choice((500, 504))},
            {"action": "conflict"}, {"action": "too_many", "retry_after": "1"},
            {"action": "drop"}, {"action": "drop", "when": "after_commit"},
            {"action": "drop", "when": "after_send"},
            {"action": "delay", "seconds": round(dice.uniform(0.1, 4), 1)},
            {"action": "cut", "when": "after_commit", "byte": dice.randint(0, 300)})))
    elif kind == "watch":
        rule.update({"query": "watch=true", "path": WATCHED}, **dice.choice((
            {"action": "error", "status": 500}, {"action": "too_many", "retry_after": "1"},
            {"action": "gone"}, {"action": "drop"})))
    elif kind == "event":
        rule.update({"path": "", "when": "event"}, **dice.choice((
            {"action": "cut", "byte": dice.randint(0, 2000), "seconds": 1.0}, {"action": "gone"},
            {"action": "delay", "seconds": round(dice.uniform(0.1, 3), 1)},
            {"action": "bookmark"}, {"action": "bookmark", "revision": "1"})))
    elif kind == "signal":
        rule.update({"action": "signal", "method": "PATCH|POST", "every": 4,
                     "when": dice.choice(("before", "after_commit", "after_reply"))},
                    **dice.choice(({"signal": "KILL"}, {"signal": "TERM"},
                                   {"signal": "STOP", "seconds": round(dice.uniform(0.1, 3), 1)})))
    else:
        rule.update(dice.choice(({"action": "drop"}, {"action": "delay", "seconds": 1.0})))
    return rule


for seed in range(1, 41):
    add(Point(f"drawn-{seed}", "drawn plan", rules=drawn(seed), **WIDE))
