# SPDX-License-Identifier: Apache-2.0
"""The crash sweep: one world per pair of points, one in the growth and one in the shrinking.

The points are all writes of a run in which nobody dies, times the three moments of gate.MOMENTS.
"""
import dataclasses
import json
import pathlib
import time

from gate import MOMENTS, Point, request_name
from judge import judge
from redis_world import Stuck, World
from resp import Lost

DIRECTIONS = (("up", 4), ("down", 3))


def play(cluster, folder, points):
    """A cluster of 3 shards grows to 4 and shrinks back; {direction: Point} says who dies when."""
    began, folder = time.monotonic(), pathlib.Path(folder)
    result = {"points": {key: dataclasses.asdict(point) for key, point in points.items()},
              "writes": {}, "took": {}, "fired": {}, "violations": {}}
    with World(cluster, folder) as world:
        try:
            world.start()
            for direction, shards in DIRECTIONS:
                at = len(world.gate.commands), len(world.gate.requests)
                world.sizes.append(shards * 2)
                took = world.change(shards, points.get(direction))
                result["took"][direction] = round(took, 1)
                result["fired"][direction] = world.gate.fired
                result["writes"][direction] = written(world, *at)
        except (Stuck, Lost) as problem:
            result["violations"]["converges"] = [str(problem)]
        world.gate.arm(None)
        result["violations"].update(judge(world, sum(result["fired"].values())))
        if world.set.troubles:
            result["violations"]["harness"] = world.set.troubles[:2]
        leave_files(world, folder)
    result["seconds"] = round(time.monotonic() - began, 1)
    (folder / "result.json").write_text(json.dumps(result, indent=1))
    return result


def written(world, first_command, first_request):
    """Names of what was written in one change, in order, by kind."""
    return {"redis": [each.name for each in world.gate.commands[first_command:]],
            "api": [request_name(*each) for each in world.gate.requests[first_request:]]}


def leave_files(world, folder):
    origin = world.recording.origin
    (folder / "commands").write_text(
        "\n".join(each.brief(origin) for each in world.gate.commands) + "\n")
    (folder / "requests").write_text(world.recording.text() + "\n")
    (folder / "status.json").write_text(json.dumps(world.status(), indent=1))


def points_of(recorded):
    """{direction: [Point]} from the result of a run without deaths."""
    return {direction: [Point(kind, nth, moment, name)
                        for kind, names in recorded["writes"][direction].items()
                        for nth, name in enumerate(names, 1) for moment in MOMENTS]
            for direction, _ in DIRECTIONS}


def pairs(points):
    """One of each direction per world, as long as there are."""
    up, down = points.get("up", []), points.get("down", [])
    for at in range(max(len(up), len(down))):
        yield {direction: of[at] for direction, of in (("up", up), ("down", down))
               if at < len(of)}
