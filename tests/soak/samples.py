# SPDX-License-Identifier: Apache-2.0
"""What a process holds over time, and what that grows by."""
import dataclasses
import os
import pathlib
import re
import statistics


@dataclasses.dataclass
class Sample:
    seconds: float
    resident_kb: int
    threads: int
    descriptors: int
    cpu_seconds: float


def sample(pid, seconds):
    proc = pathlib.Path(f"/proc/{pid}")
    status = (proc / "status").read_text()
    fields = (proc / "stat").read_text().rsplit(")", 1)[1].split()
    return Sample(seconds, int(re.search(r"VmRSS:\s+(\d+)", status)[1]),
                  int(re.search(r"Threads:\s+(\d+)", status)[1]),
                  len(os.listdir(proc / "fd")),
                  (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"))


def slope_per_hour(samples, field):
    """Median of the slopes of all pairs (Theil-Sen): a few spikes do not tilt it."""
    slopes = [(getattr(b, field) - getattr(a, field)) / (b.seconds - a.seconds)
              for i, a in enumerate(samples) for b in samples[i + 1:]]
    return 3600 * statistics.median(slopes)


def drift(samples, field):
    """Median of the last third less median of the first."""
    third = len(samples) // 3
    return (statistics.median(getattr(s, field) for s in samples[-third:])
            - statistics.median(getattr(s, field) for s in samples[:third]))
