# SPDX-License-Identifier: Apache-2.0
"""What the cluster shows while the story runs: two watches, kept as a time line."""
import json
import threading



def objects(stream):
    """The JSON objects of `kubectl get --watch -o json`, which prints one after another."""
    decoder, text = json.JSONDecoder(), ""
    for chunk in iter(lambda: stream.read1(65536), b""):
        text += chunk.decode()
        while text := text.lstrip():
            try:
                item, end = decoder.raw_decode(text)
            except ValueError:
                break
            text = text[end:]
            yield item


def shortened(text: str, most: int = 170) -> str:
    return text if len(text) <= most else text[:most].rsplit(" ", 1)[0] + " ..."


class Observer:
    def __init__(self, stage, screen, namespace: str, workload: tuple, service: str):
        """`workload` is kind and name of what is scaled, `service` the EvaluationService."""
        self.screen = screen
        self.replicas = []    # (seconds, asked, ready), one entry per change
        self.decisions = []   # (seconds, record) of the operator, as status showed them
        self.conditions = {}     # type -> (status, reason)
        self.condition_log = []  # (seconds, type, status, reason)
        self._watches = [stage.watch(*workload, "-n", namespace),
                         stage.watch("evaluationservice", service, "-n", namespace)]
        for process, take in zip(self._watches, (self._workload, self._service)):
            threading.Thread(target=self._follow, args=(process, take), daemon=True).start()

    def stop(self):
        for process in self._watches:
            process.kill()
            process.wait()

    def asked(self) -> int:
        return self.replicas[-1][1] if self.replicas else 0

    def _follow(self, process, take):
        for item in objects(process.stdout):
            take(item)

    def _workload(self, item: dict):
        asked = item["spec"]["replicas"]
        ready = item.get("status", {}).get("readyReplicas", 0)
        now = self.screen.seconds()
        self.screen.chart.add(now, asked, ready)
        if self.replicas and self.replicas[-1][1:] == (asked, ready):
            return
        self.replicas.append((now, asked, ready))
        self.screen.say("replicas", f"{asked} asked for, {ready} ready")

    def _service(self, item: dict):
        status = item.get("status", {})
        for condition in status.get("conditions", []):
            self._condition(condition)
        for tier in status.get("tiers", []):
            self._tier(tier)
            record = tier.get("lastDecision")
            if record and (not self.decisions or self.decisions[-1][1] != record):
                self.decisions.append((self.screen.seconds(), record))
                change = (f"{record['from']} -> {record['to']}" if record["to"] != record["from"]
                          else f"hold at {record['from']}")
                why = record["message"].removeprefix(f"{tier['name']} {change}: ")
                why = why.removeprefix(f"{tier['name']} holds at {record['from']}: ")
                self.screen.say("decision", f"{tier['name']} {change}  {record['reason']}: "
                                            f"{shortened(why)}")

    def _tier(self, tier: dict):
        """For stories that look at more of a tier than its decisions."""

    def _condition(self, condition: dict):
        """Kept when its status or reason changes, told when its status does."""
        kind, shown = condition["type"], (condition["status"], condition["reason"])
        before = self.conditions.get(kind, ("", ""))
        if before == shown:
            return
        self.conditions[kind] = shown
        self.condition_log.append((self.screen.seconds(), kind, *shown))
        if kind in ("Ready", "ScalingActive") and before[0] != shown[0]:
            self.screen.say("condition", f"{kind}={shown[0]} {shown[1]}")
