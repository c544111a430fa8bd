# SPDX-License-Identifier: Apache-2.0
"""The demo's acts, in order. What is checked at the end stands in verdict.py."""
import json
import time

from observer import Observer, shortened
from screen import Screen
from setting import (begin_cluster, define_resource, how_to_look, load_image, start_operator,
                     start_prometheus, wait_for)
from stage import DEPLOYMENT, NAME, NAMESPACE, ROOT, Stage
from verdict import Facts, judge

# The sample's own times (15 s, 5 min) shortened for a story of minutes.
INTERVAL, COOLDOWN = 5, 15
RATE, RAMP, SUSTAIN = 720, 10, 140   # requests/s; seconds
OUTAGE_AFTER, OUTAGE = 40, 60        # seconds after the load began; its length
PER_REPLICA = (f'sum(rate(http_requests_total{{namespace="{NAMESPACE}",'
               f'service="{DEPLOYMENT}"}}[15s]))')
TIMES = {"/spec/intervalSeconds": INTERVAL,
         "/spec/tiers/0/threshold/scaleUp/cooldownSeconds": COOLDOWN,
         "/spec/tiers/0/threshold/scaleDown/cooldownSeconds": COOLDOWN}


def tell(stage: Stage) -> int:
    screen = Screen()
    set_up(stage, screen)
    observer = Observer(stage, screen, NAMESPACE, ("deployment", DEPLOYMENT), NAME)
    try:
        facts = act(stage, screen, observer)
    finally:
        observer.stop()
        screen.close()
    passed = judge(facts, screen)
    how_to_look(stage, NAMESPACE, NAME, passed)
    return 0 if passed else 1


def set_up(stage: Stage, screen: Screen):
    begin_cluster(stage, screen)
    if stage.level != "pods":
        screen.say("cluster", f"{stage.level_reason.strip()}; one engine process stands for the pods")
    load_workload(stage, screen)
    config = "tests/cluster/prometheus.yml" if stage.level == "pods" else "demo/prometheus-fake.yml"
    start_prometheus(stage, screen, ROOT / config, "metrics of the pods", PER_REPLICA)
    define_resource(stage)
    screen.say("kubectl", "apply -f manifests/samples/prediction-service.yaml "
                          f"(times shortened: interval {INTERVAL} s, cooldowns {COOLDOWN} s)")
    stage.apply_changed(ROOT / "manifests/samples/prediction-service.yaml", TIMES)
    start_operator(stage, screen,
                   "catalogue.yaml" if stage.level == "pods" else "catalogue-fake.yaml")
    wait_for("the operator's first status", 30, lambda: json.loads(service(stage))
             .get("status", {}).get("observedGeneration"))


def load_workload(stage: Stage, screen: Screen):
    if stage.level == "pods":
        load_image(stage, "docker.io/local/evaluation-engine:1", "/evaluation_engine",
                   stage.program("evaluation_engine") + "=/evaluation_engine")
    else:
        stage.cluster("run", "engine", stage.program("evaluation_engine"), "--port", "18080",
                      "--workers", "64")
    stage.kubectl("apply", "-f", str(ROOT / "tests/workload/manifests/prediction-service.yaml"))
    stage.kubectl("-n", NAMESPACE, "rollout", "status", f"deployment/{DEPLOYMENT}", "--timeout=90s")
    screen.say("workload", f"{DEPLOYMENT}: 5 replicas ready")


def act(stage: Stage, screen: Screen, observer: Observer) -> Facts:
    facts = Facts(minimum=5, maximum=50, interval=INTERVAL, cooldown=COOLDOWN, observer=observer,
                  threshold=100)
    wait_for("the first look at the Deployment", 20, lambda: observer.replicas)
    generator = start_load(stage, screen)
    began = facts.load_began = screen.seconds()
    screen.chart.mark(began, "L", "load begins")
    step(stage, screen, facts, until=began + OUTAGE_AFTER)

    stage.cluster("hold", "prometheus")
    facts.outage = (screen.seconds(), screen.seconds() + OUTAGE)
    screen.chart.mark(facts.outage[0], "X", "Prometheus killed")
    screen.say("fault", f"Prometheus killed (kill -9) for {OUTAGE} s; the load goes on")
    step(stage, screen, facts, until=facts.outage[0] + OUTAGE / 2)
    explain(stage, screen)
    step(stage, screen, facts, until=facts.outage[1])
    stage.cluster("release", "prometheus")
    screen.chart.mark(screen.seconds(), "P", "Prometheus back")
    screen.say("fault", "Prometheus may start again")

    step(stage, screen, facts, until=began + RAMP + SUSTAIN + RAMP)
    generator.wait(timeout=60)
    facts.load_report = json.loads((stage.state / "load.json").read_text())
    facts.load_ended = screen.seconds()
    screen.chart.mark(facts.load_ended, "E", "load ends")
    screen.say("load", "the load has ended; waiting for the way back to 5 replicas")
    deadline = screen.seconds() + 4 * COOLDOWN + 60
    while observer.asked() > facts.minimum and screen.seconds() < deadline:
        step(stage, screen, facts, until=screen.seconds() + 1)
    step(stage, screen, facts, until=screen.seconds() + 3)  # nothing may follow
    return facts


def explain(stage: Stage, screen: Screen):
    """What a person asks who wonders why nothing happens."""
    said = stage.run([stage.program("kubectl-evalscaler"), "explain", NAME, "-n", NAMESPACE,
                      "--kubeconfig", str(stage.kubeconfig)])
    screen.say("explain", f"kubectl evalscaler explain {NAME} -n {NAMESPACE}")
    for line in said.splitlines():
        if line.strip():
            screen.say("", shortened(line, 140))


def start_load(stage: Stage, screen: Screen):
    if stage.level == "pods":
        address = json.loads(stage.kubectl("-n", NAMESPACE, "get", "service", DEPLOYMENT, "-o",
                                           "json"))["spec"]["clusterIP"]
        url = f"http://{address}:80/evaluate"
    else:
        url = "http://127.0.0.1:18080/evaluate"
    screen.say("load", f"{RATE} requests/s to {url}: {RAMP} s up, {SUSTAIN} s steady, {RAMP} s down")
    command = [stage.program("load_generator"), "--url", url, "--rate", str(RATE), "--ramp-up",
               f"{RAMP}s", "--sustain", f"{SUSTAIN}s", "--ramp-down", f"{RAMP}s", "--json",
               str(stage.state / "load.json")]
    with open(stage.state / "load.log", "w", encoding="utf-8") as log:
        return stage.start(command, stdout=log, stderr=log)


def step(stage: Stage, screen: Screen, facts: Facts, until: float):
    """Lets time pass, once a second noting what Prometheus would answer right now."""
    while screen.seconds() < until:
        total = stage.ask_prometheus(PER_REPLICA)
        _, asked, ready = facts.observer.replicas[-1]
        screen.chart.add(screen.seconds(), asked, ready)
        if total is not None and ready:
            facts.readings.append((screen.seconds(), total / ready))
            if int(screen.seconds()) % 10 == 0:
                screen.say("reading", f"requests_per_second {total / ready:.0f} per replica "
                                      f"(up above {facts.threshold}, down below 20)")
        screen.refresh()
        time.sleep(1)


def service(stage: Stage) -> str:
    return stage.kubectl("-n", NAMESPACE, "get", "evaluationservice", NAME, "-o", "json")
