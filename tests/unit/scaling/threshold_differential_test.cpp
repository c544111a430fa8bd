// SPDX-License-Identifier: Apache-2.0
// threshold against a second, plain implementation in whole numbers, over random services that
// live for a while: numbers and reasons.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "plain_threshold.hpp"
#include "random_source.hpp"
#include "scaling/decision.hpp"
#include "scaling/evaluation_memory.hpp"
#include "scaling/reasons.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

double tenths(long value) {
  return static_cast<double>(value) / 10;
}
Quantity hundredths(long value) {
  return Quantity{static_cast<double>(value) / 100};
}
Replicas count(long value) {
  return static_cast<Replicas>(value);
}

plain::Gauge any_gauge(RandomSource& random) {
  plain::Gauge gauge;
  gauge.lower_is_worse = random.chance(2);
  const long low = random.whole(0, 500);
  const long high = low + random.whole(1, 700);
  gauge.up = gauge.lower_is_worse ? low : high;
  gauge.down = gauge.lower_is_worse ? high : low;
  if (!gauge.lower_is_worse && random.whole(1, 20) == 1) {
    gauge.up = 0;  // one-sided: nothing is below zero
    gauge.down.reset();
  } else if (random.whole(1, 8) == 1) {
    (random.chance(5) ? gauge.up : gauge.down).reset();
  }
  gauge.proportional = random.chance(5);
  gauge.ignorable = random.chance(2);
  return gauge;
}

plain::PlainThreshold any_rules(RandomSource& random) {
  plain::PlainThreshold rules;
  rules.min = random.whole(0, 6);
  rules.max = std::max(rules.min, 1L) + random.whole(0, 40);
  rules.up_step = random.whole(1, 6);
  rules.down_step = random.whole(1, 4);
  rules.up_wait = random.chance(3) ? 0 : random.whole(0, 300);
  rules.down_wait = random.chance(3) ? 0 : random.whole(0, 300);
  rules.trigger = random.chance(5) ? 0 : random.whole(1, 100);
  rules.quorum = random.whole(1, 100);
  rules.shared = random.chance(5);
  rules.while_high = random.chance(4);
  rules.proportional_step = random.chance(4);
  if (rules.proportional_step && random.chance(5)) {
    rules.max_step = rules.up_step + random.whole(0, 10);
  }
  rules.ready_patience = random.whole(0, 240);
  if (random.chance(3)) {
    rules.fallback = random.whole(1, rules.max);
    rules.fallback_after = random.whole(0, 200);
  }
  const long gauges = random.whole(1, 5);
  for (long i = 0; i < gauges; ++i) rules.gauges.push_back(any_gauge(random));
  return rules;
}

api::Tier tier_of(const plain::PlainThreshold& rules) {
  api::Tier tier;
  tier.name = "app";
  tier.min_replicas = count(rules.min);
  tier.max_replicas = count(rules.max);
  api::ThresholdPolicy policy;
  for (const plain::Gauge& gauge : rules.gauges) {
    api::ThresholdMetric metric;
    metric.name = "m" + std::to_string(policy.metrics.size());
    if (gauge.up) metric.scale_up = Quantity{tenths(*gauge.up)};
    if (gauge.down) metric.scale_down = Quantity{tenths(*gauge.down)};
    metric.worse = gauge.lower_is_worse ? api::Worse::Lower : api::Worse::Higher;
    metric.proportional = gauge.proportional;
    if (gauge.ignorable) metric.on_unavailable = api::OnUnavailable::Ignore;
    policy.metrics.push_back(metric);
  }
  policy.scale_up = {
      count(rules.up_step),    seconds(rules.up_wait), hundredths(rules.trigger),
      rules.proportional_step, std::nullopt,           seconds(rules.ready_patience)};
  if (rules.max_step) policy.scale_up.max_step = count(*rules.max_step);
  policy.scale_down = {count(rules.down_step), seconds(rules.down_wait), hundredths(rules.quorum),
                       rules.while_high};
  if (rules.shared) policy.cooldown = api::CooldownKind::Shared;
  tier.threshold = policy;
  if (rules.fallback) {
    tier.fallback = api::Fallback{count(*rules.fallback), seconds(rules.fallback_after)};
  }
  return tier;
}

