# SPDX-License-Identifier: Apache-2.0
"""The real operator against the real API server, with a Prometheus that lies on demand."""
import http.server
import json
import os
import pathlib
import subprocess
import tempfile
import threading
import time

KUBECTL = os.environ["EVALSCALER_TEST_KUBECTL"]
KUBECONFIG = os.environ["EVALSCALER_TEST_KUBECONFIG"]
BIN = pathlib.Path(os.environ["EVALSCALER_TEST_BIN"])
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Failure(Exception):
    """A claim that did not hold; its text says which."""


def kubectl(*arguments, text=None):
    done = subprocess.run([KUBECTL, "--kubeconfig", KUBECONFIG, *arguments], input=text,
                          text=True, capture_output=True, check=False, timeout=60)
    if done.returncode != 0:
        raise Failure(f"kubectl {' '.join(arguments[:4])}: {done.stderr.strip()}")
    return done.stdout


def get(kind, name, namespace):
    return json.loads(kubectl("-n", namespace, "get", kind, name, "-o", "json"))


def wait(what, seconds, check):
    """Polls until `check()` is true; returns what it returned."""
    end = time.monotonic() + seconds
    while True:
        value = check()
        if value:
            return value
        if time.monotonic() > end:
            raise Failure(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def vector(rows):
    return json.dumps({"status": "success", "data": {"resultType": "vector", "result": [
        {"metric": labels, "value": [time.time(), value]} for labels, value in rows]}})


class LyingPrometheus:
    """Answers every query with `mode`, a number or "NaN"."""

    def __init__(self):
        self.mode, self.queries = "50", 0
        stand_in = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                self.rfile.read(int(self.headers.get("Content-Length", 0)))
                stand_in.queries += 1
                body = vector([({}, stand_in.mode)])
                self.send_response(200)
                self.send_header("Content-Length", str(len(body.encode())))
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


class Operator:
    def __init__(self, prometheus_url, namespace):
        self.folder = tempfile.TemporaryDirectory()
        self.log = pathlib.Path(self.folder.name) / "log"
        config = pathlib.Path(self.folder.name) / "catalogue.yaml"
        config.write_text(f"prometheus:\n- name: default\n  url: {prometheus_url}\n")
        self.command = [str(BIN / "evalscaler"), "--kubeconfig", KUBECONFIG, "--config",
                        str(config), "--watch-namespace", namespace, "--metrics-bind-address",
                        "127.0.0.1:0", "--health-probe-bind-address", "127.0.0.1:0"]
        self.process = None

    def start(self, *flags, **environment):
        with self.log.open("a", encoding="utf-8") as log:
            self.process = subprocess.Popen([*self.command, *flags], stdout=log, stderr=log,
                                            env={**os.environ, **environment})

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        """SIGTERM; the exit status and how long it took."""
        began = time.monotonic()
        self.process.terminate()
        return self.process.wait(timeout=30), time.monotonic() - began
