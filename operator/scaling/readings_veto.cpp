// SPDX-License-Identifier: Apache-2.0
#include "scaling/explain.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

// Whether the quorum would be reached if every reading that vetoes were low: then it is they,
// and not the load, that keep the tier as large as it is.
bool only_readings_hold(const Situation& situation) {
  if (!situation.tier().threshold || situation.any_beyond() || situation.down_fires()) return false;
  int possible = situation.low;
  for (const MetricView& view : situation.metrics) {
    possible += view.votes_down && view.vetoes_down ? 1 : 0;
  }
  return situation.current() > situation.tier().min_replicas &&
         possible >=
             votes_needed(situation.tier().threshold->scale_down.quorum.value, situation.voters);
}

}  // namespace

// A reading that is not fresh is never taken for a low one; going up needs no more than one
// fresh reading, going down needs all of them, three times in a row, and a pod that is ready.
std::optional<Verdict> readings_veto(const Situation& situation, Replicas proposed) {
  const Replicas current = situation.current();
  if (!situation.metrics.empty() && !situation.any_fresh()) {
    return Verdict{current, reasons::kMetricsUnavailable};
  }
  const bool down = proposed < current;
  if (situation.any_vetoes() && (down || (proposed == current && only_readings_hold(situation)))) {
    return Verdict{current, reasons::kScaleDownVetoed};
  }
  if (!down) return std::nullopt;
  if (situation.inputs->target.ready_replicas <= 0) {
    return Verdict{current, reasons::kNoReadyReplicas};
  }
  if (situation.inputs->fresh_streak < kFreshStreakForDown) {
    return Verdict{current, reasons::kFreshStreakIncomplete};
  }
  return std::nullopt;
}

std::string say_readings_veto(const Situation& situation, const Ruling& ruling) {
  if (ruling.reason == reasons::kMetricsUnavailable) {
    return "no reading is fresh: " + first_few(unfresh(situation, Unfresh::Any), ", ") +
           "; one fresh reading lets it go up, all of them let it go down";
  }
  if (ruling.reason == reasons::kScaleDownVetoed) {
    return "no scale-down while a reading is not fresh: " +
           first_few(unfresh(situation, Unfresh::Vetoing), ", ");
  }
  if (ruling.reason == reasons::kNoReadyReplicas) return "no scale-down while nothing is ready";
  return streak_text(*situation.inputs);
}

}  // namespace evalscaler::scaling
