# SPDX-License-Identifier: Apache-2.0
"""Who wrote what, and who held the lease then: read from the API server's audit log."""
import json
import os
import pathlib

LOG = pathlib.Path(os.environ["EVALSCALER_TEST_STATE"]) / "log" / "audit.log"


class Write:
    """One request that may change something, in the order of the server's answers."""

    def __init__(self, entry):
        reference = entry.get("objectRef", {})
        self.time = entry["stageTimestamp"]
        self.user = entry["user"]["username"]
        self.verb = entry["verb"]
        self.resource = reference.get("resource", "")
        self.part = reference.get("subresource", "")
        self.space = reference.get("namespace", "")
        self.name = reference.get("name", "")
        self.code = entry.get("responseStatus", {}).get("code", 0)

    @property
    def done(self):
        return 200 <= self.code < 300

    def __str__(self):
        what = f"{self.resource}/{self.name}/{self.part}".rstrip("/")
        return f"{self.time} {self.user} {self.verb} {what}: {self.code}"


def writes(space, users):
    """All writes of these users in this namespace."""
    out = []
    for line in LOG.read_text(encoding="utf-8").splitlines():
        try:
            entry = json.loads(line)
        except ValueError:  # the server is writing it
            continue
        if entry.get("stage") != "ResponseComplete" or entry["user"]["username"] not in users:
            continue
        write = Write(entry)
        if write.space == space and write.verb in ("create", "update", "patch", "delete"):
            out.append(write)
    return sorted(out, key=lambda write: write.time)


def without_lease(all_writes):
    """Those that had an effect though the last one to write the lease was somebody else."""
    holder, out = None, []
    for write in all_writes:
        if write.resource == "leases":
            holder = write.user if write.done else holder
        elif write.done and write.user != holder:
            out.append(write)
    return out
