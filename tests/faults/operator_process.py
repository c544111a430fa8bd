# SPDX-License-Identifier: Apache-2.0
"""One operator program: started, stopped, killed, frozen, and looked at from outside."""
import os
import pathlib
import re
import signal
import subprocess
import threading
import time
import urllib.request

SANITIZED = os.environ.get("EVALSCALER_SANITIZED") == "1"
BAD_WORDS = re.compile(r"AddressSanitizer|LeakSanitizer|ThreadSanitizer|runtime error:|"
                       r"terminate called|Assertion .* failed|double free|corrupted")


class OperatorProcess:
    def __init__(self, folder, kubeconfig, prometheus_url, namespaces, extra=()):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "log"
        self.catalogue = self.folder / "catalogue.yaml"
        self.catalogue.write_text(f"prometheus:\n- name: default\n  url: {prometheus_url}\n")
        program = pathlib.Path(os.environ["EVALSCALER_TEST_BIN"]) / "evalscaler"
        self.command = [str(program), "--kubeconfig", str(kubeconfig),
                        "--config", str(self.catalogue),
                        "--metrics-bind-address", "127.0.0.1:0",
                        "--health-probe-bind-address", "127.0.0.1:0"]
        for name in namespaces:
            self.command += ["--watch-namespace", name]
        self.command += extra
        self.process, self.starts, self.ends, self.frozen = None, [], [], []
        self.peak_memory, self.peak_threads, self.peak_files = 0, 0, 0
        self.lock, self.stopping = threading.Lock(), False

    def start(self):
        with self.log.open("a", encoding="utf-8") as log:
            log.write(f"--- start {len(self.starts) + 1}\n")
            log.flush()
            self.log_start = log.tell()
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log)
        self.starts.append(time.monotonic())
        self.stopping = False

    def running(self):
        return self.process is not None and self.process.poll() is None

    def send(self, which):
        if self.running():
            self.process.send_signal(which)

    def kill(self):
        with self.lock:
            if self.running():
                self.process.kill()
            self._note_end("KILL")

    def freeze(self, seconds):
        """SIGSTOP now, SIGCONT later; returns at once."""
        self.send(signal.SIGSTOP)
        self.frozen.append((time.monotonic(), seconds))
        timer = threading.Timer(seconds, self.send, [signal.SIGCONT])
        timer.daemon = True
        timer.start()

    def stop(self):
        """SIGTERM; (exit status, seconds); status None if it had to be killed."""
        began, self.stopping = time.monotonic(), True
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=30 if SANITIZED else 10)
        except subprocess.TimeoutExpired:
            self.kill()
            return None, time.monotonic() - began
        with self.lock:
            self._note_end("TERM")
        return code, time.monotonic() - began

    def _note_end(self, why):
        self.process.wait()
        if len(self.ends) < len(self.starts):
            self.ends.append((time.monotonic(), why, self.process.returncode))

    def ended_by_itself(self):
        """True once for a process that has gone without being told to."""
        with self.lock:
            if self.stopping or self.running() or len(self.ends) == len(self.starts):
                return False
            self._note_end("QUIT")
            return True

    def sample(self):
        """Takes a look at /proc; peaks are kept."""
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        try:
            text = (folder / "status").read_text()
            memory = int(re.search(r"VmHWM:\s+(\d+)", text)[1])
            threads = int(re.search(r"Threads:\s+(\d+)", text)[1])
            files = len(os.listdir(folder / "fd"))
        except (OSError, TypeError):
            return
        self.peak_memory = max(self.peak_memory, memory)
        self.peak_threads = max(self.peak_threads, threads)
        self.peak_files = max(self.peak_files, files)

    def log_text(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def complaints(self):
        """Lines of the log that say of a crash or of a sanitizer's finding."""
        return [line for line in self.log_text().splitlines() if BAD_WORDS.search(line)]

    def address(self, what):
        """HOST:PORT of "metrics" or "probes", from this start's log; None until it is there."""
        with self.log.open("rb") as log:
            log.seek(self.log_start)
            found = re.findall(rf'"?{what}"?[=:] ?"?(127\.0\.0\.1:\d+)',
                               log.read().decode("utf-8", "replace"))
        return found[-1] if found else None

    def scrape(self, path="/metrics", of="metrics"):
        """(status, text) of a page it serves; (None, "") if it cannot be had."""
        try:
            with urllib.request.urlopen(f"http://{self.address(of)}{path}", timeout=5) as page:
                return page.status, page.read().decode()
        except OSError as problem:
            return getattr(problem, "code", None), ""

    def metric(self, name, **labels):
        """Sum over the series that have these labels; None without any."""
        values = []
        for line in self.scrape()[1].splitlines():
            found = re.fullmatch(rf"{name}(?:\{{(.*)\}})? (\S+)", line)
            if found and all(f'{key}="{value}"' in (found[1] or "")
                             for key, value in labels.items()):
                values.append(float(found[2]))
        return sum(values) if values else None
