# SPDX-License-Identifier: Apache-2.0
"""The narrator's voice: lines that stay, and below them, on a terminal, a chart that moves."""
import os
import sys
import threading
import time

from chart import Chart


class Screen:
    def __init__(self):
        self.started = time.monotonic()
        self.chart = Chart()
        self.live = sys.stdout.isatty()
        self.colour = self.live and not os.environ.get("NO_COLOR")
        self._drawn = 0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        return time.monotonic() - self.started

    def say(self, kind: str, text: str):
        now = int(self.seconds())
        with self._lock:
            self._wipe()
            print(f"{now // 60}:{now % 60:02d}  {self._paint(kind)}  {text}", flush=True)
            self._draw()

    def tell_verdict(self, results) -> bool:
        """Of (passed, text) of each check; whether all passed."""
        for passed, text in results:
            self.say("ok" if passed else "FAILED", text)
        passed = all(ok for ok, _ in results)
        print(f"\ndemo: {'all' if passed else 'NOT all'} {len(results)} checks passed\n")
        return passed

    def refresh(self):
        if self.live:
            with self._lock:
                self._wipe()
                self._draw()

    def close(self):
        """The chart stays on the page, also when this is no terminal."""
        with self._lock:
            self._wipe()
            self.live = False
            print("\n" + "\n".join(self.chart.lines()) + "\n", flush=True)

    def _paint(self, kind: str) -> str:
        codes = {"decision": "1;36", "fault": "1;33", "check": "1", "FAILED": "1;31", "ok": "32"}
        text = f"{kind:<9}"
        return f"\033[{codes[kind]}m{text}\033[0m" if self.colour and kind in codes else text

    def _wipe(self):
        if self.live and self._drawn:
            sys.stdout.write(f"\033[{self._drawn}A\033[J")
        self._drawn = 0

    def _draw(self):
        if not self.live:
            return
        lines = self.chart.lines()
        sys.stdout.write("\n".join(lines) + ("\n" if lines else ""))
        sys.stdout.flush()
        self._drawn = len(lines)
