# SPDX-License-Identifier: Apache-2.0
"""A watch cut at every byte of an event: many namespaces, so many streams at once, each cut at
the next place when its event is told again. An event that was cut short must never be applied,
and must be applied once it came whole."""
import dataclasses
import json
import uuid

from objects import deployment, deployment_status, service
from registry import point
from upstream import DEPLOYMENTS, SERVICES
from world import Failure

SPACES, CUTS = 40, 30
PARTS = 6           # of the bytes of an event, each a point; together they are all of them


@dataclasses.dataclass
class Place:
    """A namespace with a pair, and the rule that cuts the streams of each kind."""
    space: str
    rules: dict


def make_place(world):
    space = "faults-" + uuid.uuid4().hex[:8]
    world.api.create("/api/v1/namespaces", {"metadata": {"name": space}})
    item = world.api.create(DEPLOYMENTS.format(space), deployment(space, "web", 3))
    world.api.merge(f"{DEPLOYMENTS.format(space)}/web/status", deployment_status(item))
    world.api.create(SERVICES.format(space), service(space, "web", world.settings, "Paused"))
    world.operator.command += ["--watch-namespace", space]
    return Place(space, {})


def settled(world, place, generation, ready):
    status = world.api.get(f"{SERVICES.format(place.space)}/web").get("status", {})
    tiers = status.get("tiers", [])
    return (status.get("observedGeneration") == generation and tiers
            and tiers[0].get("ready") == ready)


def cut_from_now_on(world, place, offset):
    """`offset` is of the first place to cut at."""
    for kind in ("deployments", "evaluationservices"):
        place.rules[kind] = world.plan.add(
            action="cut", when="event", path=f"/{place.space}/{kind}$", byte=offset, seconds=1.02,
            step=1, last=CUTS)


def change(world, place):
    """One event on each of the two streams."""
    item = world.api.get(f"{DEPLOYMENTS.format(place.space)}/web")
    world.api.merge(f"{DEPLOYMENTS.format(place.space)}/web/status", deployment_status(item, 2))
    world.api.merge(f"{SERVICES.format(place.space)}/web", {"spec": {"type": "DataManager"}})


def longest_event(world, place):
    """Bytes of the longest of both events, as the API server tells them."""
    kinds = ((DEPLOYMENTS, 1), (SERVICES, 1))
    return max(len(json.dumps(world.api.get(f"{path.format(place.space)}/web"),
                              separators=(",", ":"))) + 40 for path, _ in kinds)


def every_byte(part):
    def run(world):
        places = [make_place(world) for _ in range(SPACES)]
        world.start()
        for place in places:
            world.wait("a first status", lambda p=place: settled(world, p, 1, 3), 60)
        size = longest_event(world, places[0])
        first = size * part // PARTS
        for number, place in enumerate(places):
            cut_from_now_on(world, place, first + number * CUTS)
            change(world, place)
        for place in places:
            world.wait("the changes are seen after the last cut",
                       lambda p=place: settled(world, p, 2, 2), 240)
        reach = first + SPACES * CUTS
        world.notes.append(f"bytes {first} to {min(reach, size)} of {size}")
        if reach < size * (part + 1) // PARTS:
            raise Failure(f"events have {size} bytes: more PARTS are needed to cut at each")
        for place in places:
            for path in (SERVICES, DEPLOYMENTS):
                world.api.delete(path.format(place.space))
    return run


for number in range(PARTS):
    point(f"every-byte-{number + 1}-of-{PARTS}", "cut at byte", seconds=400, sample=False,
          heavy=True,
          options={"own_story": True}, skip=("O6", "O8"),
          limits={"writes": 100_000, "lists": 400, "threads": 400, "files": 400,
                  "memory_kb": 256 << 10, "same_per_second": 30})(every_byte(number))
