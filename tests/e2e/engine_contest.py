# SPDX-License-Identifier: Apache-2.0
"""Somebody else sets the replicas: a person once, a loop of kubectl, a HorizontalPodAutoscaler."""
import threading

from engine_act import HIGH, INTERVAL, LOW, threshold

HPA = "/apis/autoscaling/v2/namespaces/{}/horizontalpodautoscalers"
QUIET = 25      # seconds for which silence is watched


class KubectlLoop:
    """`kubectl scale --replicas=N` every three seconds, whatever has happened."""

    def __init__(self, act, count):
        self.act, self.count, self.over = act, count, threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        while not self.over.wait(3):
            self.act.kubectl("scale", "deployment/web", f"--replicas={self.count}")

    def end(self):
        self.over.set()
        self.thread.join()


def kubectl_loop(act):
    """One write of kubectl is accepted; who undoes our changes again and again is not fought."""
    act.deployment("web", 4)
    act.settled(4)
    act.service(**threshold(up=10, down=600))
    act.rounds(3)
    act.kubectl("scale", "deployment/web", "--replicas=5")
    act.wait("the change is seen", 10, lambda: act.replicas() == 5)
    changed = act.trace.changes()[-1][0]
    act.say("a person scales 4 -> 5; the readings ask for more")
    act.prometheus.value = HIGH
    act.wait("a scale-up from there", 60, lambda: act.replicas() == 6)
    waited = act.trace.changes()[-1][0] - changed
    act.expect(f"scaled up {waited:.1f} s after the foreign write, cooldown 10 s", waited > 8.9)
    act.expect(f"contested after one write: {act.condition('AbleToScale')}",
               act.condition("AbleToScale").get("status") == "True")
    act.say(f"5 was taken as it is and started the cooldown: 5 -> 6 came {waited:.0f} s later")
    loop = KubectlLoop(act, 5)
    try:
        act.say("from now on a loop sets it to 5 every 3 s")
        contested = act.wait("the condition", 150,
                             lambda: act.says("AbleToScale", "False", "Contested"))
        act.expect(f"the condition does not name kubectl: {contested['message']}",
                   "kubectl" in contested["message"])
        act.say(f"AbleToScale=False Contested: {contested['message']}")
        stands_back(act, "the loop goes on")
        act.expect(f"{len(act.our_writes())} writes of ours, not 3: {act.story_of()}",
                   len(act.our_writes()) == 3)
    finally:
        loop.end()
    act.change_tier(maxReplicas=9)
    act.wait("it goes on", 60, lambda: act.replicas() == 6)
    act.say(f"the loop has ended and the spec was changed: 5 -> 6; in all {act.story_of()}")


def stands_back(act, meanwhile, name="web"):
    """No write of ours for a while; the audit log is asked."""
    before = len(act.our_writes(name))
    act.holds("not scaled by us", QUIET, lambda: len(act.our_writes(name)) == before)
    act.say(f"{meanwhile}, the load is high, and for {QUIET} s nothing was written by us; "
            f"the audit log has {before} scalings of ours")


def autoscaler(act, least, most):
    act.api.create(HPA.format(act.space), {
        "apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "web-by-cpu"}, "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
            "minReplicas": least, "maxReplicas": most}})


def hpa_seen(act):
    """An HPA on the same target: nothing is written at all, and it is named; when it goes, the
    service goes on."""
    act.deployment("web", 4)
    act.settled(4)
    autoscaler(act, 6, 8)
    act.service(**threshold())
    act.prometheus.value = LOW
    found = act.wait("the condition", 60,
                     lambda: act.says("AbleToScale", "False", "OtherAutoscaler"))
    act.expect(f"the HPA is not named: {found['message']}", "web-by-cpu" in found["message"])
    act.say(f"AbleToScale=False OtherAutoscaler: {found['message']}")
    act.wait("the HPA raises to its minimum", 60, lambda: act.replicas() == 6)
    act.rounds(4)
    act.expect(f"written to: {act.story_of()}", not act.our_writes())
    act.say(f"readings ask for fewer; replicas were {act.story_of()}; no scaling of ours")
    act.api.delete(f"{HPA.format(act.space)}/web-by-cpu")
    act.wait("it goes on", 60, lambda: act.replicas() == 5)
    act.expect(f"not ours: {act.story_of()}", len(act.our_writes()) >= 1)
    act.say("the HPA was deleted: 6 -> 5 by evalscaler, without a restart")


def hpa_unseen(act):
    """The same, without the right to see HPAs: then it is known by what it does."""
    act.deployment("web", 4)
    act.settled(4)
    autoscaler(act, 1, 4)
    act.service(**threshold(up=INTERVAL, down=600))
    act.rounds(2)
    act.prometheus.value = HIGH
    contested = act.wait("the condition", 180,
                         lambda: act.says("AbleToScale", "False", "Contested"))
    act.expect(f"the manager is not named: {contested['message']}",
               "kube-controller-manager" in contested["message"])
    act.say(f"AbleToScale=False Contested: {contested['message']}")
    stands_back(act, "the HPA still wants at most 4")
    act.expect(f"{len(act.our_writes())} writes of ours, not 3: {act.story_of()}",
               len(act.our_writes()) == 3)
    log = act.operator.log_text()
    told = [line for line in log.splitlines() if "horizontalpodautoscalers" in line]
    act.expect(f"the missing right is told {len(told)} times", 1 <= len(told) <= 3)
    act.say(f"replicas were {act.story_of()}")
    act.say(f"the operator's log: {told[0][:150]}")
