# SPDX-License-Identifier: Apache-2.0
"""Where the operator dies: before or after one of its writes, to Redis or to the API server.

    before  the write is not made
    after   it is made, and its answer is not told
    later   its answer is told; death comes at whatever is asked for next
"""
import dataclasses
import threading

from plan import Plan, Rule
from relay import Closed

MOMENTS = ("before", "after", "later")
RULES = {"before": "before", "after": "after_commit", "later": "after_reply"}


@dataclasses.dataclass(frozen=True)
class Point:
    """The nth write of its kind in one change of size; name says what it was when recorded."""
    kind: str          # redis | api
    nth: int
    moment: str
    name: str = ""

    def text(self):
        return f"{self.kind}-{self.nth}-{self.moment} ({self.name})"


class Gate:
    """Of one world. `kill` ends the operator, and has it started again a little later."""

    def __init__(self, kill):
        self.kill, self.lock = kill, threading.Lock()
        self.commands = []      # every write to Redis
        self.requests = []      # (method, path) of every write to the API server
        self.count, self.point, self.fired, self.next = {}, None, 0, False
        self.hooks = []         # each (command) -> error text to answer instead, or None
        self.done_hooks = []    # each (command), once it was executed

    def arm(self, point):
        """Counts anew from here; None: nobody dies."""
        with self.lock:
            self.count = {"redis": 0, "api": 0}
            self.point, self.fired, self.next = point, 0, False

    def _counted(self, kind):
        """One more write; how it ends, or None."""
        self.count[kind] = self.count.get(kind, 0) + 1
        point = self.point
        due = point is not None and not self.fired and (point.kind, point.nth) == (
            kind, self.count[kind])
        self.fired += due
        return point.moment if due else None

    def _overdue(self):
        with self.lock:
            overdue, self.next = self.next, False
        return overdue

    # What the relay asks.

    def reads(self):
        if self._overdue():
            self._die()

    def enter(self, command):
        overdue = self._overdue()
        with self.lock:
            self.commands.append(command)
            command.moment = self._counted("redis")
        if overdue or command.moment == "before":
            self._die()
        for hook in list(self.hooks):
            answer = hook(command)
            if answer is not None:
                return answer
        return None

    def leave(self, command):
        for hook in list(self.done_hooks):
            hook(command)
        if command.moment == "after":
            self._die()
        if command.moment == "later":
            self.next = True

    def _die(self):
        self.kill()
        raise Closed


class ApiGate(Plan):
    """The same for the proxy in front of the API server, in the form of a plan."""

    def __init__(self, gate):
        super().__init__()
        self.gate = gate

    def for_request(self, who, method, path, query):
        gate = self.gate
        if gate._overdue():
            return [death("before")]
        if method == "GET" or path.endswith("accessreviews"):
            return []
        with gate.lock:
            gate.requests.append((method, path))
            moment = gate._counted("api")
        return [death(moment)] if moment else []

    def for_event(self, who, path, query, kind):
        return []


def death(moment):
    return Rule("signal", signal="KILL", when=RULES[moment])


def request_name(method, path):
    """PATCH status, PATCH scale, POST events, ..."""
    return f"{method} {path.rsplit('/', 1)[1]}"
