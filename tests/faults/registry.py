# SPDX-License-Identifier: Apache-2.0
"""The list of all fault points. A file in points/ fills it when it is imported.

    @point("token-expired", family="credentials", own_proxy=...)
    def token_expired(world): ...

    add(Point("error-500-scale-1", "error", rules=[{...}]))
"""
import dataclasses
import importlib
import pathlib
import sys


@dataclasses.dataclass
class Point:
    """`run` is a function (world); without one it is world.story()."""
    name: str
    family: str
    run: object = None
    rules: tuple = ()             # dicts as in a plan file
    plan_file: str = ""           # of plans/, instead of rules
    options: dict = dataclasses.field(default_factory=dict)   # of the World
    skip: tuple = ()              # oracles that this fault makes void, such as "O1"
    limits: dict = dataclasses.field(default_factory=dict)    # see oracles.LIMITS
    own_cluster: bool = False     # hurts the API server: gets one for itself
    heavy: bool = False           # needs a processor for itself: one at a time
    seconds: float = 120          # bound of the whole run
    sample: bool = True           # may be drawn for the sample of `make test`


POINTS = {}


def add(one):
    if one.name in POINTS:
        raise ValueError(f"two points are called {one.name}")
    POINTS[one.name] = one
    return one


def point(name, family, **fields):
    """Decorator: the function (world) is the point's run."""
    def register(function):
        add(Point(name, family, run=function, **fields))
        return function
    return register


def load_all():
    """Imports every file of points/, in the order of their names."""
    for path in sorted(pathlib.Path(__file__).parent.glob("points/[a-z]*.py")):
        module = f"points.{path.stem}"
        if module not in sys.modules:
            importlib.import_module(module)
    return POINTS
