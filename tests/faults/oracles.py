# SPDX-License-Identifier: Apache-2.0
"""What must hold in every run, whatever the fault. Each oracle yields one line per violation."""
import collections
import datetime
import json
import pathlib
import re
import time

from objects import HIGH, LOW
from operator_process import SANITIZED

LIMITS = {
    "lists": 4,              # beyond two per start of an operator and one per fault that fired
    "same_per_second": 8,    # requests that are alike, leases left out
    "writes": 25,            # sent in all, beyond two per fault that fired
    "memory_kb": (1 << 20) if SANITIZED else 64 << 10,
    "threads": 64, "files": 128,
    "stop_seconds": 15 if SANITIZED else 5,
}
REFERENCE = pathlib.Path(__file__).parent / "reference_end.json"   # of runs without faults
CLOCK_SLACK = 1.1            # status keeps whole seconds


def end_state(world):
    """The parts of the end that a fault must not change."""
    status = world.status()
    tier = (status.get("tiers") or [{}])[0]
    conditions = {entry["type"]: (entry["status"], entry["reason"])
                  for entry in status.get("conditions", [])}
    return {"replicas": world.replicas(), "summary": status.get("summary"),
            "conditions": {key: list(value) for key, value in sorted(conditions.items())},
            "current": tier.get("current"), "ready": tier.get("ready"),
            "desired": tier.get("desired"),
            "metrics": [[each["name"], each["state"]] for each in tier.get("metrics", [])]}


def reference_end(policy):
    return json.loads(REFERENCE.read_text())[policy]


def o1_end_state(world, _limits):
    reference = reference_end(world.settings.policy) if not world.settings.own_story else {}
    for key, value in world.reached.items():
        if value != reference.get(key, value):
            yield f"{key} is {value}, without faults {reference[key]}"


def o2_no_duplicates(world, _limits):
    known = collections.defaultdict(set)
    seen = {what: sorted((event.at, event.revision, event.name)
                         for event in world.trace.events[what])
            for what in ("deployments", "services")}
    for write in sorted(world.recording.writes(), key=lambda each: each.ended or each.at):
        if not write.effective or write.kind() not in ("scale", "status"):
            continue
        meta = write.reply_object().get("metadata", {})
        revision, name = int(meta.get("resourceVersion", 0)), meta.get("name")
        what = "deployments" if write.kind() == "scale" else "services"
        earlier = {number for at, number, whose in seen[what] if at < write.at and whose == name}
        if revision in known[what, name] | earlier:
            yield f"{write.kind()} of {name} was written without a change (revision {revision})"
        known[what, name].add(revision)
    numbers = [replicas for _, _, replicas in world.trace.changes()]
    settings = world.settings
    wanted = [settings.replicas, settings.replicas + settings.step_up, settings.end_replicas]
    if not world.foreign and not settings.own_story and numbers != wanted:
        yield f"replicas went {numbers}, without faults {wanted}"


def moves(world):
    """(when, when it was asked for, by which operator, from, to) of each change by us."""
    changes = world.trace.changes()
    asked = [each for each in world.recording.writes("scale") if each.effective]
    for (_, old_uid, old), (at, uid, new) in zip(changes, changes[1:]):
        if uid != old_uid or any(value == new and abs(when - at) < 2
                                 for when, value in world.foreign):
            continue
        sent = [(each.at, each.who) for each in asked if each.at <= at
                and each.reply_object().get("spec", {}).get("replicas") == new]
        yield at, *(sent[-1] if sent else (at, 0)), old, new


def o3_replicas_are_safe(world, _limits):
    settings, past = world.settings, []
    limits = within_step_and_cooldown if settings.policy == "threshold" else within_behavior
    for at, asked, who, old, new in moves(world):
        told = f"{old} to {new}"
        if not settings.least <= new <= settings.most:
            yield f"{told}: outside {settings.least}..{settings.most}"
        for line in limits(world, past, (at, asked, old, new)):
            yield f"{told}: {line}"
        past.append((at, new - old))
        yield from based_on_readings(world, asked, who, old, new)


def within_step_and_cooldown(world, past, move):
    settings, (at, _, old, new) = world.settings, move
    last_up = max((when for when, change in past if change > 0), default=None)
    if new - old > settings.step_up or old - new > settings.step_down:
        yield "more than a step"
    if new > old and last_up and at - last_up < settings.cooldown_up - CLOCK_SLACK:
        yield f"{at - last_up:.1f} s after the last scale-up"
    if new < old and past and at - past[-1][0] < settings.cooldown_down - CLOCK_SLACK:
        yield f"{at - past[-1][0]:.1f} s after the last change"


def within_behavior(world, past, move):
    """So many pods in a period; and none go that a reading inside the window still asked for."""
    settings, (at, asked, old, new) = world.settings, move
    period, most = ((settings.cooldown_up, settings.step_up) if new > old else
                    (settings.cooldown_down, settings.step_down))
    began = old - sum(change for when, change in past if at - when < period - CLOCK_SLACK)
    if (new - began if new > old else began - new) > most:
        yield f"{began} was the number {period} s ago, and {most} is what a period allows"
    high = [each.at for each in world.prometheus.answered() if each.fresh and each.value == HIGH
            and asked - (settings.window - CLOCK_SLACK) < each.at < asked]
    if new < old and high:
        yield (f"the load was high {asked - high[-1]:.1f} s before, the window is "
               f"{settings.window} s")


