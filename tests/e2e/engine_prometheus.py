# SPDX-License-Identifier: Apache-2.0
"""Prometheus fails for minutes, slowly or for good; it comes back knowing nothing; and an idle
service has only 0/0 to show. Replicas are watched all the time."""
import subprocess
import time

from engine_act import BUILT_IN, INTERVAL, LOW, threshold, tracking
from fixtures.prometheus_faults import FAULTS

FAULT = 100     # seconds; longer than it took the measured autoscaler to go to zero (27..92 s)
HOT_RATE = 150  # requests a second on three pods: each far above idle, none overloaded


def slow_error(act):
    """Every query is answered by 503, and only after two seconds."""
    outage(act, FAULTS["http-503-after-2-s"], 10, "503")


def no_answer(act):
    """Connections are taken, queries read, and that is all."""
    outage(act, FAULTS["no-answer"], INTERVAL, "no answer")


def outage(act, fault, interval, word):
    """Both policies, six replicas each. The condition must have `word` in it: a query may take a
    third of the interval, so at five seconds a late error would be a timeout like any other."""
    for name, policy in (("web", threshold(minReplicas=0)), ("tracked", tracking())):
        act.deployment(name, 6)
        act.settled(6, name)
        act.service(name, interval=interval, **policy)
    act.rounds(2)
    act.prometheus.value, act.prometheus.fault = LOW, fault
    began = time.monotonic()
    said = {}
    for name in ("web", "tracked"):
        said[name] = act.wait(f"{name}: the condition", 60, lambda: act.says(
            "ScalingActive", "False", "MetricsUnavailable", name))["message"]
        act.say(f"{name}: ScalingActive=False MetricsUnavailable: {said[name]}")
        act.expect(f"{name}: it does not say 'load' and '{word}'",
                   "load" in said[name] and word in said[name])
    act.holds("6 replicas", FAULT - (time.monotonic() - began), lambda: (
        act.replicas() == act.replicas("tracked") == 6))
    act.expect("an operator wrote", not act.our_writes() and not act.our_writes("tracked"))
    act.say(f"{FAULT} s of it; 6 replicas all the time; the audit log has no scaling of ours")
    act.prometheus.fault = None
    back, answered = time.monotonic(), len(act.prometheus.answered())
    for name in ("web", "tracked"):
        act.wait(f"{name}: goes on", 90, lambda: act.replicas(name) == 5)
    asked = len(act.prometheus.answered()) - answered
    act.expect(f"went down after {asked} answers", asked >= 3)
    act.say(f"it answers again, and the load is low: 6 -> 5 after {time.monotonic() - back:.0f} s "
            f"and {asked} fresh answers")


def by_rate(down=INTERVAL):
    """What the built-in catalogue knows of a service from its own metrics."""
    band = {"requests_per_second": ("100", "20"), "avg_response_time": ("1000", "200"),
            "p95_response_time": ("1500", "300"), "error_rate": ("5", "1"),
            "queue_depth": ("50", "5"), "cpu_usage": ("500", "100")}
    return {"threshold": {
        "metrics": [{"name": name, "scaleUpThreshold": up, "scaleDownThreshold": low}
                    for name, (up, low) in band.items()],
        "scaleUp": {"step": 1, "cooldownSeconds": INTERVAL},
        "scaleDown": {"step": 1, "cooldownSeconds": down, "quorum": "1"}}}


def states(act, name):
    return {each["name"]: (each["state"], each.get("value")) for each in
            act.tier(name).get("metrics", [])}


def all_fresh(act, name):
    known = states(act, name)
    return known and all(state == "Fresh" for state, _ in known.values())


def idle_then_restarted_empty(act):
    """First: a service without any request comes down to its minimum. Then: Prometheus is killed
    and loses its store while another service is busy, and nothing goes down for it."""
    address = ""
    for name, count in (("idle", 4), ("hot", 3)):
        act.deployment(name, count)
        address = act.front(name)
        act.settled(count, name)
    load = start_load(act, address)
    try:
        act.service("idle", BUILT_IN, **by_rate())
        act.service("hot", BUILT_IN, **by_rate())
        idle_comes_down(act)
        restarted_empty(act)
    finally:
        load.kill()
        load.wait()
    act.say("the load has ended")
    act.wait("hot goes down by itself", 90, lambda: act.replicas("hot") == 2)
    act.expect("hot: scaled down by somebody else", len(act.our_writes("hot")) == 1)
    act.say("hot: 3 -> 2, on readings that are fresh and low")


def start_load(act, address):
    with open(act.stage.state / "hot.log", "w", encoding="utf-8") as log:
        load = act.stage.start(
            [act.stage.program("load_generator"), "--url", f"http://{address}:80/evaluate",
             "--rate", str(HOT_RATE), "--ramp-up", "1s", "--sustain", "600s", "--ramp-down", "1s"],
            stdout=log, stderr=subprocess.STDOUT)
    act.say(f"hot: 3 pods and {HOT_RATE} requests/s; idle: 4 pods and none at all")
    return load


def idle_comes_down(act):
    act.wait("idle at its minimum", 120, lambda: act.replicas("idle") == 2)
    act.wait("idle: readings", 60, lambda: all_fresh(act, "idle"))
    shown = ", ".join(f"{name} {value}" for name, (_, value) in states(act, "idle").items())
    act.say(f"idle: {act.story_of('idle')}; 0/0 reads as no load: {shown}")
    act.expect("idle was not scaled by us", len(act.our_writes("idle")) == 2)


def restarted_empty(act):
    busy = act.wait("hot: fresh readings", 60, lambda: all_fresh(act, "hot") and states(act, "hot"))
    act.expect(f"hot is not busy: {busy}", float(busy["requests_per_second"][1]) > 20)
    before = len(act.our_writes("hot")), act.replicas("hot")
    act.expect(f"hot was scaled: {act.story_of('hot')}", before == (0, 3))
    stop = act.stage.ask_prometheus("count(count_over_time(http_requests_total[10m]))")
    act.stage.restart_prometheus_empty()
    began, seen = time.monotonic(), set()
    act.say(f"Prometheus killed, its store deleted, and back (it had {stop:.0f} series)")
    act.wait("the condition", 60, lambda: act.condition("ScalingActive", "hot").get(
        "status") == "False" or act.condition("ScalingLimited", "hot").get("status") == "True")

    def recovered():
        act.expect(f"hot: went to {act.replicas('hot')}", act.replicas("hot") == 3)
        seen.update(f"{name} {state}" for name, (state, _) in states(act, "hot").items()
                    if state != "Fresh")
        return all_fresh(act, "hot")
    act.wait("hot: fresh readings again", 120, recovered)
    act.expect("its readings never were other than fresh", seen)
    act.say(f"hot: not fresh meanwhile: {', '.join(sorted(seen))}")
    act.say(f"hot: fresh again after {time.monotonic() - began:.0f} s, never below 3")
    for _ in range(40):
        act.expect(f"hot: went to {act.replicas('hot')}", act.replicas("hot") == 3)
        time.sleep(0.5)
    value = states(act, "hot")["requests_per_second"][1]
    act.expect(f"hot: still reads {value}", float(value) > 20)
    act.expect("idle: moved", act.replicas("idle") == 2)
    act.say(f"hot: 20 s later {value} requests/s per pod and still 3 pods")

