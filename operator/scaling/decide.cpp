// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <string>

#include "scaling/explain.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

enum class Role { Limits, Proposes };
constexpr Role kPolicy = Role::Proposes;

struct Stage {
  std::string_view name;
  Judge judge;
  Role role = Role::Limits;
};

constexpr std::array kStages{
    Stage{"switchedOff", switched_off},             // 0 by hand is an off switch
    Stage{"paused", paused},                        //
    Stage{"owner", owned_target},                   // somebody else's to scale
    Stage{"otherAutoscaler", other_autoscaler},     //
    Stage{"contest", contest},                      // never fight
    Stage{"threshold", threshold_policy, kPolicy},  // proposes
    Stage{"targetTracking", target_tracking, kPolicy},
    Stage{"readings", readings_veto},       // no going down on what is not known
    Stage{"fallback", fallback},            // blind for long: only ever up
    Stage{"capacity", capacity},            // what was asked for is still to come
    Stage{"rollout", rollout},              //
    Stage{"population", population},        // pods that vanished are no idle pods
    Stage{"cooldown", cooldown},            //
    Stage{"stabilization", stabilization},  // of `behavior`
    Stage{"rateLimit", rate_limits},        //
    Stage{"bounds", bounds},                // min and max, whatever the above said
    Stage{"pausedDirection", paused_direction},
    Stage{"coldStart", cold_start},  // the first look only observes
};

}  // namespace

Decision decide(const TierInputs& inputs) {
  Situation situation = assess(inputs);
  Decision decision;
  decision.from = decision.to = decision.proposal = situation.current();
  if (inputs.tier->threshold) decision.score = situation.score;
  for (const Stage& stage : kStages) {
    const std::optional<Verdict> verdict = stage.judge(situation, decision.to);
    if (!verdict) continue;
    decision.steps.push_back({std::string(stage.name), decision.to, verdict->to,
                              std::string(verdict->reason), verdict->message});
    decision.to = verdict->to;
    if (stage.role == Role::Proposes) situation.proposal = decision.proposal = verdict->to;
    if (verdict->then == Then::Stop) break;
  }
  decision.reason = decision.steps.empty() ? quiet_reason(situation) : decision.steps.back().reason;
  decision.message = explain(situation, decision);
  return decision;
}

}  // namespace evalscaler::scaling
