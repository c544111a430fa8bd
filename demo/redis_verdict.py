# SPDX-License-Identifier: Apache-2.0
"""Whether the Redis Cluster's story ended as it must, each check with the numbers it rests on."""
import dataclasses
import os

MOST_ERRORS = 0.001     # share of a good client's writes, while a plan runs
MOST_P99_RATIO = 3.0    # to the baseline of the same run
LEAST_SLOTS = 500       # per second, while slots move
PLANS = ("growing", "shrinking")   # the ledger's windows
# Times say little on a machine that does other things as well: they are told and not judged where
# it was said so, or where writes are late while no plan runs.
TIMES_ARE_JUDGED = os.environ.get("EVALSCALER_DEMO_TIMES", "judged") != "told"
BUSY_P99_MS = 20


@dataclasses.dataclass
class Facts:
    shards: tuple            # at the beginning, at the top, at the end
    observer: object
    ledger: dict = dataclasses.field(default_factory=dict)   # its report
    nodes: list = dataclasses.field(default_factory=list)    # CLUSTER INFO of each, at the end


def judge(facts: Facts, screen) -> bool:
    checks = [went_there_and_back, lost_nothing, clients_went_on, left_a_whole_cluster]
    idle = windows(facts)["baseline"]["p99Ms"]
    if TIMES_ARE_JUDGED and idle <= BUSY_P99_MS:
        checks += [stayed_fast, moved_fast_enough]
    else:
        screen.say("told", f"times are not judged: p99 is {idle:.0f} ms while no plan runs, this "
                           "machine is busy" if TIMES_ARE_JUDGED else "times are not judged here")
        for told in (stayed_fast, moved_fast_enough):
            screen.say("told", told(facts)[1])
    return screen.tell_verdict([check(facts) for check in checks])


def went_there_and_back(facts: Facts):
    seen = []
    for _, pods, _ in facts.observer.replicas:
        if not seen or seen[-1] != pods:
            seen.append(pods)
    wanted = [2 * shards for shards in facts.shards]
    plans = [(plan[0][1]["from"], plan[0][1]["to"]) for plan in facts.observer.plans]
    return seen == wanted and len(plans) == 2, (
        f"the StatefulSet went {' -> '.join(map(str, seen))} pods, by plans "
        + " and ".join(f"{start} -> {end}" for start, end in plans))


def lost_nothing(facts: Facts):
    keys = facts.ledger["keys"]
    wrong = sum(keys.values()) - keys["right"]
    return wrong == 0 and keys["right"] > 0, (
        f"{facts.ledger['acknowledged']} writes were acknowledged; of {sum(keys.values())} keys "
        f"read back {keys['lost']} are lost, {keys['old']} old, {keys['risen']} risen"
        + "".join(f"; {example}" for example in facts.ledger["examples"][:2]))


def windows(facts: Facts) -> dict:
    return {window["name"]: window for window in facts.ledger["windows"]}


def clients_went_on(facts: Facts):
    during = [windows(facts).get(name) for name in PLANS]
    if None in during or not all(window["acknowledged"] for window in during):
        return False, "the ledger has no writes from while a plan ran"
    worst = max(window["errorRate"] for window in during)
    followed = ", ".join(f"{count} {what}" for what, count in facts.ledger["seenTo"].items())
    return worst <= MOST_ERRORS, (
        f"a client's error rate during plans: at most {100 * worst:.3f} % "
        f"(limit {100 * MOST_ERRORS} %); followed or tried again: {followed or 'nothing'}")


def stayed_fast(facts: Facts):
    baseline = windows(facts)["baseline"]
    during = [windows(facts)[name] for name in PLANS if name in windows(facts)]
    worst = max((window["p99Ms"] for window in during), default=0)
    limit = MOST_P99_RATIO * baseline["p99Ms"]
    return 0 < worst <= limit, (
        f"p99 during plans at most {worst:.2f} ms, baseline {baseline['p99Ms']:.2f} ms "
        f"({worst / max(baseline['p99Ms'], 0.001):.2f} times, limit {MOST_P99_RATIO:.0f}); "
        f"slowest write {max((window['maxMs'] for window in during), default=0):.0f} ms")


def moving(plan: list):
    """Slots moved, and the seconds from the first to the last status with slots on their way."""
    last = plan[-1][1].get("progress", {}).get("slotsMoved", 0)
    done = next((now for now, state in plan
                 if state.get("progress", {}).get("slotsMoved", 0) >= last), plan[-1][0])
    began = next((now for now, state in plan if state["phase"] == "MoveSlots"), plan[0][0])
    return last, done - began


def moved_fast_enough(facts: Facts):
    rates = [slots / seconds if seconds > 0 else 0
             for slots, seconds in map(moving, facts.observer.plans)]
    return bool(rates) and min(rates) >= LEAST_SLOTS, (
        f"slots moved at {', '.join(f'{rate:.0f}' for rate in rates)} per second "
        f"(at least {LEAST_SLOTS})")


def left_a_whole_cluster(facts: Facts):
    wanted = {"cluster_state": "ok", "cluster_slots_assigned": "16384",
              "cluster_known_nodes": str(2 * facts.shards[-1]),
              "cluster_size": str(facts.shards[-1])}
    wrong = [f"{key} is {node.get(key)}" for node in facts.nodes
             for key, value in wanted.items() if node.get(key) != value]
    return bool(facts.nodes) and not wrong, (
        f"{len(facts.nodes)} nodes agree: {facts.shards[-1]} masters, 16384 slots, nobody else"
        if not wrong else "the nodes do not agree: " + ", ".join(wrong[:3]))
