// SPDX-License-Identifier: Apache-2.0
// What holds for every input: generated specs, readings and histories.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <sstream>

#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

double any_value() {
  return static_cast<double>(*rc::gen::inRange(-10, 2000)) / 10;
}

Reading any_reading() {
  switch (*rc::gen::inRange(0, 8)) {
    case 0:
      return Reading::missing("m");
    case 1:
      return Reading::invalid("i");
    case 2:
      return Reading::immature("y");
    case 3: {
      Reading reading = Reading::fresh_value(any_value());
      reading.partial = true;
      return reading;
    }
    default:
      return Reading::fresh_value(any_value());
  }
}

api::ThresholdMetric any_metric(int index) {
  const double down = static_cast<double>(*rc::gen::inRange(0, 100));
  const double up = down + static_cast<double>(*rc::gen::inRange(1, 100));
  api::ThresholdMetric metric = Scene::higher("m" + std::to_string(index), up, down);
  if (*rc::gen::inRange(0, 4) == 0) {
    metric.worse = api::Worse::Lower;
    std::swap(metric.scale_up, metric.scale_down);
  }
  if (*rc::gen::inRange(0, 5) == 0) metric.scale_up.reset();
  if (*rc::gen::inRange(0, 5) == 0 && metric.scale_up) metric.scale_down.reset();
  metric.proportional = *rc::gen::arbitrary<bool>();
  if (*rc::gen::inRange(0, 4) == 0) metric.on_unavailable = api::OnUnavailable::Ignore;
  return metric;
}

Scene any_scene() {
  Scene scene;
  const auto min = *rc::gen::inRange<Replicas>(0, 20);
  scene.bounds(min, min + *rc::gen::inRange<Replicas>(0, 60));
  scene.replicas(*rc::gen::inRange<Replicas>(0, 100)).ready(*rc::gen::inRange<Replicas>(0, 100));
  const int count = *rc::gen::inRange(1, 6);
  for (int i = 0; i < count; ++i) scene.metric(any_metric(i), any_reading());
  api::ThresholdPolicy& policy = scene.policy();
  policy.scale_up.step = *rc::gen::inRange<Replicas>(1, 12);
  policy.scale_up.proportional_step = *rc::gen::arbitrary<bool>();
  policy.scale_up.trigger_score = {*rc::gen::inRange(0, 11) / 10.0};
  policy.scale_down.step = *rc::gen::inRange<Replicas>(1, 12);
  policy.scale_down.quorum = {*rc::gen::inRange(1, 11) / 10.0};
  policy.scale_down.allow_while_high = *rc::gen::arbitrary<bool>();
  if (*rc::gen::arbitrary<bool>()) policy.cooldown = api::CooldownKind::Shared;
  if (*rc::gen::arbitrary<bool>()) scene.scaled_up(std::chrono::seconds{*rc::gen::inRange(0, 600)});
  if (*rc::gen::arbitrary<bool>()) {
    scene.scaled_down(std::chrono::seconds{*rc::gen::inRange(0, 600)});
  }
  scene.inputs.fresh_streak = *rc::gen::inRange(0, 5);
  return scene;
}

bool switched_off(const Scene& scene) {
  return scene.inputs.target.spec_replicas == 0 && scene.tier.min_replicas > 0;
}

// Seeded, so that a run that passes passes again.
void check(const char* claim, void (*property)()) {
  rc::detail::TestParams params;
  params.seed = 20260101;
  params.maxSuccess = 500;
  const rc::detail::TestMetadata metadata{claim, claim};
  const auto result = rc::detail::checkTestable(property, metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) {
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    ADD_FAILURE() << text.str();
  }
}

TEST(DecideProperty, ResultIsAlwaysWithinBounds) {
  check("within bounds", [] {
    Scene scene = any_scene();
    if (switched_off(scene)) return;
    const Decision decision = scene.decide();
    RC_ASSERT(decision.to >= scene.tier.min_replicas);
    RC_ASSERT(decision.to <= scene.tier.max_replicas);
  });
}

TEST(DecideProperty, NeverDownOnAReadingThatIsNotFresh) {
  check("never down while blind", [] {
    Scene scene = any_scene();
    bool vetoed = false;
    for (std::size_t i = 0; i < scene.inputs.readings.size(); ++i) {
      vetoed = vetoed || (!scene.inputs.readings[i].fresh_enough_to_shrink() &&
                          scene.policy().metrics[i].on_unavailable == api::OnUnavailable::HoldDown);
    }
    if (!vetoed && scene.inputs.target.ready_replicas > 0 && scene.inputs.fresh_streak >= 3) return;
    const Replicas current = scene.inputs.target.spec_replicas;
    RC_ASSERT(scene.decide().to >= std::min(current, scene.tier.max_replicas));
  });
}

TEST(DecideProperty, AHigherReadingNeverLowersTheResult) {
  check("monotonous", [] {
    Scene scene = any_scene();
    const auto index = *rc::gen::inRange<std::size_t>(0, scene.inputs.readings.size());
    if (scene.policy().metrics[index].worse == api::Worse::Lower) return;
    scene.inputs.readings[index] = Reading::fresh_value(any_value());
    const Replicas before = scene.decide().to;
    scene.inputs.readings[index].value += *rc::gen::inRange(0, 300);
    RC_ASSERT(scene.decide().to >= before);
  });
}

TEST(DecideProperty, SameInputSameOutput) {
  check("deterministic", [] {
    Scene scene = any_scene();
    Scene copy = scene;
    const Decision first = scene.decide();
    const Decision second = copy.decide();
    RC_ASSERT(first.to == second.to);
    RC_ASSERT(first.message == second.message);
    RC_ASSERT(first.steps == second.steps);
  });
}

TEST(DecideProperty, StepsLeadFromTheFirstNumberToTheLast) {
  check("steps are a chain", [] {
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
  });
}

}  // namespace
}  // namespace evalscaler::scaling
