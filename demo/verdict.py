# SPDX-License-Identifier: Apache-2.0
"""Whether the story ended as it must; each check prints the numbers it rests on."""
import dataclasses


@dataclasses.dataclass
class Facts:
    minimum: int
    maximum: int
    interval: int
    cooldown: int
    threshold: float
    observer: object
    load_began: float = 0
    load_ended: float = 0
    outage: tuple = (0.0, 0.0)
    readings: list = dataclasses.field(default_factory=list)  # (seconds, per replica)
    load_report: dict = dataclasses.field(default_factory=dict)


def changes(facts: Facts) -> list:
    """(seconds, from, to) of every change of the Deployment's spec."""
    asked = [(seconds, count) for seconds, count, _ in facts.observer.replicas]
    return [(now, before, after) for (_, before), (now, after) in zip(asked, asked[1:])
            if before != after]


def judge(facts: Facts, screen) -> bool:
    return screen.tell_verdict([check(facts) for check in (
        scaled_up_in_time, never_outside_bounds, held_while_blind, came_back, kept_cooldowns,
        served_the_load)])


def scaled_up_in_time(facts: Facts):
    crossed = next((now for now, value in facts.readings
                    if now >= facts.load_began and value > facts.threshold), None)
    up = next((now for now, before, after in changes(facts) if after > before), None)
    if crossed is None or up is None:
        return False, f"scaled up under load: threshold crossed at {crossed}, scaled up at {up}"
    # The crossing is seen by a look once a second, so one second is the look's own.
    return up - crossed <= 2 * facts.interval + 1, (
        f"scaled up {max(up - crossed, 0):.1f} s after the reading crossed "
        f"{facts.threshold} (at most {2 * facts.interval} s)")


def never_outside_bounds(facts: Facts):
    counts = [asked for _, asked, _ in facts.observer.replicas]
    return min(counts) >= facts.minimum and max(counts) <= facts.maximum, (
        f"replicas stayed in {min(counts)}..{max(counts)}, bounds {facts.minimum}..{facts.maximum}")


def held_while_blind(facts: Facts):
    start, end = facts.outage
    downs = [change for change in changes(facts)
             if start <= change[0] <= end and change[2] < change[1]]
    said = [entry for entry in facts.observer.condition_log
            if start <= entry[0] <= end and entry[1] == "ScalingActive" and entry[2] == "False"]
    return not downs and bool(said), (
        f"no scale-down while Prometheus was dead for {end - start:.0f} s"
        + (f"; ScalingActive=False {said[0][3]} after {said[0][0] - start:.0f} s" if said
           else "; but no condition said that metrics were missing")
        + (f"; scaled down at {[round(now) for now, _, _ in downs]}" if downs else ""))


def came_back(facts: Facts):
    final = facts.observer.asked()
    peak = max(asked for _, asked, _ in facts.observer.replicas)
    return final == facts.minimum < peak, (
        f"went up to {peak} and came back to {final} (minimum {facts.minimum})")


def kept_cooldowns(facts: Facts):
    """A scale-down waits for the cooldown after any applied change; watch delay: 1 s."""
    moves = changes(facts)
    gaps = [later[0] - earlier[0] for earlier, later in zip(moves, moves[1:])
            if later[2] < later[1]]
    shortest = min(gaps, default=0)
    return bool(gaps) and shortest >= facts.cooldown - 1, (
        f"{len(gaps)} scale-downs, each at least {shortest:.1f} s after the change before "
        f"(cooldown {facts.cooldown} s)")


def served_the_load(facts: Facts):
    rate = facts.load_report.get("successRate", 0)
    p99 = facts.load_report.get("latencyMs", {}).get("p99")
    return rate >= 0.99, (f"{facts.load_report.get('sent', 0)} requests, "
                          f"{100 * rate:.2f} % answered, p99 {p99} ms")
