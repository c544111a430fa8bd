# SPDX-License-Identifier: Apache-2.0
"""One run with one Trouble in it; the other change of size is undisturbed."""
import json
import pathlib
import time

from crash import leave_files
from judge import judge
from redis_world import Stuck, World
from resp import Lost
from trouble import Watch

NOTICED = 120.0
UNTOLD = 12.0       # with nothing to wait for: so long it is left alone
HELD = 3.0          # so long a plan is watched while it holds
MOST_WRITES = 40    # what may be tried meanwhile


def play(cluster, folder, trouble):
    began, folder = time.monotonic(), pathlib.Path(folder)
    result = {"trouble": trouble.name, "said": [], "violations": {}}
    with World(cluster, folder, 3 if trouble.way == "up" else 4, durable=True) as world:
        watch = Watch(world, trouble)
        shards = 4 if trouble.way == "up" else 3
        world.sizes = [shards * 2]
        try:
            world.start()
            world.want(shards)
            world.wait(f"{trouble.at} passes", lambda: watch.struck)
            if trouble.mend:
                hold_and_mend(world, trouble, result)
            until_settled(world, shards, result)
        except (Stuck, Lost) as problem:
            result["violations"]["converges"] = [str(problem)]
        result["violations"].update(judge(world, 0))
        harness = [line for line in (watch.failure, *world.set.troubles[:2]) if line]
        result["violations"]["harness"] = harness
        leave_files(world, folder)
    result["seconds"] = round(time.monotonic() - began, 1)
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    return result


def hold_and_mend(world, trouble, result):
    """It says why it does not go on, does nothing much meanwhile, and loses no time afterwards."""
    bad = result["violations"].setdefault("holds", [])
    if trouble.reason:
        try:
            world.wait(f"a plan that holds for {trouble.reason}",
                       lambda: note(world, result) == trouble.reason, NOTICED)
        except Stuck as problem:
            bad.append(f"{problem}; said {result['said']}; {world.picture(3)}")
    else:
        time.sleep(UNTOLD)
        note(world, result)
    count = len(world.gate.commands)
    time.sleep(HELD)
    tried = len(world.gate.commands) - count
    if tried > MOST_WRITES:
        bad.append(f"{tried} writes to Redis within {HELD} s of holding")
    if trouble.reason and world.condition("DataTierUnsafe").get("reason") != trouble.reason:
        bad.append(f"condition DataTierUnsafe is {world.condition('DataTierUnsafe')}")
    trouble.mend(world)


def note(world, result):
    plan = world.plan()
    said = f"{plan.get('phase')}: {plan.get('reason') or '-'}: {plan.get('message', '')[:120]}"
    if not result["said"] or result["said"][-1] != said:
        result["said"].append(said)
    return plan.get("reason")


def until_settled(world, shards, result):
    def settled():
        note(world, result)
        return world.settled(shards)
    try:
        world.wait("settled", settled)
    except Stuck as problem:
        raise Stuck(f"{problem}; {world.picture(shards)}") from problem
