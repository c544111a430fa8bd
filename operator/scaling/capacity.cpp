// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

Replicas missing(const Situation& situation) {
  return situation.current() - situation.inputs->target.ready_replicas;
}

// How long the replicas of the last scale-up still have to become ready.
std::chrono::microseconds patience(const Situation& situation, const api::ScaleUpRule& rule) {
  const auto& last_up = situation.inputs->history.last_scale_up;
  if (!last_up) return {};
  return rule.ready - (situation.inputs->now - *last_up);
}

}  // namespace

// Replicas that were asked for and are not ready yet have not had their effect on the readings.
std::optional<Verdict> capacity(const Situation& situation, Replicas proposed) {
  const api::Tier& tier = situation.tier();
  if (!tier.threshold || proposed <= situation.current()) return std::nullopt;
  const api::ScaleUpRule& rule = tier.threshold->scale_up;
  if (missing(situation) < rule.step || patience(situation, rule).count() <= 0) {
    return std::nullopt;
  }
  return Verdict{situation.current(), reasons::kCapacityPending};
}

std::string say_capacity(const Situation& situation, const Ruling& ruling) {
  const api::ScaleUpRule rule =
      situation.tier().threshold ? situation.tier().threshold->scale_up : api::ScaleUpRule{};
  const auto left = std::chrono::ceil<std::chrono::seconds>(patience(situation, rule));
  return std::to_string(missing(situation)) + " of " + std::to_string(situation.current()) +
         " replicas are not ready yet; going to " + std::to_string(ruling.from) +
         " waits for them, " + duration_text(left) + " at most";
}

}  // namespace evalscaler::scaling
