// SPDX-License-Identifier: Apache-2.0
// targetTracking and behavior against a second, plain implementation, over random services that
// live for a while.
#include <gtest/gtest.h>

#include <random>
#include <string>

#include "plain_hpa.hpp"
#include "scaling/behavior.hpp"
#include "scaling/decision.hpp"
#include "scaling/evaluation_memory.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

class Random {
 public:
  explicit Random(unsigned seed) : engine_(seed) {}
  long whole(long from, long to) { return std::uniform_int_distribution<long>(from, to)(engine_); }
  bool chance(int of_ten) { return whole(1, 10) <= of_ten; }

 private:
  std::mt19937 engine_;
};

plain::Side any_side(Random& random, bool up) {
  plain::Side side;
  side.window = random.chance(3) ? (up ? 0 : 300) : random.whole(0, 400);
  side.select = static_cast<int>(random.chance(1) ? 2 : random.whole(0, 1));
  const long count = random.whole(1, 3);
  for (long i = 0; i < count; ++i) {
    side.policies.push_back({random.chance(5), random.whole(1, 120), random.whole(1, 300)});
  }
  if (random.chance(3)) side.tolerance = static_cast<double>(random.whole(0, 40)) / 100;
  return side;
}

api::ScalingRules rules_of(const plain::Side& side) {
  api::ScalingRules rules;
  rules.stabilization_window = seconds(side.window);
  rules.select_policy = static_cast<api::SelectPolicy>(side.select);
  for (const plain::Policy& policy : side.policies) {
    rules.policies.push_back(
        {policy.pods ? api::ScalingPolicyType::Pods : api::ScalingPolicyType::Percent,
         static_cast<Replicas>(policy.amount), seconds(policy.period)});
  }
  if (side.tolerance) rules.tolerance = Quantity{*side.tolerance};
  return rules;
}

// One service in both worlds.
class Pair {
 public:
  explicit Pair(Random& random) : random_(random) {
    hpa_.min = random.whole(1, 5);
    hpa_.max = hpa_.min + random.whole(0, 60);
    hpa_.stated = random.chance(7);
    if (hpa_.stated) {
      hpa_.up = any_side(random, true);
      hpa_.down = any_side(random, false);
      tier_.behavior = api::Behavior{rules_of(hpa_.up), rules_of(hpa_.down)};
    }
    tier_.min_replicas = static_cast<Replicas>(hpa_.min);
    tier_.max_replicas = static_cast<Replicas>(hpa_.max);
    tier_.target_tracking.emplace();
    const long count = random.whole(1, 3);
    for (long i = 0; i < count; ++i) add_metric(i);
    replicas_ = random.whole(hpa_.min, hpa_.max);
    inputs_.tier = &tier_;
  }

  // Advances both; what they differ in, or nothing.
  std::string step() {
    now_ += random_.whole(5, 60);
    for (std::size_t i = 0; i < metrics_.size(); ++i) {
      if (random_.chance(6)) metrics_[i].value = static_cast<double>(random_.whole(0, 4000)) / 10;
      inputs_.readings[i] = Reading::fresh_value(metrics_[i].value);
    }
    const long ready =
        random_.chance(8) ? replicas_ : random_.whole((replicas_ + 1) / 2, replicas_);
    const long expected = plain_step(ready);
    const long got = engine_step(ready);
    replicas_ = expected;
    if (got == expected) return {};
    return "at " + std::to_string(now_) + " s: plain " + std::to_string(expected) + ", engine " +
           std::to_string(got) + " (" + message_ + ")";
  }

 private:
  void add_metric(long index) {
    plain::Metric metric;
    metric.kind = random_.chance(5) ? plain::Metric::Kind::Value : plain::Metric::Kind::Average;
    metric.target = static_cast<double>(random_.whole(1, 100));
    metric.value = static_cast<double>(random_.whole(0, 200));
    metrics_.push_back(metric);
    api::TrackedMetric tracked;
    tracked.name = "m" + std::to_string(index);
    tracked.target = {metric.kind == plain::Metric::Kind::Value
                          ? api::MetricTargetType::Value
                          : api::MetricTargetType::AverageValue,
                      Quantity{metric.target}};
    tier_.target_tracking->metrics.push_back(tracked);
    inputs_.readings.emplace_back();
  }

  long plain_step(long ready) {
    if (evaluations_ == 0) hpa_.proposals.emplace_back(now_, replicas_);  // what there is
    const long proposed = hpa_.proposal(metrics_, replicas_, ready);
    long result = replicas_;
    // Ours alone: the first look observes, and down needs three whole looks.
    const bool waits = evaluations_ == 0 || (proposed < replicas_ && evaluations_ < 2);
    ++evaluations_;
    if (!waits) {
      result = hpa_.limit(now_, replicas_, hpa_.stabilize(now_, replicas_, proposed));
    }
    hpa_.proposals.emplace_back(now_, proposed);
    if (result != replicas_) hpa_.changes.emplace_back(now_, result - replicas_);
    return result;
  }

  long engine_step(long ready) {
    inputs_.now = WallTime{seconds(now_)};
    inputs_.target.spec_replicas = static_cast<Replicas>(replicas_);
    inputs_.target.ready_replicas = static_cast<Replicas>(ready);
    recall(memory_, inputs_);
    const Decision decision = decide(inputs_);
    note(memory_, inputs_, decision);
    if (decision.direction() != Direction::Hold) {
      note_applied(memory_, tier_, {inputs_.now, decision.to - decision.from});
    }
    message_ = decision.message;
    return decision.to;
  }

  Random& random_;
  plain::Hpa hpa_;
  std::vector<plain::Metric> metrics_;
  api::Tier tier_;
  TierInputs inputs_;
  EvaluationMemory memory_;
  long now_ = 1'000'000;
  long replicas_ = 0;
  int evaluations_ = 0;
  std::string message_;
};

TEST(HpaDifferential, TheEngineDecidesAsThePlainRulesDo) {
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    Random random(seed);
    Pair pair(random);
    for (int step = 0; step < 40; ++step) {
      const std::string difference = pair.step();
      ASSERT_EQ(difference, "") << "seed " << seed << ", step " << step;
    }
  }
}

}  // namespace
}  // namespace evalscaler::scaling
