// SPDX-License-Identifier: Apache-2.0
// ScriptedPlans: a target that is changed by plans, which go as the test says. Remembers with
// which intent and journal it was asked.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "targets/planned_target.hpp"

namespace evalscaler::reconcile {

inline constexpr std::chrono::milliseconds kTurnTime{250};

class ScriptedPlans final : public targets::PlannedTarget {
 public:
  Result<api::TargetObservation> observe(const ObjectKey&, const std::stop_token&) override {
    if (unseen) return *unseen;
    return pods;
  }
  Result<targets::Replicas> step_towards(const ObjectKey&, const api::TargetObservation&,
                                         targets::Replicas, const std::stop_token&) override {
    return fail(ErrorKind::Invalid, "by plans only");
  }
  Result<targets::PlanTurn> begin(const targets::PlanRequest& request, targets::Replicas wanted,
                                  std::string plan_id, const std::stop_token&) override {
    begun.push_back(wanted);
    targets::PlanTurn turn;
    turn.plan = plan(std::move(plan_id), refusal.empty() ? "j0" : "");
    turn.plan->to = wanted;
    turn.plan->started = request.now;
    turn.plan->reason = refusal;
    turn.plan->message = refusal.empty() ? "" : "node #2 is unreachable";
    return turn;
  }
  Result<api::PlanPreview> preview(const targets::PlanRequest&, targets::Replicas,
                                   const std::stop_token&) override {
    return api::PlanPreview{};
  }
  Result<targets::PlanTurn> take_turn(const targets::PlanRequest&, const api::PlanStatus& written,
                                      targets::PlanIntent intent, const std::stop_token&) override {
    turns.push_back(written.journal + (intent == targets::PlanIntent::Stop ? " stop" : ""));
    if (const auto now = std::exchange(meanwhile, nullptr)) now();
    if (broken) return *broken;
    if (next.empty()) return targets::PlanTurn{};
    targets::PlanTurn turn{written, kTurnTime};
    turn.plan->journal = std::exchange(next.front(), "");
    turn.plan->reason = holds;
    turn.plan->progress.slots_moved = written.progress.slots_moved + 100;
    next.pop_front();
    return turn;
  }

  static api::PlanStatus plan(std::string id, std::string journal) {
    api::PlanStatus out;
    out.id = std::move(id);
    out.phase = "MoveSlots";
    out.from = 3;
    out.to = 4;
    out.journal = std::move(journal);
    return out;
  }

  api::TargetObservation pods;
  std::optional<Error> unseen;
  std::vector<targets::Replicas> begun;
  std::vector<std::string> turns;
  std::deque<std::string> next;  // journals that turns return; none left: the plan is over
  std::string refusal;           // begin() has a plan without a journal
  std::string holds;             // the reason of turns that do not get on
  std::optional<Error> broken;
  std::function<void()> meanwhile;
};

}  // namespace evalscaler::reconcile
