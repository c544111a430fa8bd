# SPDX-License-Identifier: Apache-2.0
"""An API server that lags behind: at every scaling, with and without a restart onto it."""
import time

from registry import add, point, Point
from upstream import Upstream
from writes import WRITES

# A view that stands still makes every write a conflict: back-off from 5 ms, doubling.
LIMITS = {"lists": 8, "writes": 80, "same_per_second": 12}
SCALES = [write for write in WRITES if write.kind == "scale"]

for reads in ("watch", "all"):
    for write in WRITES:
        if write.kind == "event":
            continue
        # The server stands still before the write and for some rounds after it.
        add(Point(f"frozen-{reads}-at-{write.name}", "stale", rules=(
            write.rule("freeze", reads=reads, seconds=12.0),), options={"patience": 90.0},
            limits=LIMITS))
        # The same, and the operator is killed once its write is done: it starts in the past.
        add(Point(f"restart-into-the-past-{reads}-{write.name}", "stale", rules=(
            write.rule("freeze", reads=reads, seconds=14.0),
            write.rule("signal", signal="KILL", when="after_commit")),
            options={"patience": 90.0}, limits=LIMITS))

for write in SCALES:
    add(Point(f"restart-into-the-past-for-long-{write.name}", "stale", rules=(
        write.rule("freeze", reads="all", seconds=40.0),
        write.rule("signal", signal="KILL", when="after_commit")),
        options={"patience": 120.0}, limits=LIMITS, seconds=240))


@point("second-server", "stale", own_cluster=True, options={"patience": 120.0}, seconds=300,
       limits={"lists": 30, "writes": 60})
def second_server(world):
    """Two API servers on one etcd; the operator is sent to the other one every few seconds, and
    the second one is killed, kept down, and comes back with an empty cache."""
    world.cluster.command("apiserver2")
    first = world.proxy.upstream
    second = Upstream(world.cluster.state / "kubeconfig2")
    world.start()

    def go_to(upstream):
        world.proxy.upstream = upstream
        world.proxy.cut_all()

    world.prometheus.value = 90.0
    for upstream in (second, first, second):
        go_to(upstream)
        time.sleep(2)
    world.cluster.command("hold", "apiserver2")
    world.proxy.cut_all()
    time.sleep(3)
    go_to(first)
    world.rise()
    world.cluster.command("release", "apiserver2")
    go_to(second)
    world.fall()
    go_to(first)
    world.settle()
