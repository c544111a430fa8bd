// SPDX-License-Identifier: Apache-2.0
// targetTracking and behavior against a second, plain implementation, over random services that
// live for a while.
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "plain_hpa.hpp"
#include "random_source.hpp"
#include "scaling/behavior.hpp"
#include "scaling/decision.hpp"
#include "scaling/evaluation_memory.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

// What is left out has HPA's default, which the plain side carries in numbers.
struct Written {
  plain::Side side;
  api::ScalingRules rules;
};

Written any_side(RandomSource& random, bool up) {
  Written out;
  out.side.window = up ? 0 : 300;
  if (!random.chance(3)) {
    out.side.window = random.whole(0, 400);
    out.rules.stabilization_window = seconds(out.side.window);
  }
  out.side.select = static_cast<int>(random.chance(1) ? 2 : random.whole(0, 1));
  out.rules.select_policy = static_cast<api::SelectPolicy>(out.side.select);
  if (random.chance(3)) {
    if (up) out.side.policies.push_back({true, 4, 15});
    out.side.policies.push_back({false, 100, 15});
  } else {
    const long count = random.whole(1, 3);
    for (long i = 0; i < count; ++i) {
      const plain::Policy policy{random.chance(5), random.whole(1, 120), random.whole(1, 300)};
      out.side.policies.push_back(policy);
      out.rules.policies.push_back(
          {policy.pods ? api::ScalingPolicyType::Pods : api::ScalingPolicyType::Percent,
           static_cast<Replicas>(policy.amount), seconds(policy.period)});
    }
  }
  if (random.chance(3)) {
    out.side.tolerance = static_cast<double>(random.whole(0, 40)) / 100;
    out.rules.tolerance = Quantity{*out.side.tolerance};
  }
  return out;
}

// One service in both worlds.
class Pair {
 public:
  explicit Pair(RandomSource& random) : random_(random) {
    hpa_.min = random.whole(1, 5);
    hpa_.max = hpa_.min + random.whole(0, 60);
    hpa_.stated = random.chance(7);
    if (hpa_.stated) {
      const Written up = any_side(random, true);
      const Written down = any_side(random, false);
      hpa_.up = up.side;
      hpa_.down = down.side;
      tier_.behavior = api::Behavior{up.rules, down.rules};
    }
    tier_.min_replicas = static_cast<Replicas>(hpa_.min);
    tier_.max_replicas = static_cast<Replicas>(hpa_.max);
    tier_.target_tracking.emplace();
    if (random.chance(5)) {
      hpa_.tolerance = static_cast<double>(random.whole(0, 30)) / 100;
      tier_.target_tracking->tolerance = Quantity{hpa_.tolerance};
    }
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
    diverges_ = hpa_.would_overshoot(metrics_, replicas_, ready);
    replicas_ = expected;
    if (got == expected) return {};
    return "at " + std::to_string(now_) + " s: plain " + std::to_string(expected) + ", engine " +
           std::to_string(got) + " (" + message_ + ")";
  }
  const std::string& reason() const { return reason_; }
  bool diverges() const { return diverges_; }

 private:
  void add_metric(long index) {
    plain::Metric metric;
    metric.kind = random_.chance(5) ? plain::Metric::Kind::Value : plain::Metric::Kind::Average;
    metric.target = static_cast<double>(random_.whole(1, 100));
    metric.value = static_cast<double>(random_.whole(0, 200));
    metrics_.push_back(metric);
    api::TrackedMetric tracked;
    tracked.name = "m" + std::to_string(index);
    tracked.target = {metric.kind == plain::Metric::Kind::Average
                          ? api::MetricTargetType::AverageValue
                      : random_.chance(5) ? api::MetricTargetType::Value
                                          : api::MetricTargetType::Utilization,
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
    reason_ = decision.reason;
    return decision.to;
  }

  RandomSource& random_;
  plain::Hpa hpa_;
  std::vector<plain::Metric> metrics_;
  api::Tier tier_;
  TierInputs inputs_;
  EvaluationMemory memory_;
  long now_ = 1'000'000;
  long replicas_ = 0;
  int evaluations_ = 0;
  bool diverges_ = false;
  std::string message_;
  std::string reason_;
};

TEST(HpaDifferential, TheEngineDecidesAsThePlainRulesDo) {
  std::map<std::string, int> seen;
  int divergences = 0;
  for (unsigned seed = 1; seed <= 1000; ++seed) {
    RandomSource random(seed);
    Pair pair(random);
    for (int step = 0; step < 40; ++step) {
      const std::string difference = pair.step();
      ASSERT_EQ(difference, "") << "seed " << seed << ", step " << step;
      ++seen[pair.reason()];
      divergences += pair.diverges() ? 1 : 0;
    }
  }
  for (const char* reason : {"AboveTarget", "BelowTarget", "WithinTolerance", "ScaleUpStabilized",
                             "ScaleDownStabilized", "ScaleUpLimit", "ScaleDownLimit", "AtMaximum",
                             "AboveMaximum", "FreshStreakIncomplete", "ColdStart"}) {
    EXPECT_GE(seen[reason], 50) << reason;
  }
  EXPECT_GE(divergences, 50);
}

// HPA would take pods away from a service above its target because some of them are not ready
// yet, and ours stays.
TEST(HpaDifferential, TheOneDivergenceIsThatPodsNotReadyTurnNoProposalRound) {
  plain::Hpa hpa;
  const std::vector<plain::Metric> metrics{{plain::Metric::Kind::Value, 100, 120}};
  EXPECT_TRUE(hpa.would_overshoot(metrics, 10, 7));
  EXPECT_EQ(hpa.proposal(metrics, 10, 7), 10);
  EXPECT_FALSE(hpa.would_overshoot(metrics, 10, 9));
  EXPECT_EQ(hpa.proposal(metrics, 10, 9), 11);

  api::Tier tier;
  tier.min_replicas = 1;
  tier.max_replicas = 50;
  tier.target_tracking.emplace().metrics.push_back(
      {"cpu", "", {api::MetricTargetType::Value, Quantity{100}}, api::OnUnavailable::HoldDown});
  TierInputs inputs;
  inputs.tier = &tier;
  inputs.readings = {Reading::fresh_value(120)};
  inputs.target.spec_replicas = 10;
  inputs.target.ready_replicas = 7;
  EXPECT_EQ(decide(inputs).to, 10);
  inputs.target.ready_replicas = 9;
  EXPECT_EQ(decide(inputs).to, 11);
}

}  // namespace
}  // namespace evalscaler::scaling
