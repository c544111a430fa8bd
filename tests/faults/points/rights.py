# SPDX-License-Identifier: Apache-2.0
"""Rights that are enough, that are missing, that go and come back."""
import functools
import time

from objects import HIGH
from points.credentials import watches_are_back
from registry import Point, add, point
from world import Failure

ROLES = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/roles"
BINDINGS = "/apis/rbac.authorization.k8s.io/v1/namespaces/{}/rolebindings"
RULES = {
    "services": ("evalscaler.io", "evaluationservices", ["get", "list", "watch"]),
    "status": ("evalscaler.io", "evaluationservices/status", ["patch"]),
    "deployments": ("apps", "deployments", ["get", "list", "watch"]),
    "scale": ("apps", "deployments/scale", ["get", "patch"]),
    "stateful-sets": ("apps", "statefulsets", ["get", "list", "watch"]),
    "stateful-scale": ("apps", "statefulsets/scale", ["get", "patch"]),
    "autoscalers": ("autoscaling", "horizontalpodautoscalers", ["list", "watch"]),
    "events": ("events.k8s.io", "events", ["create", "patch"]),
}


class Rights:
    """The operator is a user with just a Role; what manifests/rbac.yaml gives, by name."""

    def __init__(self, world):
        self.world, self.user = world, "operator-" + world.space
        self.roles, self.bindings = (path.format(world.space) for path in (ROLES, BINDINGS))
        world.cluster.command("user", self.user)
        self.api("POST", self.roles, self.role(()))
        self.bind()
        world.proxy.upstream = type(world.proxy.upstream)(
            world.cluster.state / f"{self.user}.kubeconfig")

    def api(self, method, path, body=None):
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        return self.world.api.call(method, path, body, kind)

    def role(self, without):
        rules = [{"apiGroups": [group], "resources": [resource], "verbs": verbs}
                 for key, (group, resource, verbs) in RULES.items() if key not in without]
        return {"metadata": {"name": "operator"}, "rules": rules}

    def bind(self):
        self.api("POST", self.bindings, {
            "metadata": {"name": "operator"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role",
                        "name": "operator"},
            "subjects": [{"kind": "User", "name": self.user,
                          "apiGroup": "rbac.authorization.k8s.io"}]})
        time.sleep(1)

    def revoke(self):
        self.api("DELETE", f"{self.bindings}/operator")
        self.world.proxy.cut_all()

    def take(self, *keys):
        self.api("PATCH", f"{self.roles}/operator", {"rules": self.role(keys)["rules"]})
        time.sleep(1)

    def refusals(self):
        return [each for each in self.world.recording.all() if each.status == 403]


@point("rights-are-enough", "rights")
def rights_are_enough(world):
    rights = Rights(world)
    world.story()
    if rights.refusals():
        raise Failure(f"refused: {rights.refusals()[0].path}")


@point("rights-revoked-and-restored", "rights", options={"patience": 90.0}, seconds=240)
def revoked(world):
    rights = Rights(world)
    world.start()
    world.rise()
    rights.revoke()
    time.sleep(8)
    if "is forbidden" not in world.operator.log_text():
        raise Failure("the log does not name the right that is missing")
    if len(rights.refusals()) > 30:
        raise Failure(f"{len(rights.refusals())} refused requests in 8 s")
    rights.bind()
    watches_are_back(world)
    world.fall()
    world.settle()


def without(world, key):
    """One right is missing at the scale-up and comes later."""
    rights = Rights(world)
    rights.take(key)
    world.prometheus.value = HIGH
    world.start()
    world.wait("a refused request", rights.refusals)
    time.sleep(8)
    if len(rights.refusals()) > 40:
        raise Failure(f"{len(rights.refusals())} refused requests")
    said = world.operator.log_text() + str(world.status())
    if "is forbidden" not in said and "cannot" not in said:
        raise Failure("neither log nor status names the right that is missing")
    rights.take()
    world.rise()
    world.fall()
    world.settle()


@point("rights-without-stateful-sets", "rights", limits={"lists": 8})
def without_stateful_sets(world):
    """A kind that no service scales keeps nothing from going on; it is said in the log."""
    rights = Rights(world)
    rights.take("stateful-sets")
    world.story()
    if "statefulsets" not in world.operator.log_text():
        raise Failure("the log does not name the right that is missing")
    if len(rights.refusals()) > 12:
        raise Failure(f"{len(rights.refusals())} refused requests")


@point("rights-without-deployments", "rights", options={"patience": 120.0}, seconds=300)
def without_deployments(world):
    """A service whose target may not be listed says so, and goes on once it may."""
    rights = Rights(world)
    rights.take("deployments")
    world.prometheus.value = HIGH
    world.start()
    world.wait("the condition that names the right", lambda: "grant list and watch on deployments"
               in world.condition("Ready").get("message", ""))
    rights.take()
    world.rise()
    world.fall()
    world.settle()


@point("rights-without-autoscalers", "rights", limits={"lists": 8})
def without_autoscalers(world):
    """Not to know of other autoscalers keeps nothing from going on; it is said in the log."""
    rights = Rights(world)
    rights.take("autoscalers")
    world.story()
    if "horizontalpodautoscalers" not in world.operator.log_text():
        raise Failure("the log does not name the right that is missing")
    if len(rights.refusals()) > 12:
        raise Failure(f"{len(rights.refusals())} refused requests")


# The others have a story of their own, or none: nothing needs the scale of a StatefulSet here.
OF_THEIR_OWN = {"autoscalers", "deployments", "stateful-sets", "stateful-scale"}
for right in sorted(RULES.keys() - OF_THEIR_OWN):
    add(Point(f"rights-without-{right}", "rights", run=functools.partial(without, key=right),
              options={"patience": 120.0}, seconds=300, limits={"writes": 60},
              sample=right == "scale"))
