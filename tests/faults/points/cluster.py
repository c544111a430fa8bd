# SPDX-License-Identifier: Apache-2.0
"""The cluster's own mishaps: servers that die, revisions that go, kinds that vanish."""
import functools
import http.client
import threading
import time

from objects import LOW, deployment, service
from points.credentials import watches_are_back
from registry import Point, add, point
from upstream import DEPLOYMENTS, SERVICES, ApiError
from world import Failure

CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
CRD = f"{CRDS}/evaluationservices.evalscaler.io"
UNREACHABLE = (OSError, ApiError, http.client.HTTPException, ValueError)
PATIENT = {"patience": 120.0}
SLOW = {"own_cluster": True, "options": PATIENT, "seconds": 300, "sample": False}
BUSY = {"lists": 30, "writes": 80, "same_per_second": 40}


def answers(world):
    try:
        return bool(world.api.revision())
    except UNREACHABLE:
        return False


def touch_target(world):
    """An event, for whoever keeps its status and lost the connection to do so."""
    world.api.merge(world.deployment_path(), {"metadata": {"annotations": {
        "example.org/touched": str(time.monotonic())}}})


def outage(world, break_it):
    """Between the scale-up and the scale-down, with the load already low."""
    world.start()
    world.rise()
    break_it(world.cluster.command)
    world.wait("the API server answers", lambda: answers(world))
    watches_are_back(world)
    touch_target(world)
    world.fall()
    touch_target(world)
    world.settle()


def held(what, seconds, command):
    command("hold", what)
    time.sleep(seconds)
    command("release", what)


def killed_thrice(command):
    for _ in range(3):
        command("kill", "apiserver")
        time.sleep(2)


OUTAGES = {
    "apiserver-killed": lambda command: command("kill", "apiserver"),
    "apiserver-killed-thrice": killed_thrice,
    "apiserver-held-10-s": functools.partial(held, "apiserver", 10),
    "etcd-killed": lambda command: command("kill", "etcd"),
    "etcd-held-8-s": functools.partial(held, "etcd", 8),
}
for name, change in OUTAGES.items():
    add(Point(name, "server", run=functools.partial(outage, break_it=change), limits=BUSY, **SLOW))


@point("compacted-during-watch", "server", **SLOW)
def compacted(world):
    """Watches that were cut while their revision went come back by a new list."""
    world.start()
    world.rise()
    for number in range(20):
        world.api.merge(world.deployment_path(),
                        {"metadata": {"annotations": {"example.org/at": str(number)}}})
    world.cluster.command("compact")
    world.proxy.cut_all()
    watches_are_back(world)
    world.fall()
    world.settle()


def delete_kind(world):
    world.api.delete(CRD)
    world.wait("the kind is gone", lambda: world.api.find(CRD) is None)


@point("kind-deleted-and-created", "server", limits=BUSY, skip=("O1", "O2", "O8"), **SLOW)
def kind_deleted(world):
    """Nothing is scaled while the kind is gone; afterwards the new resource is obeyed."""
    world.start()
    world.rise()
    delete_kind(world)
    world.prometheus.value = LOW
    time.sleep(20)
    if world.replicas() != world.settings.replicas + world.settings.step_up:
        raise Failure(f"scaled to {world.replicas()} without a resource")
    world.api.delete(world.deployment_path("extra"))
    world.cluster.install()
    world.api.create(SERVICES.format(world.space), service(world.space, "web", world.settings))
    watches_are_back(world)
    touch_target(world)
    world.wait("a scale-down", lambda: world.replicas() == world.settings.end_replicas)
    world.prometheus.value = 50.0
    world.settle()


@point("thousand-services-in-a-second", "server", own_cluster=True, options=PATIENT, seconds=400,
       sample=False, limits={"writes": 5000, "same_per_second": 200, "lists": 10})
def thousand(world):
    """Created and deleted at once; requests and memory bounded, caches right afterwards."""
    world.start()
    world.rise()
    crowd = [f"crowd-{number}" for number in range(1000)]
    path = SERVICES.format(world.space)

    def each(names, action):
        for one in names:
            action(one)

    def in_parallel(action):
        threads = [threading.Thread(target=each, args=(crowd[start::16], action))
                   for start in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    in_parallel(lambda one: world.api.create(
        path, service(world.space, one, world.settings, "Paused")))
    in_parallel(lambda one: world.api.delete(f"{path}/{one}"))
    world.wait("the crowd has left the cache", lambda: world.operator.metric(
        "evalscaler_cached_objects", resource="evaluationservices") in (1, 2))
    world.fall()
    world.settle()


# The target.

@point("target-deleted-and-created", "target", skip=("O1", "O2", "O8"), limits={"writes": 40})
def recreated(world):
    """Under the same name, when the scale-down is near: what was planned for the old one is not
    done to the new one."""
    world.start()
    world.rise()
    world.prometheus.value = LOW
    world.prometheus.wait_for_answers(2, 12)
    world.api.delete(world.deployment_path())
    world.api.create(DEPLOYMENTS.format(world.space),
                     deployment(world.space, "web", world.settings.replicas))
    new = world.api.get(world.deployment_path())["metadata"]["uid"]
    world.wait("a scale-down of the new one", lambda: world.replicas() == world.settings.least)
    numbers = [count for _, uid, count in world.trace.changes() if uid == new]
    if numbers != [world.settings.replicas, world.settings.least]:
        raise Failure(f"the new target went {numbers}")
    world.delete_pair("extra")
    world.prometheus.value = 50.0
    world.settle()


@point("target-gone-for-a-while", "target", skip=("O1", "O2", "O8"))
def gone(world):
    world.start()
    world.rise()
    world.delete_pair("extra")
    world.api.delete(world.deployment_path())
    world.wait("a condition that names the target", lambda: any(
        entry["status"] == "False" and "web" in entry["message"]
        and "not" in entry["message"] for entry in world.status().get("conditions", [])))
    world.prometheus.value = 50.0
    world.api.create(DEPLOYMENTS.format(world.space),
                     deployment(world.space, "web", world.settings.replicas))
    world.settle()


@point("namespace-deleted", "target", skip=("O1", "O2", "O6", "O8"), sample=False)
def namespace_deleted(world):
    """Nobody empties it at this level of cluster but the test; the operator must stay calm."""
    world.start()
    world.rise()
    world.api.delete(f"/api/v1/namespaces/{world.space}")
    world.prometheus.value = LOW
    world.delete_pair("extra")
    world.delete_pair("web")
    time.sleep(12)
    late = [each for each in world.recording.writes() if time.monotonic() - each.at < 6]
    if late:
        raise Failure(f"still writing into it: {late[0].method} {late[0].path}")
    world.probed = (0, 0)
