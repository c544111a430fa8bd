# SPDX-License-Identifier: Apache-2.0
"""What every story needs before it can begin: a cluster, Prometheus, the operator."""
import time

from screen import Screen
from stage import ROOT, Stage, StageError


def begin_cluster(stage: Stage, screen: Screen):
    stage.cluster("down")  # also whatever an interrupted run left behind
    screen.say("cluster", "starting etcd, kube-apiserver, controller-manager, scheduler and a node")
    stage.cluster_up()
    if stage.level == "pods":
        screen.say("cluster", "up: real control plane, real node (kubelet, containerd, runc)")


def load_image(stage: Stage, name: str, entrypoint: str, *programs: str, user: str = ""):
    """An image of programs of this machine, as tests/cluster/image makes it."""
    archive = str(stage.state / (name.split("/")[-1].split(":")[0] + ".tar"))
    stage.run([str(ROOT / "tests/cluster/image"), *(["--user", user] if user else []), name, archive,
               entrypoint, *programs])
    stage.cluster("load", archive)


def start_prometheus(stage: Stage, screen: Screen, config, what: str, query: str):
    """Scraping every 2 s; returns once `query` has an answer."""
    stage.environment["CLUSTER_SCRAPE"] = "2s"
    stage.prometheus_url = stage.cluster("prometheus", str(config)).strip().splitlines()[-1]
    screen.say("prom", f"Prometheus at {stage.prometheus_url}")
    wait_for(what, 60, lambda: stage.ask_prometheus(query) is not None)


def define_resource(stage: Stage):
    """`kubectl wait` fails where a new definition has no conditions at all yet."""
    stage.kubectl("apply", "-f", str(ROOT / "crds"))
    wait_for("the CustomResourceDefinition", 30, lambda: "Established=True" in stage.kubectl(
        "get", "crd", "evaluationservices.evalscaler.io", "-o",
        "jsonpath={range .status.conditions[*]}{.type}={.status} {end}"))


def start_operator(stage: Stage, screen: Screen, catalogue: str):
    """With the rights that ship with it; `catalogue` is a file of demo/."""
    stage.kubectl("apply", "-f", str(ROOT / "manifests/rbac.yaml"))
    stage.kubectl("create", "clusterrolebinding", "evalscaler", "--clusterrole=evalscaler",
                  "--user=evalscaler")
    kubeconfig = stage.cluster("user", "evalscaler").strip().splitlines()[-1]
    text = (ROOT / "demo" / catalogue).read_text().replace("@PROMETHEUS@", stage.prometheus_url)
    (stage.state / "catalogue.yaml").write_text(text)
    stage.cluster("run", "evalscaler", stage.program("evalscaler"), "--kubeconfig", kubeconfig,
                  "--config", str(stage.state / "catalogue.yaml"))
    screen.say("operator", f"evalscaler runs; its log: {stage.state}/log/evalscaler.log")


def wait_for(what: str, seconds: float, ready):
    """What `ready` returned once it was true."""
    end = time.monotonic() + seconds
    while not (value := ready()):
        if time.monotonic() > end:
            raise StageError(f"{what}: not there after {seconds} s")
        time.sleep(0.3)
    return value


def how_to_look(stage: Stage, namespace: str, name: str, passed: bool):
    plugin = f"{stage.build}/bin/kubectl-evalscaler"
    print(f"""The cluster is still up. Look at it:
  export KUBECONFIG={stage.kubeconfig} PATH={stage.build}/bin:{stage.kit}:$PATH
  kubectl get evsvc -A
  kubectl -n {namespace} describe evsvc {name}
  {plugin} explain {name} -n {namespace}
End it with: make demo-down
""" + ("" if passed else f"Logs: {stage.state}/log\n"))
