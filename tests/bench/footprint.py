#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What the operator costs while nothing happens: resident memory and CPU with N services.

Real API server, real Prometheus that scrapes N services' metrics, real operator with the
built-in catalogue; each service asks for the five metrics of the prediction-service sample.
CPU is utime + stime from /proc over the measured time, in percent of one core.
Run by `make footprint`; SERVICES and SECONDS change the size.
"""
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "integration"))
sys.dont_write_bytecode = True
from operator_stage import BIN, KUBECONFIG, ROOT, kubectl, wait  # noqa: E402

SERVICES = int(os.environ.get("SERVICES", "100"))
SECONDS = int(os.environ.get("SECONDS", "120"))
SPACE = "footprint"


def exposition():
    lines, now = [], int(time.time())
    for i in range(SERVICES):
        own = f'namespace="{SPACE}",service="web-{i}"'
        pod = f'namespace="{SPACE}",pod="web-{i}-7d9c5b6f4-bcdfg",container="web",image="web"'
        lines += [f"http_requests_total{{{own}}} {now * 200}",
                  f"http_request_duration_seconds_count{{{own}}} {now * 200}",
                  f"http_request_duration_seconds_sum{{{own}}} {now * 100}",
                  f"queue_depth{{{own}}} 60",
                  f"container_cpu_usage_seconds_total{{{pod}}} {now * 0.2:.1f}",
                  f"container_memory_working_set_bytes{{{pod}}} 240000000"]
    return "\n".join(lines) + "\n"


class Exporter(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = exposition().encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def seed():
    kubectl("apply", "-f", str(ROOT / "crds"))
    kubectl("wait", "--for=condition=Established", "--timeout=30s",
            "crd/evaluationservices.evalscaler.io")
    kubectl("create", "namespace", SPACE)
    sample = json.loads(kubectl("create", "--dry-run=client", "-o", "json", "-f",
                                str(ROOT / "manifests/samples/prediction-service.yaml")))
    items = []
    for i in range(SERVICES):
        name = f"web-{i}"
        items.append({"apiVersion": "apps/v1", "kind": "Deployment",
                      "metadata": {"name": name, "namespace": SPACE},
                      "spec": {"replicas": 5, "selector": {"matchLabels": {"app": name}},
                               "template": {"metadata": {"labels": {"app": name}}, "spec": {
                                   "containers": [{"name": "web", "image": "none", "resources": {
                                       "requests": {"cpu": "200m", "memory": "400Mi"}}}]}}}})
        service = json.loads(json.dumps(sample))
        service["metadata"] = {"name": name, "namespace": SPACE}
        service["spec"]["tiers"][0]["scaleTargetRef"]["name"] = name
        items.append(service)
    kubectl("apply", "-f", "-", text=json.dumps({"apiVersion": "v1", "kind": "List", "items": items}))
    for i in range(SERVICES):
        kubectl("-n", SPACE, "patch", "deployment", f"web-{i}", "--subresource=status",
                "--type=merge", "-p", '{"status":{"replicas":5,"readyReplicas":5,'
                '"updatedReplicas":5,"availableReplicas":5,"observedGeneration":1}}')


def start_prometheus(folder, exporter_port):
    config = folder / "prometheus.yml"
    config.write_text(json.dumps({"global": {"scrape_interval": "5s"}, "scrape_configs": [{
        "job_name": "services", "honor_labels": True,
        "static_configs": [{"targets": [f"127.0.0.1:{exporter_port}"]}]}]}))
    log = open(folder / "prometheus.log", "w", encoding="utf-8")
    process = subprocess.Popen([os.environ["EVALSCALER_TEST_PROMETHEUS"],
                                f"--config.file={config}", f"--storage.tsdb.path={folder}/tsdb",
                                "--web.listen-address=127.0.0.1:0"], stdout=log, stderr=log)

    def address():
        found = re.search(r"(?i)listening on.*?(?:address|addr)=(127\.0\.0\.1:\d+)",
                          (folder / "prometheus.log").read_text())
        return found and f"http://{found[1]}"
    return process, wait("Prometheus listens", 30, address)


def usage(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    value = {key: int(re.search(rf"{key}:\s+(\d+)", status)[1])
             for key in ("VmRSS", "VmHWM", "Threads")}
    value["cpu"] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    value["fds"] = len(os.listdir(f"/proc/{pid}/fd"))
    return value


def queries(prometheus):
    with urllib.request.urlopen(f"{prometheus}/metrics", timeout=5) as answer:
        text = answer.read().decode()
    return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
               if line.startswith("prometheus_http_requests_total") and "/api/v1/query" in line)


def measure(folder, prometheus):
    config = folder / "catalogue.yaml"
    config.write_text(f"prometheus:\n- name: default\n  url: {prometheus}\n")
    log = open(folder / "operator.log", "w", encoding="utf-8")
    operator = subprocess.Popen([str(BIN / "evalscaler"), "--kubeconfig", KUBECONFIG, "--config",
                                 str(config), "--metrics-bind-address", "127.0.0.1:0",
                                 "--health-probe-bind-address", "127.0.0.1:0"],
                                stdout=log, stderr=log)
    try:
        time.sleep(60)  # caches filled, first statuses written
        before, asked = usage(operator.pid), queries(prometheus)
        time.sleep(SECONDS)
        after = usage(operator.pid)
        percent = 100 * (after["cpu"] - before["cpu"]) / SECONDS
        ready = [item for item in json.loads(kubectl("-n", SPACE, "get", "evsvc", "-o", "json"))
                 ["items"] for condition in item.get("status", {}).get("conditions", [])
                 if condition["type"] == "Ready" and condition["status"] == "True"]
        print(f"{SERVICES} services x 5 metrics, {SECONDS} s: CPU {percent:.2f} % of a core, "
              f"resident {after['VmRSS'] / 1024:.1f} MB (peak {after['VmHWM'] / 1024:.1f} MB), "
              f"{after['Threads']} threads, {after['fds']} descriptors, "
              f"{(queries(prometheus) - asked) / SECONDS:.2f} queries/s, {len(ready)} ready")
        return after["VmRSS"] < 40 * 1024 and percent < 1 and len(ready) == SERVICES
    finally:
        operator.send_signal(signal.SIGTERM)
        operator.wait(timeout=10)


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Exporter)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        process, prometheus = start_prometheus(folder, server.server_address[1])
        try:
            seed()
            return 0 if measure(folder, prometheus) else 1
        finally:
            process.terminate()
            process.wait()


sys.exit(main())
