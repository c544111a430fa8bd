// SPDX-License-Identifier: Apache-2.0
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

using Which = Pause::Which;

std::optional<Verdict> paused(const Situation& situation, Replicas proposed) {
  const bool by_mode = situation.inputs->mode == api::Mode::Paused;
  if (!by_mode && situation.inputs->guards.pause.which != Which::Everything) return std::nullopt;
  return Verdict{proposed, reasons::kPaused, Then::Stop};
}

std::string say_paused(const Situation& situation, const Ruling& /*ruling*/) {
  if (situation.inputs->mode != api::Mode::Paused) return situation.inputs->guards.pause.why;
  return "spec.mode is Paused; set it to Auto or DryRun to go on";
}

std::optional<Verdict> paused_direction(const Situation& situation, Replicas proposed) {
  const Which which = situation.inputs->guards.pause.which;
  const Replicas current = situation.current();
  const bool up = proposed > current;
  if (proposed == current || which != (up ? Which::Up : Which::Down)) return std::nullopt;
  return Verdict{current, up ? reasons::kScaleUpPaused : reasons::kScaleDownPaused};
}

std::string say_paused_direction(const Situation& situation, const Ruling& ruling) {
  return situation.inputs->guards.pause.why + "; it would go to " + std::to_string(ruling.from);
}

}  // namespace evalscaler::scaling
