#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Instructions of one evaluation, counted by callgrind and held against instructions.json.

usage: instructions.py FOLDER [--record]   FOLDER: where decide_steps is (build/bench)

Counts do not depend on the machine's load; they do on compiler and library, which the record
names: with others they are printed and not judged. Exit 1 if one is more than 2 % off.
"""
import json
import pathlib
import re
import subprocess
import sys

RECORD = pathlib.Path(__file__).with_name("instructions.json")
CASES = ["threshold_quiet", "threshold_busy", "tracking_quiet", "tracking_busy"]
METRICS = [1, 5, 20]
TIMES = 2000
SLACK = 0.02


def count(program, case, metrics, times):
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null",
               program, case, str(metrics), str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(re.search(r"Collected : (\d+)", done.stderr).group(1))


def per_evaluation(program, case, metrics):
    """Start, end and the filling of the windows are in both counts."""
    more = count(program, case, metrics, 2 * TIMES)
    return round((more - count(program, case, metrics, TIMES)) / TIMES)


def surroundings():
    compiler = subprocess.run(["c++", "--version"], capture_output=True, text=True, check=True)
    libc = subprocess.run(["ldd", "--version"], capture_output=True, text=True, check=True)
    return {"compiler": compiler.stdout.splitlines()[0], "libc": libc.stdout.splitlines()[0]}


def main():
    program = str(pathlib.Path(sys.argv[1]) / "decide_steps")
    now = {f"{case}/{metrics}": per_evaluation(program, case, metrics)
           for case in CASES for metrics in METRICS}
    if "--record" in sys.argv:
        record = {**surroundings(), "instructions": now}
        RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    record = json.loads(RECORD.read_text(encoding="utf-8"))
    known = all(record[key] == value for key, value in surroundings().items())
    failed = False
    for name, instructions in now.items():
        before = record["instructions"].get(name, instructions)
        change = instructions / before - 1
        off = known and abs(change) > SLACK
        failed = failed or off
        print(f"{name:20} {instructions:7} instructions  {change:+7.2%}{'  TOO MUCH' if off else ''}")
    if not known:
        print(f"recorded with {record['compiler']}, {record['libc']}: not judged")
    return 1 if failed else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main())
