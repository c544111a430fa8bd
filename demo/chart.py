# SPDX-License-Identifier: Apache-2.0
"""Replicas over time as a small chart of characters; nothing here knows the cluster."""

READY, ASKED = "█", "░"


class Chart:
    """One column per `seconds_per_column`; of several samples the last one counts."""

    def __init__(self, width: int = 72):
        self.width = width
        self.samples = []  # (seconds, asked, ready)
        self.marks = []    # (seconds, letter, meaning)

    def add(self, seconds: float, asked: int, ready: int):
        self.samples.append((seconds, asked, ready))

    def mark(self, seconds: float, letter: str, meaning: str):
        self.marks.append((seconds, letter, meaning))

    def lines(self) -> list:
        if not self.samples:
            return []
        end = max(self.samples[-1][0], 1)
        step = max(1, -(-int(end + 1) // self.width))
        columns = self._columns(step)
        top = max(asked for asked, _ in columns)
        rows = []
        for level in range(top, 0, -1):
            cells = [READY if ready >= level else ASKED if asked >= level else " "
                     for asked, ready in columns]
            rows.append(f"{level:>4} │" + "".join(cells))
        rows.append("     └" + "─" * len(columns))
        rows.append("      " + self._marks(step, len(columns)))
        rows.append(f"      one column = {step} s   {READY} ready  {ASKED} asked for   "
                    + "  ".join(f"{letter} {meaning}" for _, letter, meaning in self.marks))
        return rows

    def _columns(self, step: int) -> list:
        columns, at, current = [], 0, (0, 0)
        for column in range(int(self.samples[-1][0]) // step + 1):
            while at < len(self.samples) and self.samples[at][0] < (column + 1) * step:
                current = self.samples[at][1:]
                at += 1
            columns.append(current)
        return columns

    def _marks(self, step: int, width: int) -> str:
        line = [" "] * width
        for seconds, letter, _ in self.marks:
            line[min(int(seconds) // step, width - 1)] = letter
        return "".join(line).rstrip()
