// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "scaling/explain.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

struct Stage {
  std::string_view name;
  Judge judge;
};

constexpr std::array kStages{
    Stage{"switchedOff", switched_off},    // 0 by hand is an off switch
    Stage{"paused", paused},               //
    Stage{"threshold", threshold_policy},  // proposes
    Stage{"readings", readings_veto},      // no going down on what is not known
    Stage{"cooldown", cooldown},           //
    Stage{"bounds", bounds},               // min and max, whatever the above said
    Stage{"coldStart", cold_start},        // the first look only observes
};

}  // namespace

Decision decide(const TierInputs& inputs) {
  const Situation situation = assess(inputs);
  Decision decision;
  decision.from = decision.to = situation.current();
  if (inputs.tier->threshold) decision.score = situation.score;
  for (const Stage& stage : kStages) {
    const std::optional<Verdict> verdict = stage.judge(situation, decision.to);
    if (!verdict) continue;
    decision.steps.push_back({std::string(stage.name), decision.to, verdict->to,
                              std::string(verdict->reason), verdict->message});
    decision.to = verdict->to;
    if (verdict->then == Then::Stop) break;
  }
  decision.reason = decision.steps.empty() ? quiet_reason(situation) : decision.steps.back().reason;
  decision.message = explain(situation, decision);
  return decision;
}

}  // namespace evalscaler::scaling
