// SPDX-License-Identifier: Apache-2.0
// Situation: one tier's inputs with every metric held against its thresholds, ready for the
// stages to judge. Pure; borrows from the inputs, which must outlive it.
//
// Formulas: a metric that is worse when higher is beyond its scaleUpThreshold U at v > U and
// low at v < D; one that is worse when lower is beyond at v < U and low at v > D (strict, all
// four). Its score is min(v/U, 2) - 1, or min(U/v, 2) - 1; where the quotient means nothing
// (U = 0, v = 0) it is 1. Only a reading that is fresh can be beyond, and only one that is
// fresh and whole can be low.
#pragma once

#include <string_view>
#include <vector>

#include "scaling/decision.hpp"
#include "scaling/inputs.hpp"

namespace evalscaler::scaling {

bool is_beyond(const api::ThresholdMetric& metric, double value);
bool is_low(const api::ThresholdMetric& metric, double value);
// v/U, or U/v for lower-is-worse; uncapped, 2 where the quotient means nothing.
double load_ratio(const api::ThresholdMetric& metric, double value);

struct MetricView {
  std::string_view name;
  const api::ThresholdMetric* metric = nullptr;  // null unless the policy is threshold
  const api::TrackedMetric* tracked = nullptr;   // null unless it is targetTracking
  const Reading* reading = nullptr;
  bool proportional = true;
  bool beyond = false;
  bool low = false;
  bool votes_down = false;  // counts in the quorum, low or not
  bool vetoes_down = false;
};

// What a load-proportional metric would read with `after` replicas instead of `current`.
double value_after(const MetricView& view, Replicas current, Replicas after);

struct Situation {
  const TierInputs* inputs = nullptr;
  std::vector<MetricView> metrics;  // in the order of the policy
  Score score;                      // rounded to 12 decimals, so that 1.2 - 1 is 0.2
  int low = 0;
  int voters = 0;
  Replicas proposal = 0;  // of the policy; the current replicas before it was asked

  const api::Tier& tier() const { return *inputs->tier; }
  Replicas current() const { return inputs->target.spec_replicas; }
  bool up_fires() const;
  bool down_fires() const;
  bool any_beyond() const;
  bool any_fresh() const;
  bool any_vetoes() const;
  // Something said no to what the policy had asked for.
  bool is_vetoed(Replicas proposed) const { return proposed == current() && proposal != current(); }
};

Situation assess(const TierInputs& inputs);
// The same into a situation that was used before: allocates nothing once that had as many metrics.
void assess(const TierInputs& inputs, Situation& out);

// What `decide` of decision.hpp decides, in numbers; allocates nothing. Notes the policy's proposal
// in `situation`, which then can tell in words what came of it.
Outcome decide(Situation& situation);
Decision in_words(const Situation& situation, const Outcome& outcome);

// The smallest number of low metrics that reaches the quorum of `voters`; above `voters` if
// none does.
int votes_needed(double quorum, int voters);

// Whether this evaluation counts towards the streak of fresh ones that a scale-down needs: no
// reading vetoes. A metric with onUnavailable: Ignore never breaks the streak.
bool keeps_fresh_streak(const api::Tier& tier, const std::vector<Reading>& readings);

}  // namespace evalscaler::scaling