Reading reading_of(const plain::Sample& sample, RandomSource& random) {
  if (sample.state == plain::State::Unknown) {
    const long kind = random.whole(0, 2);
    return kind == 0   ? Reading::missing("m")
           : kind == 1 ? Reading::invalid("i")
                       : Reading::immature("y");
  }
  Reading reading = Reading::fresh_value(tenths(sample.value));
  reading.partial = sample.state == plain::State::Partial;
  return reading;
}

// One service in both worlds.
class Pair {
 public:
  explicit Pair(RandomSource& random)
      : random_(random), plain_(any_rules(random)), tier_(tier_of(plain_)) {
    replicas_ = random.whole(plain_.min, plain_.max);
    mood_ = random.whole(0, 2);
    samples_.resize(plain_.gauges.size());
    inputs_.readings.resize(samples_.size());
    inputs_.tier = &tier_;
  }

  // Advances both; what they differ in, or nothing.
  std::string step() {
    now_ += random_.chance(1) ? random_.whole(300, 700) : random_.whole(5, 90);
    live();
    const long before = replicas_;
    const plain::Answer expected = plain_.evaluate(now_, before, ready_, rollout_, samples_);
    const Decision got = engine();
    replicas_ = expected.replicas;
    reason_ = expected.reason;
    if (got.to == expected.replicas && got.reason == expected.reason) return {};
    return "at " + std::to_string(now_) + " s from " + std::to_string(before) + ": plain " +
           std::to_string(expected.replicas) + " " + expected.reason + ", engine " +
           std::to_string(got.to) + " " + got.reason + " (" + got.message + ")";
  }
  const std::string& reason() const { return reason_; }

 private:
  // What the world does between two evaluations.
  void live() {
    if (random_.chance(2)) mood_ = random_.whole(0, 2);
    for (std::size_t i = 0; i < samples_.size(); ++i) {
      if (random_.chance(7)) samples_[i].value = any_value(plain_.gauges[i]);
      samples_[i].state = any_state();
      inputs_.readings[i] = reading_of(samples_[i], random_);
    }
    if (random_.whole(1, 25) == 1) replicas_ = random_.whole(0, plain_.max + 5);
    if (random_.whole(1, 40) == 1) {
      plain_.restart();
      memory_ = {};
    }
    if (random_.whole(1, 12) == 1) rollout_ = static_cast<int>(random_.whole(0, 2));
    ready_ = random_.chance(8) ? replicas_ : random_.whole(0, replicas_);
  }

  // Idle, anything, busy: so that a quorum comes about. Often exactly at a threshold.
  long any_value(const plain::Gauge& gauge) {
    if (random_.chance(1) && gauge.up) return *gauge.up;
    if (random_.chance(1) && gauge.down) return *gauge.down;
    if (mood_ == 0) return gauge.lower_is_worse ? random_.whole(400, 1500) : random_.whole(0, 200);
    if (mood_ == 1) return random_.whole(-5, 1500);
    return gauge.lower_is_worse ? random_.whole(0, 300) : random_.whole(300, 2500);
  }
  plain::State any_state() {
    const long dice = random_.whole(1, 40) - (blackout() ? 30 : 0);
    return dice <= 1   ? plain::State::Unknown
           : dice == 2 ? plain::State::Partial
                       : plain::State::Whole;
  }
  bool blackout() const { return (now_ / 1500) % 4 == 0; }

  Decision engine() {
    inputs_.now = WallTime{seconds(now_)};
    inputs_.target.spec_replicas = count(replicas_);
    inputs_.target.ready_replicas = count(ready_);
    inputs_.target.rollout = rollout_ == 0   ? api::Rollout::Settled
                             : rollout_ == 1 ? api::Rollout::Running
                                             : api::Rollout::Stuck;
    recall(memory_, inputs_);
    Decision decision = decide(inputs_);
    note(memory_, inputs_, decision);
    if (decision.direction() == Direction::Up) inputs_.history.last_scale_up = inputs_.now;
    if (decision.direction() == Direction::Down) inputs_.history.last_scale_down = inputs_.now;
    return decision;
  }

