# SPDX-License-Identifier: Apache-2.0
"""Every write that the operator makes in the ordinary story, as points name them.

Taken from the recording of the run without faults; points/reference.py holds the two together.
"""
import dataclasses


@dataclasses.dataclass(frozen=True)
class Write:
    kind: str
    nth: int
    method: str
    path: str

    @property
    def name(self):
        return f"{self.kind}-{self.nth}"

    def rule(self, action, **fields):
        """A plan's rule for this one."""
        return {"action": action, "method": self.method, "path": self.path, "nth": self.nth,
                **fields}


SCALE, STATUS = "/deployments/web/scale$", "/evaluationservices/web/status$"
EVENT, LEASE = "/events$", "/leases(/[a-z]+)?$"
IN_THE_STORY = {("scale", "PATCH", SCALE): 2, ("status", "PATCH", STATUS): 7,
                ("event", "POST", EVENT): 4}
WRITES = [Write(kind, nth, method, path)
          for (kind, method, path), count in IN_THE_STORY.items()
          for nth in range(1, count + 1)]
KEY_WRITES = [write for write in WRITES
              if write.name in ("scale-1", "scale-2", "status-1", "status-3", "status-5",
                                "event-1", "event-3")]
