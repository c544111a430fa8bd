# SPDX-License-Identifier: Apache-2.0
"""One run of one point: makes its world, runs it, asks the oracles, leaves its files."""
import json
import os
import pathlib
import subprocess
import time
import traceback

import oracles
from plan import Plan, load
from upstream import ApiError, Upstream
from world import Failure, World

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
CLUSTER = ROOT / "tests/cluster/cluster"


class Cluster:
    """An API server of the test cluster, by its state folder."""

    def __init__(self, state):
        self.state = pathlib.Path(state)
        self.upstream = Upstream(self.state / "kubeconfig")

    @staticmethod
    def up(state):
        Cluster.call(state, "up")
        cluster = Cluster(state)
        cluster.install()
        return cluster

    @staticmethod
    def call(state, *arguments, seconds=180):
        environment = {**os.environ, "CLUSTER_STATE": str(state), "CLUSTER_LEVEL": "api"}
        done = subprocess.run([str(CLUSTER), *arguments], env=environment, text=True,
                              capture_output=True, check=False, timeout=seconds)
        if done.returncode != 0:
            raise RuntimeError(f"cluster {' '.join(arguments)}: {done.stderr.strip()[-500:]}")
        return done.stdout

    def command(self, *arguments):
        """`cluster VERB ...` for this cluster: kill, hold, release, compact, user, ..."""
        return self.call(self.state, *arguments)

    def kubectl(self, *arguments, text=None):
        where = subprocess.run([str(ROOT / "tests/cluster/build"), "--where"], text=True,
                               capture_output=True, check=True).stdout.strip()
        done = subprocess.run([f"{where}/kubectl", "--kubeconfig", str(self.state / "kubeconfig"),
                               *arguments], input=text, text=True, capture_output=True,
                              check=False, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"kubectl {' '.join(arguments[:4])}: {done.stderr.strip()}")
        return done.stdout

    def install(self):
        self.kubectl("apply", "-f", str(ROOT / "crds"))
        self.kubectl("wait", "--for=condition=Established", "--timeout=60s",
                     "crd/evaluationservices.evalscaler.io")


def run_point(point, cluster, folder):
    """{"point", "family", "seconds", "violations": {oracle: [line]}, "fired"}."""
    began, folder = time.monotonic(), pathlib.Path(folder)
    plan = load(HERE / "plans" / point.plan_file) if point.plan_file else Plan(
        point.rules, point.name)
    with World(cluster, folder, plan, **point.options) as world:
        world.play(point.run or World.story)
        violations = oracles.check(world, point.skip, point.limits)
        result = {"point": point.name, "family": point.family, "fired": plan.fired,
                  "seconds": round(time.monotonic() - began, 1), "violations": violations,
                  "end": world.reached, "notes": world.notes}
        (folder / "requests").write_text(world.recording.text() + "\n")
        (folder / "trace").write_text("\n".join(
            f"{at - world.recording.origin:7.3f} {uid[:8]} replicas {count}"
            for at, uid, count in world.trace.changes()) + "\n")
        (folder / "status.json").write_text(json.dumps(world.status(), indent=1))
    if (point.rules or point.plan_file) and plan.fired == 0:
        violations["O4"] = violations.get("O4", []) + ["the plan's fault never fell due"]
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    return result


def run_one(point, state, folder):
    """The whole of a child process; an accident of the harness is a result as well."""
    own = pathlib.Path(folder) / "cluster" if point.own_cluster else None
    try:
        cluster = Cluster.up(own) if own else Cluster(state)
        return run_point(point, cluster, folder)
    except (Failure, ApiError, OSError, RuntimeError, subprocess.SubprocessError) as problem:
        result = {"point": point.name, "family": point.family, "fired": 0, "seconds": 0,
                  "violations": {"harness": [f"{problem!r}"[:400]]}, "end": {}}
        (pathlib.Path(folder) / "result.json").write_text(json.dumps(result))
        traceback.print_exc()
        return result
    finally:
        if own:
            Cluster.call(own, "down")
