# SPDX-License-Identifier: Apache-2.0
"""Fault plans: which request or watch event meets which fault.

A plan is a TOML file of [[rule]] tables (see README.md) or a list of dicts with the same keys.
Occurrences are counted per rule over all requests (events) that it matches, from 1.
"""
import dataclasses
import re
import threading
import tomllib

WHEN = ("before", "after_send", "after_commit", "after_reply", "event")
ACTIONS = {  # action -> where it makes sense
    "drop": WHEN, "delay": ("before", "after_commit", "event"),
    "cut": ("after_commit", "event"), "error": ("before", "after_commit"),
    "effect_then_error": ("after_commit",), "conflict": ("before",),
    "gone": ("before", "event"), "too_many": ("before",), "bookmark": ("event",),
    "freeze": ("before", "after_commit", "after_reply", "event"), "signal": WHEN,
}
SIGNALS = ("KILL", "STOP", "TERM")
IMPLIED = {"effect_then_error": "after_commit", "bookmark": "event"}
FIXED_STATUS = {"conflict": 409, "gone": 410, "too_many": 429}


class BadPlan(Exception):
    """One line that names the file, the rule, and the field."""


@dataclasses.dataclass
class Rule:
    """One fault. Times are seconds, `byte` counts within the response or the event."""
    action: str
    method: str = ""          # regular expressions; empty = any
    path: str = ""
    query: str = ""
    type: str = ""            # of an event: ADDED, MODIFIED, ...
    nth: int = 0              # this occurrence only
    first: int = 1            # from this occurrence on
    last: int = 0             # up to this one; 0 = no end
    every: int = 1            # of those, each n-th
    when: str = ""
    status: int = 0
    retry_after: str = ""
    seconds: float = 0.0
    byte: int = 0
    step: int = 0             # added to `byte` each time the fault fires
    signal: str = ""
    reads: str = "watch"      # what a freeze holds back: watch (events and lists), all (also GET)
    who: int = -1             # the operator it is for; -1 = any
    revision: str = ""        # of a bookmark; empty = the event's own
    seen: int = 0

    def __post_init__(self):
        self.when = self.when or IMPLIED.get(self.action, "before")
        self.status = self.status or FIXED_STATUS.get(self.action, 500)
        if self.nth:
            self.first = self.last = self.nth

    def fits(self, who, method, path, query, kind=""):
        return ((self.who < 0 or self.who == who) and re.search(self.method, method)
                and re.search(self.path, path) and re.search(self.query, query)
                and (not self.type or re.fullmatch(self.type, kind)))

    def falls_due(self):
        """Counts one more occurrence; true if the fault is for this one."""
        self.seen += 1
        inside = self.seen >= self.first and (not self.last or self.seen <= self.last)
        return inside and (self.seen - self.first) % max(self.every, 1) == 0


class Plan:
    """The rules of one run; thread-safe."""

    def __init__(self, rules=(), name="(none)"):
        self.name, self.lock, self.fired = name, threading.Lock(), 0
        self.rules = [rule if isinstance(rule, Rule) else checked(rule, name, at)
                      for at, rule in enumerate(rules, 1)]

    def for_request(self, who, method, path, query):
        return self._due(lambda rule: rule.when != "event"
                         and rule.fits(who, method, path, query))

    def for_event(self, who, path, query, kind):
        return self._due(lambda rule: rule.when == "event"
                         and rule.fits(who, "GET", path, query, kind))

    def _due(self, fits):
        with self.lock:
            due = [rule for rule in self.rules if fits(rule) and rule.falls_due()]
            self.fired += len(due)
            return due

    def add(self, **fields):
        """A rule put in while the run is under way; returns it (for remove)."""
        rule = checked(fields, self.name, len(self.rules) + 1)
        with self.lock:
            self.rules.append(rule)
        return rule

    def clear(self):
        """No fault from now on."""
        with self.lock:
            self.rules = []

    def remove(self, rule):
        with self.lock:
            if rule in self.rules:
                self.rules.remove(rule)


def checked(fields, name, at):
    def bad(field, what):
        return BadPlan(f"{name}: rule {at}: {field}: {what}")

    known = {field.name: field.type for field in dataclasses.fields(Rule)} | {"from": int}
    for field, value in fields.items():
        if field not in known or field == "seen":
            raise bad(field, "no such field; known are " + ", ".join(sorted(known)))
        kind = known[field]
        if not isinstance(value, (int, float) if kind is float else kind):
            raise bad(field, f"must be a {kind.__name__}, is {value!r}")
    fields = dict(fields)
    fields["first"] = fields.pop("from", fields.get("first", 1))
    if fields.get("action") not in ACTIONS:
        raise bad("action", f"{fields.get('action')!r} is none of {', '.join(ACTIONS)}")
    for field in ("method", "path", "query", "type"):
        try:
            re.compile(fields.get(field, ""))
        except re.error as problem:
            raise bad(field, f"not a regular expression: {problem}") from None
    rule = Rule(**fields)
    if rule.when not in ACTIONS[rule.action]:
        raise bad("when", f"{rule.action} can be {' or '.join(ACTIONS[rule.action])}, "
                          f"not {rule.when!r}")
    if rule.action == "signal" and rule.signal not in SIGNALS:
        raise bad("signal", f"{rule.signal!r} is none of {', '.join(SIGNALS)}")
    if rule.reads not in ("watch", "all"):
        raise bad("reads", f"{rule.reads!r} is neither watch nor all")
    return rule


def load(path):
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as problem:
        raise BadPlan(f"{path}: {problem}") from None
    extra = set(content) - {"rule", "about"}
    if extra or not isinstance(content.get("rule"), list):
        raise BadPlan(f"{path}: {sorted(extra)[0] if extra else 'rule'}: "
                      "a plan is [[rule]] tables and an `about` text")
    return Plan(content["rule"], str(path))
