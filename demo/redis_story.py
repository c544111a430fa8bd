# SPDX-License-Identifier: Apache-2.0
"""A Redis Cluster grows because it fills up and shrinks when it is emptied, under load. What is
checked at the end stands in redis_verdict.py."""
import json
import secrets
import subprocess
import time

from ledger import LedgerProcess
from redis_observer import PlanObserver
from redis_verdict import Facts, judge
from screen import Screen
from setting import (begin_cluster, define_resource, how_to_look, load_image, start_operator,
                     start_prometheus, wait_for)
from stage import ROOT, Stage, StageError

NAMESPACE, NAME, STATEFUL_SET = "cache", "cache-service", "redis-cluster"
SHARDS = (3, 4, 3)
KEYS, RATE = 20_000, 1_000           # of the ledger; writes/s
BASELINE, REST = 12, 4               # seconds of load before anything happens, and after each plan
FILLING = (34_000, 2_000)            # keys, bytes: from a tenth to two thirds of the memory
INTERVAL, COOLDOWN = 5, 10
TIMES = {"/spec/intervalSeconds": INTERVAL,
         "/spec/tiers/0/threshold/scaleUp/cooldownSeconds": COOLDOWN,
         "/spec/tiers/0/threshold/scaleDown/cooldownSeconds": COOLDOWN}
USAGE = ("100 * sum(redis_memory_used_bytes and on (instance) redis_instance_info{role='master'}) / "
         "sum(redis_memory_max_bytes and on (instance) redis_instance_info{role='master'})")
SHELL = [f"/bin/busybox=/bin/{tool}" for tool in ("sh", "seq", "sleep", "tail")]


def tell(stage: Stage) -> int:
    screen = Screen()
    password = secrets.token_hex(24)
    set_up(stage, screen, password)
    observer = PlanObserver(stage, screen, NAMESPACE, ("statefulset", STATEFUL_SET), NAME)
    ledger = LedgerProcess(stage, nodes(stage), password, KEYS, RATE)
    try:
        facts = act(stage, screen, observer, ledger)
    finally:
        observer.stop()
        ledger.process.kill()
        screen.close()
    print("\n".join(ledger.table) + "\n")
    passed = judge(facts, screen)
    how_to_look(stage, NAMESPACE, NAME, passed)
    return 0 if passed else 1


def set_up(stage: Stage, screen: Screen, password: str):
    begin_cluster(stage, screen)
    if stage.level != "pods":
        raise StageError(f"a Redis Cluster needs real pods, but: {stage.level_reason.strip()}")
    start_redis(stage, screen, password)
    start_prometheus(stage, screen, ROOT / "tests/cluster/prometheus.yml", "metrics of Redis", USAGE)
    define_resource(stage)
    grant_rights(stage)
    screen.say("kubectl", "apply -f manifests/samples/cache-service.yaml "
                          f"(times shortened: interval {INTERVAL} s, cooldowns {COOLDOWN} s)")
    stage.apply_changed(ROOT / "manifests/samples/cache-service.yaml", TIMES)
    start_operator(stage, screen, "catalogue.yaml")


def start_redis(stage: Stage, screen: Screen, password: str):
    load_image(stage, "docker.io/local/redis:1", "/usr/bin/redis-server", "/usr/bin/redis-server",
               "/usr/bin/redis-cli", *SHELL, user="999")
    load_image(stage, "docker.io/local/redis-exporter:1", "/usr/bin/prometheus-redis-exporter",
               "/usr/bin/prometheus-redis-exporter", user="999")
    stage.kubectl("create", "namespace", NAMESPACE)
    stage.kubectl("-n", NAMESPACE, "create", "secret", "generic", "redis-secret",
                  f"--from-literal=password={password}")
    screen.say("kubectl", "apply -k demo/redis-cluster (manifests/platform/redis-cluster, with "
                          "40 MB of memory each)")
    stage.kubectl("apply", "-n", NAMESPACE, "-k", str(ROOT / "demo/redis-cluster"))
    stage.kubectl("-n", NAMESPACE, "wait", "--for=condition=complete", "--timeout=120s",
                  "job/redis-cluster-bootstrap")
    screen.say("redis", "a Redis Cluster of 3 masters and 3 replicas")


def grant_rights(stage: Stage):
    """What the operator needs besides manifests/rbac.yaml for this kind of tier."""
    stage.kubectl("apply", "-n", NAMESPACE, "-f", str(ROOT / "manifests/rbac-redis-cluster.yaml"))
    stage.kubectl("create", "clusterrolebinding", "evalscaler-redis-cluster",
                  "--clusterrole=evalscaler-redis-cluster", "--user=evalscaler")
    stage.kubectl("-n", NAMESPACE, "create", "rolebinding", "evalscaler-redis-password",
                  "--role=evalscaler-redis-password", "--user=evalscaler")


