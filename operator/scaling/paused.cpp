// SPDX-License-Identifier: Apache-2.0
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

using Which = Pause::Which;

std::optional<Verdict> paused(const Situation& situation, Replicas proposed) {
  const Pause& pause = situation.inputs->guards.pause;
  if (situation.inputs->mode == api::Mode::Paused) {
    return Verdict{proposed, reasons::kPaused,
                   "spec.mode is Paused; set it to Auto or DryRun to go on", Then::Stop};
  }
  if (pause.which != Which::Everything) return std::nullopt;
  return Verdict{proposed, reasons::kPaused, pause.why, Then::Stop};
}

std::optional<Verdict> paused_direction(const Situation& situation, Replicas proposed) {
  const Pause& pause = situation.inputs->guards.pause;
  const Replicas current = situation.current();
  const bool up = proposed > current;
  if (proposed == current || pause.which != (up ? Which::Up : Which::Down)) return std::nullopt;
  return Verdict{current, up ? reasons::kScaleUpPaused : reasons::kScaleDownPaused,
                 pause.why + "; it would go to " + std::to_string(proposed)};
}

}  // namespace evalscaler::scaling
