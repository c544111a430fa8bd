// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

// Blind for long enough: at least so many replicas. It never takes any away.
std::optional<Verdict> fallback(const Situation& situation, Replicas proposed) {
  const auto& rule = situation.tier().fallback;
  const auto& since = situation.inputs->guards.unavailable_since;
  if (!rule || !since || situation.any_fresh() || proposed >= rule->replicas) return std::nullopt;
  if (situation.inputs->now - *since < rule->after) return std::nullopt;
  return Verdict{rule->replicas, reasons::kFallback};
}

std::string say_fallback(const Situation& situation, const Ruling& ruling) {
  const auto after = situation.tier().fallback.value_or(api::Fallback{}).after;
  return "no reading has been fresh for " + duration_text(after) +
         " or longer, fallback.replicas is " + std::to_string(ruling.to);
}

}  // namespace evalscaler::scaling
