# SPDX-License-Identifier: Apache-2.0
"""The key ledger (tests/redis/ledger) as a process beside the story."""
import json
import subprocess
import threading
import time

from stage import StageError


class LedgerProcess:
    """Writes at a fixed rate from its start until `end`; `says` is told what it prints."""

    def __init__(self, stage, nodes: list, password: str, keys: int, rate: int):
        self.report_file = stage.state / "ledger.json"
        command = [stage.program("redis_ledger"), "--keys", str(keys), "--rate", str(rate),
                   "--progress", "--json", str(self.report_file)]
        for node in nodes:
            command += ["--node", node]
        stage.environment["REDISCLI_AUTH"] = password
        self.process = stage.start(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.STDOUT, text=True)
        self.acknowledged = self.errors = 0
        self.longest_ms = 0.0   # since it was last taken
        self.table = []
        self._done = []         # orders that were carried out, in their order
        self._news = threading.Condition()
        threading.Thread(target=self._read, daemon=True).start()

    def take_longest_ms(self) -> float:
        with self._news:
            longest, self.longest_ms = self.longest_ms, 0.0
        return longest

    def wait_for_begin(self, seconds: float):
        """Until every key was written once."""
        self._wait_for(1, seconds)

    def order(self, text: str, seconds: float = 120) -> dict:
        """Carries out one order and returns what it says of it."""
        count = len(self._done) + 1
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return self._wait_for(count, seconds)

    def end(self, seconds: float = 120) -> dict:
        """Its report, once every key was read back."""
        self.process.stdin.write("end\n")
        self.process.stdin.close()
        try:
            status = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise StageError(f"the ledger has not read its keys back in {seconds} s") from None
        if status not in (0, 1):
            raise StageError("the ledger failed: " + " | ".join(self.table[-3:]))
        return json.loads(self.report_file.read_text(encoding="utf-8"))

    def _wait_for(self, count: int, seconds: float) -> dict:
        end = time.monotonic() + seconds
        with self._news:
            while len(self._done) < count:
                if self.process.poll() is not None or time.monotonic() > end:
                    raise StageError("the ledger does not do what it was told: "
                                     + " | ".join(self.table[-3:]))
                self._news.wait(0.5)
            return self._done[count - 1]

    def _read(self):
        for line in self.process.stdout:
            try:
                said = json.loads(line)
            except ValueError:
                self.table.append(line.rstrip())
                continue
            with self._news:
                if "did" in said:
                    self._done.append(said)
                else:
                    self.acknowledged, self.errors = said["acknowledged"], said["errors"]
                    self.longest_ms = max(self.longest_ms, said["longestMs"])
                self._news.notify_all()
