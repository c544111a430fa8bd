// SPDX-License-Identifier: Apache-2.0
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {

std::optional<Verdict> paused(const Situation& situation, Replicas proposed) {
  if (situation.inputs->mode != api::Mode::Paused) return std::nullopt;
  return Verdict{proposed, reasons::kPaused,
                 "spec.mode is Paused; set it to Auto or DryRun to go on", Then::Stop};
}

}  // namespace evalscaler::scaling