def based_on_readings(world, asked, who, old, new):
    starts = [at for at in world.operators[who].starts if at <= asked]
    answers = [each for each in world.prometheus.answered()
               if max(starts, default=0) < each.at <= asked]
    told = f"{old} to {new}"
    if not answers:
        yield f"{told}: Prometheus had not answered this process yet"
    elif new < old:
        if len(answers) < 3 or not all(each.fresh for each in answers[-3:]):
            yield f"{told}: the last answers were not three fresh ones"
        elif answers[-1].value != LOW:
            yield f"{told}: the last reading was {answers[-1].value}"
    elif answers[-1].value != HIGH:
        yield f"{told}: the last reading was {answers[-1].value}"


def o5_one_leader(world, _limits):
    if not world.settings.leader:
        return
    leases = sorted((each for each in world.recording.writes("lease") if each.effective),
                    key=lambda each: each.answered)
    for write in world.recording.writes():
        if write.kind() == "lease":
            continue
        before = [each for each in leases if each.answered <= write.at]
        holder = before[-1].reply_object().get("spec", {}) if before else {}
        if not before or not holder.get("holderIdentity") or before[-1].who != write.who:
            yield f"op{write.who} sent {write.method} {write.path} without holding the lease"


def o4_converges(world, _limits):
    if world.failure:
        yield world.failure


def o6_caches_are_true(world, _limits):
    if world.failure:
        return
    if world.probed is None:
        yield "the operator did not notice a change: " + (world.probe_failure or "not asked")
        return
    for resource, count in world.cached.items():
        if count is not None and count != 1:
            yield f"{count:.0f} objects of {resource} are cached, the API server has 1"


def o7_process_is_sound(world, limits):
    for operator in world.operators:
        for line in operator.complaints():
            yield "log: " + line[:200]
        for _, why, code in operator.ends:
            # One that was frozen until then may find out first that it leads no more.
            lost = why == "TERM" and code == 1 and "leadership lost" in operator.log_text()
            if not lost and code not in {"KILL": (-9,), "TERM": (0,), "QUIT": (1, -9)}[why]:
                yield f"ended with {code} on {why}"
        if len(operator.ends) < len(operator.starts):
            yield f"ended by itself with {operator.process.poll()}"
        for what, peak, most in (("memory KiB", operator.peak_memory, limits["memory_kb"]),
                                 ("threads", operator.peak_threads, limits["threads"]),
                                 ("open files", operator.peak_files, limits["files"])):
            if peak > most:
                yield f"{peak} {what}, at most {most}"
    for code, seconds in world.exits:
        if code is None or seconds > limits["stop_seconds"]:
            yield f"took {seconds:.1f} s to stop"


def o8_status_is_true(world, _limits):
    if world.failure:
        return
    tier = world.reached_status["tiers"][0]
    lasts = {"Up": None, "Down": None}
    for at, asked, _, old, new in moves(world):
        lasts["Up" if new > old else "Down"] = (asked, at)
    offset = time.time() - time.monotonic()
    for direction, when in lasts.items():
        said = tier.get(f"lastScale{direction}Time")
        if when and not said:
            yield f"lastScale{direction}Time is missing"
        elif when and wall(said) < when[0] + offset - CLOCK_SLACK:
            yield (f"lastScale{direction}Time is {when[0] + offset - wall(said):.1f} s before "
                   "the change")
        elif said and not when and not world.foreign:
            yield f"lastScale{direction}Time is {said}, but there was no such change"


def wall(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def o9_etiquette(world, limits):
    exchanges = world.recording.all()
    fired, starts = world.plan.fired, sum(len(each.starts) for each in world.operators)
    lists = sum(each.is_list for each in exchanges)
    if lists > limits["lists"] + 2 * starts + fired:
        yield f"{lists} lists in {starts} starts with {fired} faults"
    writes = [each for each in exchanges if each.is_write and each.kind() != "lease"]
    if len(writes) > limits["writes"] + 2 * fired:
        yield f"{len(writes)} writes"
    yield from hot_loops(exchanges, limits["same_per_second"])
    yield from impatient(exchanges)


def hot_loops(exchanges, most):
    alike = collections.defaultdict(list)
    for each in exchanges:
        if each.kind() != "lease":
            alike[each.who, each.method, each.path].append(each.at)
    for (who, method, path), times in alike.items():
        times.sort()
        for first, beyond in zip(times, times[most:]):
            if beyond - first < 1:
                yield f"op{who} {method} {path}: more than {most} times in a second"
                break


def impatient(exchanges):
    """Requests that came again sooner than Retry-After allows."""
    for refused in exchanges:
        header = dict(refused.reply_headers).get("Retry-After", "")
        if not re.fullmatch(r"\d{1,4}", header) or refused.ended is None:
            continue
        for again in exchanges:
            same = (again.who, again.method, again.path) == (
                refused.who, refused.method, refused.path)
            if same and refused.ended < again.at < refused.ended + int(header) - 0.1:
                yield (f"{again.method} {again.path} again after {again.at - refused.ended:.2f} s, "
                       f"Retry-After was {header}")
                break


ORACLES = {"O1": o1_end_state, "O2": o2_no_duplicates, "O3": o3_replicas_are_safe,
           "O4": o4_converges, "O5": o5_one_leader, "O6": o6_caches_are_true,
           "O7": o7_process_is_sound, "O8": o8_status_is_true, "O9": o9_etiquette}


def check(world, skip=(), limits=None):
    """{oracle: [violation]} of a run that is over."""
    limits = {**LIMITS, **(limits or {})}
    return {name: list(oracle(world, limits))
            for name, oracle in ORACLES.items() if name not in skip}
