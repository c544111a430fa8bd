# SPDX-License-Identifier: Apache-2.0
"""The demo's stage: where programs and state are, and how to call them."""
import ctypes
import json
import os
import pathlib
import signal
import subprocess
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMESPACE = "ml"
NAME = "prediction-service"
DEPLOYMENT = "ml-prediction-service"


class StageError(Exception):
    """Something the user can read and act upon."""


def end_with_parent():
    """Runs in a child: it must not outlive the demo (prctl PR_SET_PDEATHSIG)."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


class Stage:
    def __init__(self, folder: str = "demo"):
        """`folder` in .cache is the cluster's, unless the environment says where it is."""
        self.state = pathlib.Path(os.environ.get("EVALSCALER_DEMO_STATE", ROOT / ".cache" / folder))
        self.build = pathlib.Path(os.environ.get("EVALSCALER_BUILD", ROOT / "build"))
        self.environment = dict(os.environ, CLUSTER_STATE=str(self.state))
        self.environment.pop("KUBECONFIG", None)
        self.prometheus_url = ""
        self.level = ""         # pods or fake, once the cluster is up
        self.level_reason = ""  # why it is not pods
        self._kit = ""

    @property
    def kit(self) -> pathlib.Path:
        if not self._kit:
            self._kit = self.run([str(ROOT / "tests/cluster/build"), "--where"]).strip()
        return pathlib.Path(self._kit)

    @property
    def kubeconfig(self) -> pathlib.Path:
        return self.state / "kubeconfig"

    def program(self, name: str) -> str:
        for folder in (self.build / "bin", self.build / "tests/workload"):
            if (folder / name).exists():
                return str(folder / name)
        raise StageError(f"{self.build}/bin/{name} is missing: run 'make build'")

    def cluster(self, *arguments: str, allowed: tuple = (0,)) -> str:
        return self.run([str(ROOT / "tests/cluster/cluster"), *arguments], allowed=allowed)

    def cluster_up(self):
        said = self.run([str(ROOT / "tests/cluster/cluster"), "up"], errors_too=True)
        status = self.cluster("status").split()
        self.level = next(word[len("level="):] for word in status if word.startswith("level="))
        if self.level != "pods":
            self.level_reason = next((line for line in said.splitlines() if "level fake" in line),
                                     "level fake was asked for")

    def kubectl(self, *arguments: str, text: str = "") -> str:
        command = [str(self.kit / "kubectl"), "--kubeconfig", str(self.kubeconfig), *arguments]
        return self.run(command, text)

    def apply_changed(self, manifest: pathlib.Path, values: dict):
        """Applies a file with other values at these JSON pointers."""
        changes = json.dumps([{"op": "replace", "path": path, "value": value}
                              for path, value in values.items()])
        self.kubectl("apply", "-f", "-", text=self.kubectl(
            "patch", "--local", "-f", str(manifest), "--type=json", "-p", changes, "-o", "yaml"))

    def watch(self, *arguments: str) -> subprocess.Popen:
        command = [str(self.kit / "kubectl"), "--kubeconfig", str(self.kubeconfig), "get",
                   *arguments, "--watch", "-o", "json"]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                env=self.environment, preexec_fn=end_with_parent)

    def start(self, command: list, **options) -> subprocess.Popen:
        return subprocess.Popen(command, env=self.environment, preexec_fn=end_with_parent,
                                **options)

    def ask_prometheus(self, query: str):
        """The one number an instant query answers, or None."""
        url = f"{self.prometheus_url}/api/v1/query?" + urllib.parse.urlencode({"query": query})
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                rows = json.load(answer)["data"]["result"]
            return float(rows[0]["value"][1]) if rows else None
        except (OSError, ValueError, KeyError):
            return None

    def run(self, command: list, text: str = "", errors_too: bool = False,
            allowed: tuple = (0,)) -> str:
        done = subprocess.run(command, env=self.environment, input=text, text=True,
                              capture_output=True, check=False)
        if done.returncode not in allowed:
            lines = (done.stderr or done.stdout).strip().splitlines()[-4:]
            name = os.path.basename(command[0])
            raise StageError(f"{name} {' '.join(command[1:4])}: " + " | ".join(lines))
        return done.stdout + (done.stderr if errors_too else "")