def act(stage: Stage, screen: Screen, observer: PlanObserver, ledger: LedgerProcess) -> Facts:
    facts = Facts(shards=SHARDS, observer=observer)
    ledger.wait_for_begin(60)
    screen.say("ledger", f"{KEYS} keys, {RATE} writes/s; every acknowledged one is remembered")
    wait_for("the operator's first status", 30, lambda: service(stage).get("observedGeneration"))
    narrate(stage, screen, ledger, BASELINE, lambda: False)

    ledger.order("window filling")
    screen.say("load", f"{FILLING[0]} more keys of {FILLING[1]} bytes: the memory runs full")
    ledger.order("fill {} {}".format(*FILLING))
    ledger.order("window baseline")
    ride(stage, screen, observer, ledger, "growing", 2 * SHARDS[1])
    narrate(stage, screen, ledger, REST, lambda: False)

    ledger.order("window emptying")
    screen.say("load", "those keys are removed again: the memory is idle")
    ledger.order("empty")
    ledger.order("window baseline")
    ride(stage, screen, observer, ledger, "shrinking", 2 * SHARDS[2])
    narrate(stage, screen, ledger, REST, lambda: False)  # nothing may follow
    # Most of what is read back was removed: misses that are no reason to scale.
    plugin(stage, "pause")
    screen.say("ledger", "the service is paused, and all keys are read back")
    facts.nodes = [cluster_info(stage, node) for node in nodes(stage)]
    facts.ledger = ledger.end()
    return facts


def ride(stage: Stage, screen: Screen, observer: PlanObserver, ledger: LedgerProcess, name: str,
         pods: int):
    """From the moment that a plan begins to the moment that it is over, as a window of its own.
    What comes before and after counts to the baseline: the machine may be busy with other things.
    """
    over = len(observer.plans)
    narrate(stage, screen, ledger, 90, lambda: len(observer.plans) > over,
            f"a plan ({name})")
    ledger.order(f"window {name}")
    screen.chart.mark(screen.seconds(), name[0].upper(), f"{name} begins")
    explain(stage, screen)
    narrate(stage, screen, ledger, 150, lambda: observer.under_way is None
            and observer.replicas[-1][1:] == (pods, pods), f"{pods} pods")
    ledger.order("window baseline")


def narrate(stage: Stage, screen: Screen, ledger: LedgerProcess, seconds: float, over,
            what: str = ""):
    """Lets time pass until `over()`; says once in a while how client and memory are."""
    end, told = screen.seconds() + seconds, screen.seconds()
    while not over() and screen.seconds() < end:
        if screen.seconds() >= told + 5:
            told = screen.seconds()
            usage = stage.ask_prometheus(USAGE)
            screen.say("client", f"{ledger.acknowledged} writes, {ledger.errors} errors, slowest of "
                                 f"late {ledger.take_longest_ms():.0f} ms; memory "
                                 + (f"{usage:.0f} %" if usage is not None else "unknown"))
        screen.refresh()
        time.sleep(0.2)
    if what and not over():
        raise StageError(f"{what}: not there after {seconds} s")


def plugin(stage: Stage, verb: str) -> str:
    return stage.run([stage.program("kubectl-evalscaler"), verb, NAME, "-n", NAMESPACE,
                      "--kubeconfig", str(stage.kubeconfig)])


def explain(stage: Stage, screen: Screen):
    said = plugin(stage, "explain")
    screen.say("explain", f"kubectl evalscaler explain {NAME} -n {NAMESPACE}")
    for line in said.splitlines():
        if "plan" in line.lower():
            screen.say("", line)


def service(stage: Stage) -> dict:
    return json.loads(stage.kubectl("-n", NAMESPACE, "get", "evaluationservice", NAME, "-o",
                                    "json")).get("status", {})


def nodes(stage: Stage) -> list:
    """Address and port of every pod."""
    pods = json.loads(stage.kubectl("-n", NAMESPACE, "get", "pods", "-l",
                                    "app.kubernetes.io/name=redis-cluster", "-o", "json"))
    return [pod["status"]["podIP"] + ":6379" for pod in pods["items"]]


def cluster_info(stage: Stage, node: str) -> dict:
    done = subprocess.run(["redis-cli", "-h", node.split(":")[0], "CLUSTER", "INFO"], text=True,
                          env=stage.environment, capture_output=True, timeout=10, check=False)
    return dict(line.split(":", 1) for line in done.stdout.split() if ":" in line)
