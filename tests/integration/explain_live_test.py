#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""explain, pause and resume against running operators, through the API server's own proxy."""
import json
import socket
import sys
import time

from explain_stage import (INTERVAL, LIVE, PAUSER, READER, SPACE, expect, explain, plugin,
                           replicas_wanted, say_ready, set_up, user)
from operator_stage import Failure, LyingPrometheus, get, kubectl, wait


def whoever_is_asked_the_leader_answers(_prometheus, replicas):
    kubeconfig = user("live", LIVE)
    wait("a third fresh evaluation", 8 * INTERVAL, lambda: explain()["tiers"][0].get(
        "freshStreak", {}).get("is", 0) >= 3)
    # The proxy picks one of the two at random.
    said = [explain(kubeconfig=kubeconfig) for _ in range(12)]
    expect(all(each["source"] == "operator" for each in said),
           f"not live: {[each.get('whyNotLive') for each in said]}")
    sources = sorted({each["from"] for each in said})
    expect(len(sources) == 2, f"the standby never was in the way: {sources}")
    standby = next(each for each in replicas if not each.leads())
    status, body = standby.ask(f"/explain/{SPACE}/web")
    expect(status == 503 and "stands by" in body and " leads" in body, f"standby: {status} {body}")
    print(f"  12 answers, live from {' and '.join(sources)}\n  the standby says: "
          f"{json.loads(body)['message']}")


def it_knows_more_than_the_status(prometheus, _replicas):
    prometheus.mode = "52"
    live = wait("the live reading", 3 * INTERVAL, lambda: next(
        (each for each in [explain()] if each["tiers"][0]["metrics"][0].get("value") == 52), None))
    written = get("evaluationservice", "web", SPACE)["status"]["tiers"][0]["metrics"][0]["value"]
    expect(written == "50", f"the status says {written}, it should not have been written")
    expect("load > 70 (is 52)" in live["tiers"][0]["needs"]["up"], live["tiers"][0]["needs"])
    print(f"  live: load is 52, in status still {written}; {live['tiers'][0]['needs']['up']}")


def what_is_in_the_way_says_until_when(prometheus, _replicas):
    prometheus.mode = "90"
    wait("a scale-up", 4 * INTERVAL, lambda: replicas_wanted() == 6)
    say_ready(6)
    tier = wait("the cooldown is in the way", 3 * INTERVAL, lambda: next(
        (each["tiers"][0] for each in [explain()]
         if each["tiers"][0]["cooldown"]["upSecondsLeft"] > 0), None))
    found = [each for each in tier["inTheWay"]["up"] if each["reason"] == "CooldownUp"]
    expect(found and "until" in found[0], f"in the way: {tier['inTheWay']}")
    expect(tier["score"]["up"]["is"] > 0.2 and tier["score"]["up"]["needed"] == 0, tier["score"])
    text = plugin("explain", "web", "--operator-namespace", SPACE).stdout
    expect("live, from " in text and "but CooldownUp: going to" in text, text)
    print(text, end="")


def without_the_right_the_status_answers(_prometheus, _replicas):
    said = explain(kubeconfig=user("reader", READER))
    expect(said["source"] == "status" and "cannot list" in said["whyNotLive"], said)
    text = plugin("explain", "web", kubeconfig=user("reader", READER)).stdout
    expect("from its status, as of " in text, text)
    print("  " + text.splitlines()[1].strip())


def pausing_takes_no_more_than_patch(prometheus, _replicas):
    kubeconfig = user("pauser", PAUSER)
    done = plugin("pause", "web", "--direction", "up", kubeconfig=kubeconfig)
    expect(done.returncode == 0 and "paused upwards" in done.stdout, done.stdout + done.stderr)
    print("  " + done.stdout.strip())
    wait("the pause is in the way", 3 * INTERVAL, lambda: any(
        each["reason"] == "ScaleUpPaused" for each in explain()["tiers"][0]["inTheWay"]["up"]))
    again = plugin("pause", "web", "--direction", "up", kubeconfig=kubeconfig)
    expect(again.returncode == 0 and again.stdout == done.stdout, "pausing twice says otherwise")
    prometheus.mode = "50"
    done = plugin("resume", "web", kubeconfig=kubeconfig)
    expect(done.returncode == 0 and "is not paused" in done.stdout, done.stdout + done.stderr)
    expect("paused" not in json.dumps(get("evaluationservice", "web", SPACE)["metadata"].get(
        "annotations", {}).get("evalscaler.io/paused", "")), "the annotation is still there")
    done = plugin("pause", "nowhere", kubeconfig=kubeconfig)
    expect(done.returncode == 1 and "not found" in done.stderr, done.stderr)
    print(f"  {done.stderr.strip()}")


def the_path_is_read_strictly_and_nobody_blocks_the_probes(_prometheus, replicas):
    leader = next(each for each in replicas if each.leads())
    for path, status in ((f"/explain/{SPACE}/web/x", 400), ("/explain/..%2f/web", 400),
                         (f"/explain/{SPACE}/other", 404), ("/explain", 404)):
        expect(leader.ask(path)[0] == status, f"{path}: {leader.ask(path)}")
    expect(leader.ask(f"/explain/{SPACE}/web", method="POST")[0] == 405, "POST was answered")
    host, port = leader.address_of("metrics").rsplit(":", 1)
    slow = [socket.create_connection((host, int(port))) for _ in range(8)]
    for each in slow:
        each.sendall(f"GET /explain/{SPACE}/web HTTP/1.1\r\nHost: x\r\n".encode())
    began = time.monotonic()
    for _ in range(20):
        expect(leader.ask("/healthz", "probes")[0] == 200, "not alive")
    took = time.monotonic() - began
    for each in slow:
        each.close()
    expect(took < 1, f"20 probes took {took:.1f} s while 8 requests hung")
    print(f"  20 probes took {took * 1000:.0f} ms while 8 requests hung on the other server")


def with_nobody_there_the_status_answers(_prometheus, replicas):
    for replica in replicas:
        replica.kill()
    began = time.monotonic()
    said = explain()
    expect(said["source"] == "status", said)
    took = time.monotonic() - began
    expect(took < 8, f"that took {took:.1f} s")
    print(f"  after {took:.1f} s: {said['whyNotLive'][:150]}")


def main():
    prometheus = LyingPrometheus()
    replicas = set_up(prometheus)
    try:
        for claim in (whoever_is_asked_the_leader_answers, it_knows_more_than_the_status,
                      what_is_in_the_way_says_until_when, without_the_right_the_status_answers,
                      pausing_takes_no_more_than_patch,
                      the_path_is_read_strictly_and_nobody_blocks_the_probes,
                      with_nobody_there_the_status_answers):
            print(claim.__name__.replace("_", " "), flush=True)
            claim(prometheus, replicas)
    except Failure as failure:
        print(f"FAILED: {failure}\n" + "\n".join(each.text()[-1500:] for each in replicas))
        return 1
    finally:
        for replica in replicas:
            if replica.process.poll() is None:
                replica.kill()
        kubectl("delete", "namespace", SPACE, "--wait=false")
    return 0


sys.exit(main())
