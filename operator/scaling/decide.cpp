// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <cassert>
#include <string>

#include "scaling/explain.hpp"
#include "scaling/reasons.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scaling {
namespace {

enum class Role { Limits, Proposes };
constexpr Role kPolicy = Role::Proposes;

struct Stage {
  std::string_view name;
  Judge judge;
  Say say;
  Role role = Role::Limits;
};

constexpr std::array kStages{
    Stage{"switchedOff", switched_off, say_switched_off},  // 0 by hand is an off switch
    Stage{"paused", paused, say_paused},
    Stage{"owner", owned_target, say_owned_target},  // somebody else's to scale
    Stage{"otherAutoscaler", other_autoscaler, say_other_autoscaler},
    Stage{"contest", contest, say_contest},                               // never fight
    Stage{"threshold", threshold_policy, say_threshold_policy, kPolicy},  // proposes
    Stage{"targetTracking", target_tracking, say_target_tracking, kPolicy},
    Stage{"readings", readings_veto, say_readings_veto},  // no going down on what is not known
    Stage{"fallback", fallback, say_fallback},            // blind for long: only ever up
    Stage{"capacity", capacity, say_capacity},            // what was asked for is still to come
    Stage{"rollout", rollout, say_rollout},
    Stage{"population", population, say_population},  // pods that vanished are no idle pods
    Stage{"cooldown", cooldown, say_cooldown},
    Stage{"stabilization", stabilization, say_stabilization},  // of `behavior`
    Stage{"rateLimit", rate_limits, say_rate_limits},
    Stage{"bounds", bounds, say_bounds},  // min and max, whatever the above said
    Stage{"pausedDirection", paused_direction, say_paused_direction},
    Stage{"coldStart", cold_start, say_cold_start},  // the first look only observes
};
static_assert(kStages.size() <= Rulings::kMost);

api::Step in_words(const Situation& situation, const Ruling& ruling) {
  const auto* stage = std::find_if(kStages.begin(), kStages.end(),
                                   [&](const Stage& each) { return each.name == ruling.stage; });
  assert(stage != kStages.end());
  return {std::string(ruling.stage), ruling.from, ruling.to, std::string(ruling.reason),
          stage->say(situation, ruling)};
}

}  // namespace

Outcome decide(Situation& situation) {
  Outcome out;
  out.from = out.to = out.proposal = situation.current();
  if (situation.tier().threshold) out.score = situation.score;
  for (const Stage& stage : kStages) {
    const std::optional<Verdict> verdict = stage.judge(situation, out.to);
    if (!verdict) continue;
    out.rulings.add({stage.name, out.to, verdict->to, verdict->reason});
    out.to = verdict->to;
    if (stage.role == Role::Proposes) situation.proposal = out.proposal = verdict->to;
    if (verdict->then == Then::Stop) break;
  }
  out.reason = out.rulings.empty() ? quiet_reason(situation) : out.rulings.back().reason;
  return out;
}

Decision in_words(const Situation& situation, const Outcome& outcome) {
  Decision decision;
  decision.from = outcome.from;
  decision.to = outcome.to;
  decision.reason = outcome.reason;
  decision.score = outcome.score;
  decision.proposal = outcome.proposal;
  decision.steps.reserve(outcome.rulings.size());
  for (const Ruling& ruling : outcome.rulings) {
    decision.steps.push_back(in_words(situation, ruling));
  }
  decision.message = explain(situation, decision);
  return decision;
}

Decision decide(const TierInputs& inputs) {
  Situation situation = assess(inputs);
  const Outcome outcome = decide(situation);
  return in_words(situation, outcome);
}

namespace {

// A policy refuses nothing, but for the step back that would flap.
bool obstructs(const Stage& stage, const Verdict& verdict, Direction direction, Replicas asked) {
  if (stage.role == Role::Proposes) {
    return direction == Direction::Down && verdict.reason == reasons::kWouldFlap;
  }
  const bool passes = direction == Direction::Up ? verdict.to >= asked : verdict.to <= asked;
  return !passes || verdict.then == Then::Stop;
}

}  // namespace

// What is asked for is one replica, so that a stage that lets some of it pass is no obstacle. The
// bounds are none: they are the first thing a way out names.
std::vector<api::Step> in_the_way(const TierInputs& inputs, Direction direction) {
  Situation situation = assess(inputs);
  const Replicas current = situation.current();
  const Replicas asked = direction == Direction::Up ? current + 1 : current - 1;
  situation.proposal = asked;
  std::vector<api::Step> steps;
  for (const Stage& stage : kStages) {
    if (stage.judge == bounds || asked < 0) continue;
    const std::optional<Verdict> verdict = stage.judge(situation, asked);
    if (!verdict || !obstructs(stage, *verdict, direction, asked)) continue;
    // Those that stop everything say nothing of the number; nothing moves all the same.
    const Replicas left = verdict->to == asked ? current : verdict->to;
    steps.push_back(in_words(situation, {stage.name, asked, left, verdict->reason}));
  }
  return steps;
}

std::vector<std::string_view> stage_names() {
  std::vector<std::string_view> names;
  names.reserve(kStages.size());
  for (const Stage& stage : kStages) names.push_back(stage.name);
  return names;
}

}  // namespace evalscaler::scaling
