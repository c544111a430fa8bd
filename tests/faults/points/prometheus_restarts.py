# SPDX-License-Identifier: Apache-2.0
"""A real Prometheus is killed and comes back, with its data and without.

The metric is a rate over eight seconds of a counter that this file counts up. A rate is low in
the first seconds of a series' life without any error; that must not scale anything down.
O3 is left out: it asks the stand-in, which is not asked here.
"""
import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import threading
import time

from objects import HIGH, LOW
from registry import Point, add
from world import Failure

ROOT = pathlib.Path(__file__).resolve().parents[3]
CATALOGUE = """prometheus:
- name: default
  url: {url}
metrics:
- name: load
  unit: requests/s
  query: sum by (namespace, service) (rate(work_total[8s]))
  maturity: clamp_max(max by (namespace, service) (count_over_time(work_total[8s])) / 8, 1)
"""
CONFIG = """global: {{scrape_interval: 1s, scrape_timeout: 1s}}
scrape_configs:
- job_name: test
  honor_labels: true
  static_configs: [{{targets: ['127.0.0.1:{port}']}}]
"""


class Exporter:
    """Counts `world.prometheus.value` per second."""

    def __init__(self, world):
        exporter = self
        self.world, self.total, self.at, self.lock = world, 0.0, time.monotonic(), threading.Lock()

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.end_headers()
                self.wfile.write(exporter.page().encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self):
        with self.lock:
            now = time.monotonic()
            self.total += self.world.prometheus.value * (now - self.at)
            self.at = now
            return f'work_total{{namespace="{self.world.space}",service="web"}} {self.total}\n'


class RealPrometheus:
    def __init__(self, folder, exporter_port):
        self.folder, self.port, self.process = folder / "prometheus", 0, None
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        (self.folder / "prometheus.yml").write_text(CONFIG.format(port=exporter_port))
        where = subprocess.run([str(ROOT / "tests/cluster/build"), "--where"], text=True,
                               capture_output=True, check=True).stdout.strip()
        self.program = os.environ.get("EVALSCALER_TEST_PROMETHEUS", f"{where}/prometheus")

    def start(self):
        """On the port it had before, if it had one; returns when it answers queries."""
        log = self.folder / "log"
        with log.open("w", encoding="utf-8") as output:
            self.process = subprocess.Popen(
                [self.program, f"--config.file={self.folder}/prometheus.yml",
                 f"--storage.tsdb.path={self.folder}/data",
                 f"--web.listen-address=127.0.0.1:{self.port}"], stdout=output, stderr=output)
        end = time.monotonic() + 40
        while "ready to receive web requests" not in log.read_text():
            if time.monotonic() > end or self.process.poll() is not None:
                raise Failure(f"Prometheus does not start: {log.read_text()[-300:]}")
            time.sleep(0.1)
        self.port = int(re.search(r"Listening on.*address=127\.0\.0\.1:(\d+)",
                                  log.read_text())[1])

    def kill(self):
        self.process.kill()
        self.process.wait()

    def forget(self):
        shutil.rmtree(self.folder / "data")


def state(world):
    return world.reading().get("state")


def story(world, server, with_data):
    world.prometheus.value = HIGH
    server.start()
    world.operator.catalogue.write_text(CATALOGUE.format(url=f"http://127.0.0.1:{server.port}"))
    item = world.api.get(world.service_path())
    metric = item["spec"]["tiers"][0]["threshold"]["metrics"][0]
    metric.pop("query")
    world.api.merge(world.service_path(), {"spec": item["spec"]})
    world.start()
    up = world.settings.replicas + world.settings.step_up
    world.wait(f"scale-up to {up}", lambda: world.replicas() == up)
    server.kill()
    if not with_data:
        server.forget()
    world.wait("a reading that is missing", lambda: state(world) == "Missing")
    server.start()
    world.wait("a fresh reading again", lambda: state(world) == "Fresh")
    time.sleep(2 * world.settings.interval)
    if world.replicas() != up:
        raise Failure(f"went to {world.replicas()} because Prometheus had been restarted")
    world.prometheus.value = LOW
    down = world.settings.end_replicas
    world.wait(f"scale-down to {down}", lambda: world.replicas() == down)
    world.prometheus.value = 50.0
    world.settle()


def restarted(world, with_data):
    server = RealPrometheus(world.folder, Exporter(world).port)
    try:
        story(world, server, with_data)
    finally:
        server.kill()


for name, kept in (("with-data", True), ("empty", False)):
    add(Point(f"prometheus-restarted-{name}", "prometheus", run=functools.partial(
        restarted, with_data=kept), options={"cooldown_down": 20}, seconds=240,
        skip=("O3",), limits={"writes": 40}))
