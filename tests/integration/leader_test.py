#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Two operators with --leader-elect: one acts, the other takes over, and never both write."""
import os
import signal
import sys
import time

from audit_log import without_lease, writes
from leader_stage import DOWN, MAX, MIN, NAMES, SPACE, UP, Load, Replica, set_up
from operator_stage import Failure, get, kubectl, wait

SLOW = 3 if os.environ.get("EVALSCALER_SANITIZED") == "1" else 1
AFTER_KILL, AFTER_TERM = 20 + 5 * (SLOW - 1), 3 * SLOW


def lease():
    return get("lease", "evalscaler", SPACE)["spec"]


def standby_is_warm_and_quiet(leader, standby, _load):
    wait("one of them leads", 10, leader.leads)
    wait("the other one has its caches filled", 10, lambda: standby.says(" ready "))
    wait("the leader acts", 10, leader.acts)
    wait("it stands by", 10, lambda: standby.says("standing by"))
    time.sleep(6)
    if standby.probe("/readyz", "probes") != "ok\n":
        raise Failure("the standby is not ready")
    if standby.acts() or standby.leads():
        raise Failure("the standby acts")
    if (leader.master_status(), standby.master_status()) != (1, 0):
        raise Failure("leader_election_master_status is wrong")
    print(f"  {lease()['holderIdentity']} leads; the other one is ready and asks nothing")
    return leader, standby


def frozen(leader, seconds):
    os.kill(leader.process.pid, signal.SIGSTOP)
    time.sleep(seconds)
    os.kill(leader.process.pid, signal.SIGCONT)


def short_freezes_change_nothing(leader, standby, _load):
    for seconds in (0.1, 1, 5):
        transitions = lease()["leaseTransitions"]
        frozen(leader, seconds)
        asked = leader.prometheus.queries
        wait("it goes on", 15, lambda: leader.prometheus.queries > asked)
        if standby.acts() or lease()["leaseTransitions"] != transitions:
            raise Failure(f"frozen for {seconds} s: the lease changed hands")
        print(f"  frozen for {seconds} s: goes on")
    return leader, standby


def takeover(what, standby, began, seconds):
    wait(f"{what}: the other one acts", seconds + 5, standby.acts)
    took = standby.acted_at - began
    if took > seconds:
        raise Failure(f"{what}: the other one acted after {took:.1f} s")
    print(f"  {what}: the other one acts after {took:.1f} s")


def takeover_under_load(what, standby, began, seconds):
    takeover(what, standby, began, seconds)
    wait(f"{what}: the other one scales", 10, standby.scaled)
    took = time.monotonic() - began
    if took > seconds:
        raise Failure(f"{what}: the other one scaled after {took:.1f} s")
    print(f"  and has scaled after {took:.1f} s")


def long_freezes_cost_the_leadership(leader, standby, load):
    for seconds in (12, 20):
        began = time.monotonic()
        frozen(leader, seconds)
        status = wait("the frozen one ends", 5, lambda: leader.process.poll() is not None
                      and (leader.process.returncode,))[0]
        if status not in (1, -signal.SIGKILL):
            raise Failure(f"frozen for {seconds} s: it ended with {status}")
        if status == 1 and not leader.says("leadership lost"):
            raise Failure("it does not say why it left")
        takeover(f"frozen for {seconds} s (ended with {status})", standby, began, AFTER_KILL)
        leader, standby = standby, Replica(f"after-freeze-{seconds}", load)
        wait("stands by", 10, lambda one=standby: one.says("standing by"))
    return leader, standby


def killed_leader_is_replaced(leader, standby, load):
    time.sleep(3)  # the standby has seen that there is a leader at work
    load.pin("90")
    began = time.monotonic()
    leader.kill()
    takeover_under_load("kill -9", standby, began, AFTER_KILL)
    leader, standby = standby, Replica("after-kill", load)
    wait("stands by", 10, lambda: standby.says("standing by"))
    return leader, standby


def stopped_standby_is_no_news(leader, standby, load):
    before = lease()
    status, seconds = standby.stop()
    if status != 0 or seconds > 5:
        raise Failure(f"SIGTERM of the standby: exit {status} after {seconds:.1f} s")
    after = lease()
    if after["holderIdentity"] != before["holderIdentity"] or leader.process.poll() is not None:
        raise Failure("the lease changed hands")
    print(f"  SIGTERM of the standby: exit 0 after {seconds:.1f} s")
    return leader, Replica("third", load)


def stopped_leader_lets_go(leader, standby, _load):
    time.sleep(3)
    transitions, began = lease()["leaseTransitions"], time.monotonic()
    status, seconds = leader.stop()
    if status != 0 or seconds > 5 or not leader.says("lease released"):
        raise Failure(f"SIGTERM: exit {status} after {seconds:.1f} s")
    takeover_under_load(f"SIGTERM (exit 0 after {seconds:.1f} s)", standby, began, AFTER_TERM)
    if lease()["leaseTransitions"] != transitions + 1:
        raise Failure("the count of the lease's transitions is wrong")
    return leader, standby


def check_history(users, cluster):
    all_writes = writes(SPACE, users)
    stale = without_lease(all_writes)
    if stale:
        raise Failure("written without the lease:\n" + "\n".join(map(str, stale[:10])))
    scaled = [one for one in all_writes if one.part == "scale"]
    done = sum(1 for one in scaled if one.done)
    seen = len(cluster.trace) - len(NAMES)
    if done != seen:
        raise Failure(f"{done} scale patches were accepted, {seen} changes were seen")
    for name in NAMES:
        trace = cluster.changes(name)
        for old, new in zip(trace, trace[1:]):
            up = new == min(old + UP, MAX)
            if not (up or new == max(old - DOWN, MIN)):
                raise Failure(f"{name}: {old} -> {new} is no step of the policy: {trace}")
    leases = sum(1 for one in all_writes if one.resource == "leases" and one.done)
    print(f"  {len(all_writes)} writes, {leases} of them to the lease; {done} of {len(scaled)} "
          f"scale patches accepted; none without the lease")


def main():
    cluster, load = set_up(), Load()
    replicas = [Replica("first", load)]
    try:
        wait("the first one leads", 10, replicas[0].leads)
        pair = (replicas[0], Replica("second", load))
        for claim in (standby_is_warm_and_quiet, short_freezes_change_nothing,
                      stopped_standby_is_no_news, long_freezes_cost_the_leadership,
                      killed_leader_is_replaced, stopped_leader_lets_go):
            print(claim.__name__.replace("_", " "), flush=True)
            replicas += pair
            pair = claim(*pair, load)
        replicas += pair
        pair[1].stop()
        time.sleep(1)
        check_history({one.name for one in replicas}, cluster)
    except Failure as failure:
        print(f"FAILED: {failure}")
        for one in dict.fromkeys(replicas):
            print(f"log of {one.name}:\n{one.log.read_text(encoding='utf-8')[-2500:]}")
        return 1
    finally:
        load.over.set()
        cluster.stop()
        for one in replicas:
            if one.process.poll() is None:
                one.kill()
        kubectl("delete", "namespace", SPACE, "--wait=false")
        kubectl("delete", "clusterrolebinding", SPACE)
    return 0


sys.exit(main())
