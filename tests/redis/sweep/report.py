# SPDX-License-Identifier: Apache-2.0
"""The table at the end of a sweep: per kind of write, how many deaths, and what they broke."""
import collections


def table(results):
    claims = sorted({name for each in results for name in each["violations"]})
    rows = collections.defaultdict(collections.Counter)
    for result in results:
        for row, fired in rows_of(result):
            for each in (row, ("in all", "")):
                rows[each]["points"] += 1
                rows[each]["not reached"] += not fired
                for claim in claims:
                    rows[each][claim] += bool(result["violations"].get(claim))
    columns = ["points", "not reached", *claims]
    lines = ["", f"{'death at, or trouble':36}" + " ".join(f"{name:>14}" for name in columns)]
    for row in sorted(rows, key=lambda each: (each[0] == "in all", each)):
        lines.append(f"{' '.join(row).strip():36}" + " ".join(
            f"{rows[row][name]:14}" for name in columns))
    return "\n".join(lines)


def rows_of(result):
    """[(row of the table, whether what was to happen did)] of one world."""
    if "trouble" in result:
        name = result["trouble"]
        return [(("trouble", name.rsplit("-", 1)[1] + " " + name.split("-", 1)[0]), True)]
    return [((way, point["name"]), result["fired"].get(way, 0) > 0)
            for way, point in result["points"].items()]
