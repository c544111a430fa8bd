// SPDX-License-Identifier: Apache-2.0
// What holds for every input of one decision: generated specs, readings, histories and guards.
#include <gtest/gtest.h>

#include <algorithm>

#include "any_scene.hpp"
#include "checked_property.hpp"
#include "scaling/behavior.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::scaling {
namespace {

using Which = Pause::Which;

TEST(DecideProperty, NothingHappensToWhatIsNotOursToScale) {
  check("hands off", 3000, [] {
    Scene scene = any_scene();
    if (!hands_off(scene)) return;
    RC_ASSERT(scene.decide().direction() == Direction::Hold);
  });
}

TEST(DecideProperty, OneReversalIsNoContest) {
  Scene scene;
  scene.metric("a", 70, 30, 90).inputs.guards.contest =
      api::Contest{"kubectl", {Scene::noon()}, std::nullopt};
  EXPECT_EQ(scene.decide().to, 8);
}

TEST(DecideProperty, ResultIsAlwaysWithinBounds) {
  check("within bounds", 3000, [] {
    Scene scene = any_scene();
    if (hands_off(scene)) return;
    const Replicas current = scene.inputs.target.spec_replicas;
    const Which paused = scene.inputs.guards.pause.which;
    const Replicas to = scene.decide().to;
    const bool may_stay_below = paused == Which::Up && current < scene.tier.min_replicas;
    RC_ASSERT(to >= scene.tier.min_replicas || (may_stay_below && to == current));
    // Above a lowered maximum behavior sets the pace, and pausing down ends it; never upwards.
    const bool may_stay_above =
        current > scene.tier.max_replicas && (scene.tier.behavior || paused == Which::Down);
    RC_ASSERT(to <= scene.tier.max_replicas || (may_stay_above && to <= current));
  });
}

TEST(DecideProperty, NeverDownOnAReadingThatIsNotFresh) {
  check("never down while blind", 3000, [] {
    Scene scene = any_scene();
    const bool whole = keeps_fresh_streak(scene.tier, scene.inputs.readings);
    if (whole && scene.inputs.target.ready_replicas > 0 && scene.inputs.fresh_streak >= 3) return;
    // But to a maximum that its user lowered.
    const Replicas kept = std::min(scene.inputs.target.spec_replicas, scene.tier.max_replicas);
    RC_ASSERT(scene.decide().to >= kept);
  });
}

TEST(DecideProperty, NeverDownDuringARolloutOrAnOutageOfPods) {
  check("never down while it moves", 3000, [] {
    Scene scene = any_scene();
    const Guards& guards = scene.inputs.guards;
    const auto young = [&](const WallTime& since) {
      return scene.inputs.now - since < std::chrono::minutes(10);
    };
    const api::Rollout rollout = scene.inputs.target.rollout;
    const bool rolls = rollout == api::Rollout::Running ||
                       (rollout != api::Rollout::Settled && young(*guards.rollout_since));
    const bool dropped = guards.population_drop && young(guards.population_drop->since);
    if (!rolls && !dropped) return;
    RC_ASSERT(scene.decide().to >=
              std::min(scene.inputs.target.spec_replicas, scene.tier.max_replicas));
  });
}

// Old proposals are no readings: without any, only the bounds and fallback move a tier.
TEST(DecideProperty, NothingFreshMeansNothingMoves) {
  check("blind", 3000, [] {
    Scene scene = any_scene();
    scene.tier.fallback.reset();
    for (Reading& reading : scene.inputs.readings) reading = Reading::missing("m");
    const Replicas current = scene.inputs.target.spec_replicas;
    if (current < scene.tier.min_replicas || current > scene.tier.max_replicas) return;
    RC_ASSERT(scene.decide().to == current);
  });
}

// The bounds and fallback are no steps of the policy.
bool stays_inside(const Scene& scene, Replicas to) {
  const Replicas current = scene.inputs.target.spec_replicas;
  return current >= scene.tier.min_replicas && current <= scene.tier.max_replicas &&
         !(scene.tier.fallback && to == scene.tier.fallback->replicas);
}

TEST(DecideProperty, AThresholdStepIsNoLargerThanItsSpecSays) {
  check("steps", 3000, [] {
    Scene scene = any_scene();
    if (!scene.tier.threshold) return;
    const Decision decision = scene.decide();
    if (!stays_inside(scene, decision.to)) return;
    const api::ScaleUpRule& up = scene.policy().scale_up;
    RC_ASSERT(decision.from - decision.to <= scene.policy().scale_down.step);
    const Replicas most = up.max_step.value_or(up.proportional_step ? 1'000'000 : up.step);
    RC_ASSERT(decision.to - decision.from <= most);
  });
}

TEST(DecideProperty, ACooldownIsObeyed) {
  check("cooldowns", 3000, [] {
    Scene scene = any_scene();
    if (!scene.tier.threshold) return;
    const Decision decision = scene.decide();
    const Replicas current = decision.from;
    if (current < scene.tier.min_replicas || current > scene.tier.max_replicas) return;
    const auto blocks = [&](const std::optional<WallTime>& last, std::chrono::seconds wait) {
      return last && scene.inputs.now - *last < wait;
    };
    const History& history = scene.inputs.history;
    const api::ThresholdPolicy& policy = scene.policy();
    const bool shared = policy.cooldown == api::CooldownKind::Shared;
    const auto up = policy.scale_up.cooldown;
    const auto down = policy.scale_down.cooldown;
    if (blocks(history.last_scale_up, up) || (shared && blocks(history.last_scale_down, up))) {
      RC_ASSERT(decision.to <= current);
    }
    if (blocks(history.last_scale_up, down) || blocks(history.last_scale_down, down)) {
      RC_ASSERT(decision.to >= current);
    }
  });
}

TEST(DecideProperty, ARateLimitIsObeyed) {
  check("rates", 3000, [] {
    Scene scene = any_scene();
    const Decision decision = scene.decide();
    if (decision.from < scene.tier.min_replicas) return;  // to the minimum at once
    if (decision.direction() == Direction::Up) {
      RC_ASSERT(decision.to <= rate_limit(scene.built(), Direction::Up));
    }
    const bool to_maximum = decision.from > scene.tier.max_replicas && !scene.tier.behavior;
    if (decision.direction() == Direction::Down && !to_maximum) {
      RC_ASSERT(decision.to >= rate_limit(scene.built(), Direction::Down));
    }
  });
}

// More load on one metric, everything else as it was. Within one decision this holds without an
// exception; over several it cannot (AnEarlierStepCanEndLower below).
TEST(DecideProperty, MoreLoadNeverLowersTheResult) {
  check("monotonous", 6000, [] {
    Scene scene = any_scene();
    const auto index = *rc::gen::inRange<std::size_t>(0, scene.inputs.readings.size());
    Reading& reading = scene.inputs.readings[index];
    if (!reading.fresh()) reading = Reading::fresh_value(any_value());
    const Replicas before = scene.decide().to;
    const double more = static_cast<double>(*rc::gen::inRange(0, 1500)) / 10;
    const bool lower_is_worse = api::metric_demand(scene.tier, index).worse == api::Worse::Lower;
    reading.value += lower_is_worse ? -more : more;
    RC_ASSERT(scene.decide().to >= before);
  });
}

// A busier service scales up early and then waits for its cooldown; the calmer one scales up
// later and by more. Its load being lower all the time, it ends with more replicas.
TEST(DecideProperty, AnEarlierStepCanEndLower) {
  Scene busy;
  Scene calm;
  for (Scene* scene : {&busy, &calm}) {
    scene->replicas(10).metric("a", 70, 30, 71).policy().scale_up.proportional_step = true;
    scene->policy().scale_up.step = 1;
  }
  calm.inputs.readings[0].value = 70;
  ASSERT_EQ(busy.decide().to, 11);
  ASSERT_EQ(calm.decide().to, 10);
  busy.replicas(11).scaled_up(std::chrono::seconds(15));
  busy.inputs.readings[0].value = 141;
  calm.inputs.readings[0].value = 140;
  EXPECT_EQ(busy.decide().to, 11);
  EXPECT_EQ(calm.decide().to, 20);
}

TEST(DecideProperty, SameInputSameBytes) {
  check("deterministic", 1000, [] {
    Scene scene = any_scene();
    Scene copy = scene;
    const Decision first = scene.decide();
    const Decision second = copy.decide();
    RC_ASSERT(first.to == second.to);
    RC_ASSERT(first.reason == second.reason);
    RC_ASSERT(first.message == second.message);
    RC_ASSERT(first.steps == second.steps);
  });
}

// A situation that was used before leaves nothing behind.
TEST(DecideProperty, AUsedSituationDecidesAsANewOne) {
  check("reuse", 1000, [] {
    Scene earlier = any_scene();
    Scene scene = any_scene();
    Situation used = assess(earlier.built());
    decide(used);
    assess(scene.built(), used);
    const Outcome outcome = decide(used);
    const Decision decision = scene.decide();
    RC_ASSERT(outcome.to == decision.to);
    RC_ASSERT(outcome.proposal == decision.proposal);
    RC_ASSERT(in_words(used, outcome).message == decision.message);
  });
}

TEST(DecideProperty, StepsLeadFromTheFirstNumberToTheLastAndSayWhy) {
  check("steps are a chain", 2000, [] {
    Scene scene = any_scene();
    const Decision decision = scene.decide();
    Replicas at = decision.from;
    for (const api::Step& step : decision.steps) {
      RC_ASSERT(step.from == at);
      RC_ASSERT(!step.reason.empty());
      RC_ASSERT(!step.message.empty());
      at = step.to;
    }
    RC_ASSERT(at == decision.to);
    RC_ASSERT(!decision.steps.empty() || decision.from == decision.to);
    if (!decision.steps.empty()) RC_ASSERT(decision.reason == decision.steps.back().reason);
  });
}

}  // namespace
}  // namespace evalscaler::scaling
