# SPDX-License-Identifier: Apache-2.0
"""Prometheus answers one of two metrics badly: never down, up if the other one says so.

The other metric comes from a catalogue entry on a server of its own, so that the fault can be
anything, a refused connection included. The replicas go as they do in the ordinary story.
"""
import functools
import time

from fixtures.gate import Gate
from fixtures.prometheus_faults import FAULTS, redirect_to
from fixtures.prometheus_server import PrometheusServer
from objects import HIGH, LOW, MIDDLE
from prometheus import Answer
from registry import Point, add, point
from world import Failure

CATALOGUE = """prometheus:
- name: default
  url: {url}
- name: second
  url: {second}
metrics:
- name: other
  unit: ms
  query: other
  prometheus: second
"""
PARTIAL = "partial-with-warnings"
SAMPLED = {"no-answer", "nan", "html", "http-503-after-2-s", "empty-vector", "two-series",
           "one-chunk-of-100-mb", "clock-10-min-behind", "json-of-depth-100000", PARTIAL}


class Pair:
    """The two metrics of one service; `other` has a server of its own."""

    def __init__(self, world, url=None):
        self.world, self.second = world, PrometheusServer(other=MIDDLE)
        self.second.rows["other"] = [{"namespace": world.space, "service": "web"}]
        world.operator.catalogue.write_text(CATALOGUE.format(
            url=url or world.prometheus.url, second=self.second.url))
        item = world.api.get(world.service_path())
        threshold = item["spec"]["tiers"][0]["threshold"]
        threshold["metrics"].append(
            {"name": "other", "scaleUpThreshold": "70", "scaleDownThreshold": "30"})
        threshold["scaleDown"]["quorum"] = "0.5"
        world.api.merge(world.service_path(), {"spec": item["spec"]})

    def load(self, value):
        self.world.prometheus.value = value
        self.second.values["other"] = value

    def answers(self):
        return self.second.count("other")

    def rounds(self, count):
        """Until `other` has been asked so many times more."""
        wanted = self.answers() + count
        self.world.wait(f"{count} more rounds", lambda: self.answers() >= wanted)


def told_of(world):
    """The condition that says why it may not go down; its text if it names the metric and what
    it is, else ""."""
    limited, state = world.condition("ScalingLimited"), world.reading().get("state", "")
    message = limited.get("message", "")
    said = limited.get("reason") == "ScaleDownVetoed" and "load" in message
    return message if said and (state in message or state == "Fresh") else ""


def holds_and_recovers(world, pair, break_it, mend):
    world.start()
    world.wait("fresh readings", lambda: world.reading().get("state") == "Fresh")
    pair.rounds(1)
    break_it()
    pair.load(LOW)
    world.wait("a condition that names the metric and its state", lambda: told_of(world))
    pair.rounds(2)
    if world.replicas() != world.settings.replicas:
        raise Failure(f"scaled to {world.replicas()} on a metric that is not fresh")
    world.prometheus.value = HIGH
    world.wait("a bad answer to the high load", lambda: any(
        each.value == HIGH for each in world.prometheus.answered()))
    pair.load(HIGH)
    up = world.settings.replicas + world.settings.step_up
    world.wait(f"the other metric scales up to {up}", lambda: world.replicas() == up)
    mend()
    pair.load(LOW)
    down = world.settings.end_replicas
    world.wait(f"it recovers and scales down to {down}", lambda: world.replicas() == down)
    pair.load(MIDDLE)
    world.settle()


def bad_answers(fault, world):
    def use(one):
        world.prometheus.fault = one

    holds_and_recovers(world, Pair(world), lambda: use(fault), lambda: use(None))


def register(name, run):
    add(Point(f"prometheus-{name}", "prometheus", run=run, skip=("O1",), seconds=150,
              sample=name in SAMPLED))


for fault_name, answer in FAULTS.items():
    register(fault_name, functools.partial(bad_answers, answer))


def redirect(world):
    elsewhere = PrometheusServer(load=LOW)
    bad_answers(redirect_to(elsewhere.url + "/api/v1/query"), world)
    if elsewhere.asked:
        raise Failure(f"followed a redirect: {elsewhere.asked[0]}")


register("redirect", redirect)


def refused(world):
    gate = Gate(int(world.prometheus.url.rsplit(":", 1)[1]))
    pair = Pair(world, f"http://127.0.0.1:{gate.port}")

    def shut():
        gate.shut()
        # The stand-in does not see what is refused; for the oracles it is an answer like others.
        world.prometheus.answers.append(Answer(time.monotonic(), HIGH, False))

    holds_and_recovers(world, pair, shut, gate.open)


register("refused", refused)


@point("prometheus-never-there", "prometheus", skip=("O1",), seconds=150, sample=False)
def never_there(world):
    """Refused from the first query on: the operator starts without Prometheus."""
    gate = Gate(int(world.prometheus.url.rsplit(":", 1)[1]))
    gate.shut()
    world.prometheus.value = LOW
    world.operator.catalogue.write_text(
        f"prometheus:\n- name: default\n  url: http://127.0.0.1:{gate.port}\n")
    world.start()
    world.wait("ScalingActive=False/MetricsUnavailable", lambda: (
        world.condition("ScalingActive").get("reason") == "MetricsUnavailable"))
    time.sleep(world.settings.interval)
    gate.open()
    world.rise()
    world.fall()
    world.settle()
