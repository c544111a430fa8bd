# SPDX-License-Identifier: Apache-2.0
"""The cluster on which the engine's acts play, all at the same time: real controllers, a real
Prometheus, operators with the shipped rights, and a Prometheus for each act that answers on
demand. What the demo's stage and the fault harness can do is theirs and used from here."""
import json
import os
import pathlib
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
for folder in ("demo", "tests/faults"):
    sys.path.insert(0, str(ROOT / folder))
from setting import define_resource  # noqa: E402
from stage import Stage, StageError  # noqa: E402

__all__ = ["EngineStage", "Operator", "StageError", "ROOT"]
SYNC = "5s"           # of the HorizontalPodAutoscaler controller
SCRAPE = "2s"
IMAGE = "docker.io/local/evaluation-engine:1"
LISTS_HPAS = "horizontalpodautoscalers"


class EngineStage(Stage):
    def __init__(self):
        super().__init__()
        state = os.environ.get("EVALSCALER_E2E_STATE", ROOT / ".cache/e2e-engine")
        self.state = pathlib.Path(state)
        self.environment.update(CLUSTER_STATE=str(self.state), CLUSTER_HPA_SYNC=SYNC,
                                CLUSTER_SCRAPE=SCRAPE, CLUSTER_AUDIT="1")

    def up(self):
        self.cluster("down")
        self.cluster_up()
        if self.level == "pods":
            image = str(self.state / "evaluation-engine.tar")
            self.run([str(ROOT / "tests/cluster/image"), IMAGE, image, "/evaluation_engine",
                      self.program("evaluation_engine") + "=/evaluation_engine"])
            self.cluster("load", image)
            self.start_prometheus()
        define_resource(self)
        self.make_roles()

    def find(self):
        """What an earlier `up` left."""
        words = self.cluster("status").split()
        self.level = next(word[len("level="):] for word in words if word.startswith("level="))
        if self.level == "pods":
            self.start_prometheus()

    def start_prometheus(self):
        config = str(ROOT / "tests/cluster/prometheus.yml")
        self.prometheus_url = self.cluster("prometheus", config).strip().splitlines()[-1]

    def make_roles(self):
        """`evalscaler` as shipped; `evalscaler-blind` without the rule about HPAs."""
        shipped = str(ROOT / "manifests/rbac.yaml")
        self.kubectl("apply", "-f", shipped)
        role = json.loads(self.kubectl("get", "clusterrole", "evalscaler", "-o", "json"))
        role["metadata"] = {"name": "evalscaler-blind"}
        role["rules"] = [rule for rule in role["rules"] if LISTS_HPAS not in rule["resources"]]
        self.kubectl("apply", "-f", "-", text=json.dumps(role))
        for user in ("evalscaler", "evalscaler-blind"):
            self.kubectl("create", "clusterrolebinding", user, f"--clusterrole={user}",
                         f"--user={user}")

    def audited(self, space, user="evalscaler"):
        """What this user wrote in a namespace, by the API server's audit log."""
        os.environ["EVALSCALER_TEST_STATE"] = str(self.state)
        sys.path.append(str(ROOT / "tests/integration"))
        from audit_log import writes  # its log's place comes from the environment
        return writes(space, {user})

    def restart_prometheus_empty(self):
        """kill -9, and whatever it had stored is gone."""
        self.cluster("hold", "prometheus")
        self.run(["find", str(self.state / "prometheus"), "-mindepth", "1", "-delete"])
        self.cluster("release", "prometheus")


class Operator:
    """One process on this machine, reaching the cluster as a user of it."""

    def __init__(self, stage, user, spaces, servers):
        self.stage, self.process = stage, None
        folder = pathlib.Path(tempfile.mkdtemp(prefix="operator-", dir=stage.state))
        self.log = folder / "log"
        config = folder / "catalogue.yaml"
        config.write_text("prometheus:\n" + "".join(
            f'- name: {name}\n  url: "{url}"\n' for name, url in servers.items())
            + "builtinMetrics: {windowSeconds: 16, scrapeIntervalSeconds: 2}\n")
        kubeconfig = stage.cluster("user", user).strip().splitlines()[-1]
        self.command = [stage.program("evalscaler"), "--kubeconfig", kubeconfig, "--config",
                        str(config), "--metrics-bind-address", "127.0.0.1:0",
                        "--health-probe-bind-address", "127.0.0.1:0"]
        for space in spaces:
            self.command += ["--watch-namespace", space]

    def start(self):
        with self.log.open("a", encoding="utf-8") as log:
            self.process = self.stage.start(self.command, stdout=log, stderr=log)

    def log_text(self):
        return self.log.read_text(encoding="utf-8")

    def stop(self):
        if self.process is None:
            return
        self.process.terminate()
        began = time.monotonic()
        while self.process.poll() is None and time.monotonic() < began + 15:
            time.sleep(0.1)
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
