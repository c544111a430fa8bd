# SPDX-License-Identifier: Apache-2.0
"""What must hold after a run, whatever was killed in it: one function per claim, each yields a
line per violation."""
import json
import time

QUIET = 1.5


def judge(world, deaths):
    """{claim: [line]} of a world whose story is over; the ledger is read here."""
    world.ledger.stop()
    return {name: list(claim(world, deaths)) for name, claim in CLAIMS.items()}


def nothing_lost(world, _):
    yield from world.ledger.lost()[:5]
    yield from (f"a write found no answer: {line}" for line in world.ledger.refused[:3])


def no_shrink_before_drain(world, _):
    yield from world.unsafe


def journal_before_effect(world, _):
    """What status held when a command passed has to name the plan, and the slot it is about."""
    known = [(each.answered, journal_of(each)) for each in world.recording.writes("status")
             if each.effective]
    for command in world.gate.commands:
        journal = {}
        for answered, journal_then in known:
            if answered <= command.at:
                journal = journal_then
        if not journal:
            yield f"{command.brief(world.recording.origin)}: no plan in status"
        elif command.slot is not None and not in_batch(journal, command.slot):
            yield f"{command.brief(world.recording.origin)}: slot is not in the journal"


def journal_of(exchange):
    tiers = exchange.reply_object().get("status", {}).get("tiers") or [{}]
    return json.loads(tiers[0].get("plan", {}).get("journal") or "{}")


def in_batch(journal, slot):
    for entry in journal.get("batch", []):
        for part in entry["slots"].split(","):
            first, _, last = part.partition("-")
            if int(first) <= slot <= int(last or first):
                return True
    return False


def scaled_once(world, _):
    """Every write of /scale that had an effect changed something, and changed it once."""
    done = [each for each in world.recording.writes("scale") if each.effective]
    sizes = [each.reply_object().get("spec", {}).get("replicas") for each in done]
    if any(before == after for before, after in zip(sizes, sizes[1:])):
        yield f"the same size twice: {sizes}"
    if sizes != world.sizes:
        yield f"sizes {sizes} instead of {world.sizes}"


def quiet_at_the_end(world, _):
    """Nothing is left to do, and nothing is done."""
    count = len(world.gate.commands)
    time.sleep(QUIET)
    late = world.gate.commands[count:]
    yield from (f"after the end: {command.brief(world.recording.origin)}" for command in late[:3])


def died_as_planned(world, deaths):
    if world.kills != deaths:
        yield f"killed {world.kills} times instead of {deaths}"
    yield from world.operator.complaints()[:3]
    if not world.operator.running():
        yield "the operator is not running at the end"


CLAIMS = {
    "lost keys": nothing_lost, "unsafe shrinks": no_shrink_before_drain,
    "journal first": journal_before_effect, "scaled once": scaled_once,
    "quiet end": quiet_at_the_end, "deaths": died_as_planned,
}
