# SPDX-License-Identifier: Apache-2.0
"""The demo's acts, in order. What is checked at the end stands in verdict.py."""
import json
import time

from observer import Observer, shortened
from screen import Screen
from stage import DEPLOYMENT, NAME, NAMESPACE, ROOT, Stage, StageError
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
    observer = Observer(stage, screen)
    try:
        facts = act(stage, screen, observer)
    finally:
        observer.stop()
        screen.close()
    passed = judge(facts, screen)
    how_to_look(stage, passed)
    return 0 if passed else 1


def set_up(stage: Stage, screen: Screen):
    stage.cluster("down")  # also whatever an interrupted run left behind
    screen.say("cluster", "starting etcd, kube-apiserver, controller-manager, scheduler and a node")
    stage.cluster_up()
    if stage.level == "pods":
        screen.say("cluster", "up: real control plane, real node (kubelet, containerd, runc)")
    else:
        screen.say("cluster", f"{stage.level_reason.strip()}; one engine process stands for the pods")
    load_workload(stage, screen)
    start_prometheus(stage, screen)
    stage.kubectl("apply", "-f", str(ROOT / "crds"))
    stage.kubectl("wait", "--for=condition=Established", "--timeout=30s",
                  "crd/evaluationservices.evalscaler.io")
    screen.say("kubectl", "apply -f manifests/samples/prediction-service.yaml "
                          f"(times shortened: interval {INTERVAL} s, cooldowns {COOLDOWN} s)")
    apply_sample(stage)
    start_operator(stage, screen)
    wait_for(screen, "the operator's first status", 30, lambda: json.loads(service(stage))
             .get("status", {}).get("observedGeneration"))


def load_workload(stage: Stage, screen: Screen):
    if stage.level == "pods":
        image = stage.state / "evaluation-engine.tar"
        stage.run([str(ROOT / "tests/cluster/image"), "docker.io/local/evaluation-engine:1",
                       str(image), "/evaluation_engine",
                       stage.program("evaluation_engine") + "=/evaluation_engine"])
        stage.cluster("load", str(image))
    else:
        stage.cluster("run", "engine", stage.program("evaluation_engine"), "--port", "18080",
                      "--workers", "64")
    stage.kubectl("apply", "-f", str(ROOT / "tests/workload/manifests/prediction-service.yaml"))
    stage.kubectl("-n", NAMESPACE, "rollout", "status", f"deployment/{DEPLOYMENT}", "--timeout=90s")
    screen.say("workload", f"{DEPLOYMENT}: 5 replicas ready")


def start_prometheus(stage: Stage, screen: Screen):
    stage.environment["CLUSTER_SCRAPE"] = "2s"
    config = ROOT / ("tests/cluster/prometheus.yml" if stage.level == "pods"
                     else "demo/prometheus-fake.yml")
    stage.prometheus_url = stage.cluster("prometheus", str(config)).strip().splitlines()[-1]
    screen.say("prom", f"Prometheus at {stage.prometheus_url}")
    wait_for(screen, "metrics of the pods", 60, lambda: stage.ask_prometheus(PER_REPLICA) is not None)


def apply_sample(stage: Stage):
    changes = json.dumps([{"op": "replace", "path": path, "value": value}
                          for path, value in TIMES.items()])
    sample = str(ROOT / "manifests/samples/prediction-service.yaml")
    stage.kubectl("apply", "-f", "-",
                  text=stage.kubectl("patch", "--local", "-f", sample, "--type=json", "-p", changes,
                                     "-o", "yaml"))


def start_operator(stage: Stage, screen: Screen):
    stage.kubectl("apply", "-f", str(ROOT / "manifests/rbac.yaml"))
    stage.kubectl("create", "clusterrolebinding", "evalscaler", "--clusterrole=evalscaler",
                  "--user=evalscaler")
    kubeconfig = stage.cluster("user", "evalscaler").strip().splitlines()[-1]
    name = "catalogue.yaml" if stage.level == "pods" else "catalogue-fake.yaml"
    catalogue = (ROOT / "demo" / name).read_text().replace("@PROMETHEUS@", stage.prometheus_url)
    (stage.state / "catalogue.yaml").write_text(catalogue)
    stage.cluster("run", "evalscaler", stage.program("evalscaler"), "--kubeconfig", kubeconfig,
                  "--config", str(stage.state / "catalogue.yaml"))
    screen.say("operator", f"evalscaler runs; its log: {stage.state}/log/evalscaler.log")


def act(stage: Stage, screen: Screen, observer: Observer) -> Facts:
    facts = Facts(minimum=5, maximum=50, interval=INTERVAL, cooldown=COOLDOWN, observer=observer,
                  threshold=100)
    wait_for(screen, "the first look at the Deployment", 20, lambda: observer.replicas)
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


def wait_for(screen: Screen, what: str, seconds: float, ready):
    end = screen.seconds() + seconds
    while not ready():
        if screen.seconds() > end:
            raise StageError(f"{what}: not there after {seconds} s")
        time.sleep(0.3)


def how_to_look(stage: Stage, passed: bool):
    plugin = f"{stage.build}/bin/kubectl-evalscaler"
    print(f"""The cluster is still up. Look at it:
  export KUBECONFIG={stage.kubeconfig} PATH={stage.build}/bin:{stage.kit}:$PATH
  kubectl get evsvc -A
  kubectl -n {NAMESPACE} describe evsvc {NAME}
  {plugin} explain {NAME} -n {NAMESPACE}
End it with: make demo-down
""" + ("" if passed else f"Logs: {stage.state}/log\n"))
