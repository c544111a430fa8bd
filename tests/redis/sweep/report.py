# SPDX-License-Identifier: Apache-2.0
"""The table at the end of a sweep: per kind of write, how many deaths, and what they broke."""
import collections


def table(results):
    claims = sorted({name for each in results for name in each["violations"]})
    rows = collections.defaultdict(collections.Counter)
    for result in results:
        for way, point in result["points"].items():
            for row in ((way, point["name"]), ("in all", "")):
                rows[row]["points"] += 1
                rows[row]["not reached"] += result["fired"].get(way, 0) == 0
                for claim in claims:
                    rows[row][claim] += bool(result["violations"].get(claim))
    columns = ["points", "not reached", *claims]
    lines = ["", f"{'death at':36}" + " ".join(f"{name:>14}" for name in columns)]
    for row in sorted(rows, key=lambda each: (each[0] == "in all", each)):
        lines.append(f"{' '.join(row).strip():36}" + " ".join(
            f"{rows[row][name]:14}" for name in columns))
    return "\n".join(lines)
