# SPDX-License-Identifier: Apache-2.0
"""What the status tells of a plan, kept as a time line and told as it goes."""
from observer import Observer, shortened


class PlanObserver(Observer):
    def __init__(self, *arguments):
        self.plans = []        # one list for each plan: (seconds, plan as in status)
        self.under_way = None  # id of the plan that is not over yet
        super().__init__(*arguments)

    def _tier(self, tier: dict):
        plan, now = tier.get("plan"), self.screen.seconds()
        if plan is None:
            if self.under_way:
                began = self.plans[-1][0]
                self.screen.say("plan", f"{began[1]['from']} -> {began[1]['to']} shards: done after "
                                        f"{now - began[0]:.0f} s")
            self.under_way = None
            return
        if plan["id"] != self.under_way:
            self.plans.append([])
            self.screen.say("plan", f"{plan['from']} -> {plan['to']} shards begins")
        before = self.plans[-1][-1][1] if self.plans[-1] else {}
        self.plans[-1].append((now, plan))
        self.under_way = plan["id"]
        shown = ("phase", "reason", "progress")
        if any(plan.get(key) != before.get(key) for key in shown):
            self.screen.say("plan", self._line(plan))

    @staticmethod
    def _line(plan: dict) -> str:
        text, progress = f"{plan['phase']:<13}", plan.get("progress", {})
        if plan["phase"] == "MoveSlots" and progress.get("slotsTotal"):
            megabytes = progress.get("bytesMoved", 0) / 1e6
            text += (f" {progress.get('slotsMoved', 0)} of {progress['slotsTotal']} slots, "
                     f"{progress.get('keysMoved', 0)} keys, {megabytes:.1f} MB")
            if "slotsPerSecond" in progress:
                text += f", {progress['slotsPerSecond']} slots/s"
            if "etaSeconds" in progress:
                text += f", {progress['etaSeconds']} s left"
        elif plan.get("message"):
            text += " " + shortened(plan["message"], 120)
        return text