  RandomSource& random_;
  plain::PlainThreshold plain_;
  std::vector<plain::Sample> samples_;
  api::Tier tier_;
  TierInputs inputs_;
  EvaluationMemory memory_;
  long now_ = 1'000'000;
  long replicas_ = 0;
  long ready_ = 0;
  long mood_ = 0;
  int rollout_ = 0;
  std::string reason_;
};

TEST(ThresholdDifferential, TheEngineDecidesAsThePlainRulesDo) {
  std::map<std::string, int> seen;
  for (unsigned seed = 1; seed <= 1500; ++seed) {
    RandomSource random(seed);
    Pair pair(random);
    for (int step = 0; step < 40; ++step) {
      const std::string difference = pair.step();
      ASSERT_EQ(difference, "") << "seed " << seed << ", step " << step;
      ++seen[pair.reason()];
    }
  }
  // The lives are worth comparing only if everything happens in them, and often.
  for (const std::string_view reason : {reasons::kThresholdExceeded,
                                        reasons::kBelowThresholds,
                                        reasons::kFallback,
                                        reasons::kBelowMinimum,
                                        reasons::kAboveMaximum,
                                        reasons::kWithinBand,
                                        reasons::kNoTrigger,
                                        reasons::kAtMaximum,
                                        reasons::kAtMinimum,
                                        reasons::kWouldFlap,
                                        reasons::kScaleDownVetoed,
                                        reasons::kNoReadyReplicas,
                                        reasons::kFreshStreakIncomplete,
                                        reasons::kCapacityPending,
                                        reasons::kRolloutInProgress,
                                        reasons::kPopulationDropped,
                                        reasons::kCooldownUp,
                                        reasons::kCooldownDown,
                                        reasons::kMetricsUnavailable,
                                        reasons::kScalingDisabled,
                                        reasons::kColdStart}) {
    EXPECT_GE(seen[std::string(reason)], 50) << reason;
  }
}

// The reference setting has no more to it than the source's scaler.
TEST(ThresholdDifferential, TheReferenceSettingIsTheSourcesScaler) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    RandomSource random(seed);
    plain::CustomAutoScaler source;
    plain::PlainThreshold rules;
    rules.trigger = rules.quorum = 70;
    rules.shared = rules.while_high = true;
    rules.ready_patience = 0;
    rules.min = source.min = random.whole(1, 6);
    rules.max = source.max = source.min + random.whole(0, 50);
    rules.up_step = source.up_by = random.whole(1, 5);
    rules.down_step = source.down_by = random.whole(1, 3);
    rules.up_wait = rules.down_wait = source.cooldown = random.whole(0, 400);
    const long metrics = random.whole(1, 6);
    for (long i = 0; i < metrics; ++i) {
      const long down = random.whole(1, 400);
      const long up = down + random.whole(1, 400);
      source.limits.push_back({up, down});
      rules.gauges.push_back({up, down, false, random.chance(5), false});
    }
    const api::Tier tier = tier_of(rules);
    TierInputs inputs;
    inputs.tier = &tier;
    long replicas = random.whole(source.min, source.max);
    for (long now = 1000, step = 0; step < 40; ++step) {
      now += random.whole(5, 120);
      std::vector<long> values;
      inputs.readings.clear();
      const long mood = random.whole(0, 1);
      for (long i = 0; i < metrics; ++i) {
        const plain::CustomAutoScaler::Limits& at = source.limits[static_cast<std::size_t>(i)];
        values.push_back(random.chance(1) ? (17 * at.up + 9) / 10
                                          : random.whole(0, mood == 0 ? at.down : 2 * at.up));
        inputs.readings.push_back(Reading::fresh_value(tenths(values.back())));
      }
      inputs.now = WallTime{seconds(now)};
      inputs.target.spec_replicas = inputs.target.ready_replicas = count(replicas);
      const Decision decision = decide(inputs);
      replicas = source.next(now, replicas, values);
      ASSERT_EQ(decision.to, replicas) << "seed " << seed << ": " << decision.message;
      if (decision.direction() == Direction::Up) inputs.history.last_scale_up = inputs.now;
      if (decision.direction() == Direction::Down) inputs.history.last_scale_down = inputs.now;
    }
  }
}

}  // namespace
}  // namespace evalscaler::scaling
