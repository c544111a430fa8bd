// SPDX-License-Identifier: Apache-2.0
// What holds over a tier's whole life, whoever leads and however often it starts anew: steps,
// cooldowns, rates and the fresh streak, held against a record that forgets nothing.
#include <gtest/gtest.h>

#include <string>

#include "any_scene.hpp"
#include "checked_property.hpp"
#include "scaling/behavior.hpp"
#include "scaling/evaluation_memory.hpp"
#include "scaling/situation.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

// One tier and one who decides about it. A status is written with every change and now and then
// besides; a restart or another leader has nothing but that.
class Life {
 public:
  Life() : tier_(any_tier()) {
    inputs_.tier = &tier_;
    inputs_.target.spec_replicas = tier_.min_replicas + *rc::gen::inRange(0, 30);
    inputs_.target.ready_replicas = inputs_.target.spec_replicas;
    inputs_.readings.resize(api::metric_count(tier_));
    inputs_.now = Scene::noon();
  }

  void live(int evaluations) {
    for (int i = 0; i < evaluations; ++i) {
      inputs_.now += seconds(5) + any_seconds(60);
      happen();
      evaluate();
    }
  }

 private:
  struct Status {
    std::vector<api::Recommendation> recommendations;
    std::vector<api::ScaleEvent> events;
    History history;
  };

  void happen() {
    const bool calm = one_in(2);  // often whole, so that something goes down, too
    for (Reading& reading : inputs_.readings) {
      reading = calm ? Reading::fresh_value(any_value()) : any_reading();
    }
    inputs_.target.ready_replicas = inputs_.target.spec_replicas;
    taken_over_ = false;
    if (!one_in(8)) return;
    taken_over_ = one_in(2);
    memory_ = {};
    memory_.recommendations = status_.recommendations;
    memory_.scale_events = status_.events;
    inputs_.history = status_.history;
    whole_looks_ = 0;
  }

  void evaluate() {
    recall(memory_, inputs_);
    // Who relieves a leader at work goes on where that one was.
    inputs_.cold_start = inputs_.cold_start && !taken_over_;
    whole_looks_ = keeps_fresh_streak(tier_, inputs_.readings) ? whole_looks_ + 1 : 0;
    const Decision decision = decide(inputs_);
    note(memory_, inputs_, decision);
    if (decision.direction() != Direction::Hold) {
      hold_against_record(decision);
      apply(decision);
    }
    if (decision.direction() != Direction::Hold || one_in(4)) write_status();
  }

  void apply(const Decision& decision) {
    const api::ScaleEvent event{inputs_.now, decision.to - decision.from};
    note_applied(memory_, tier_, event);
    record_.push_back(event);
    auto& last = event.change > 0 ? inputs_.history.last_scale_up : inputs_.history.last_scale_down;
    last = inputs_.now;
    inputs_.target.spec_replicas = decision.to;
  }

  void write_status() {
    status_ = {shortened(memory_.recommendations, api::kMaxRecommendations),
               shortened(memory_.scale_events, api::kMaxScaleEvents), inputs_.history};
  }

  void hold_against_record(const Decision& decision) const {
    const bool inside = decision.from >= tier_.min_replicas && decision.from <= tier_.max_replicas;
    if (decision.direction() == Direction::Down && inside) RC_ASSERT(whole_looks_ >= 3);
    if (inside && tier_.threshold) hold_against_cooldown(decision);
    if (decision.from < tier_.min_replicas) return;
    TierInputs all = inputs_;
    all.scale_events = record_;
    if (decision.direction() == Direction::Up) {
      RC_ASSERT(decision.to <= rate_limit(all, Direction::Up));
    } else if (inside || tier_.behavior) {
      RC_ASSERT(decision.to >= rate_limit(all, Direction::Down));
    }
  }

  void hold_against_cooldown(const Decision& decision) const {
    const bool up = decision.direction() == Direction::Up;
    const bool either = !up || tier_.threshold->cooldown == api::CooldownKind::Shared;
    const seconds wait =
        up ? tier_.threshold->scale_up.cooldown : tier_.threshold->scale_down.cooldown;
    for (const api::ScaleEvent& event : record_) {
      if (either || (event.change > 0) == up) RC_ASSERT(inputs_.now - event.time >= wait);
    }
    const api::ScaleUpRule& rule = tier_.threshold->scale_up;
    if (!tier_.fallback && !rule.proportional_step)
      RC_ASSERT(decision.to - decision.from <= rule.step);
    RC_ASSERT(decision.from - decision.to <= tier_.threshold->scale_down.step);
  }

  api::Tier tier_;
  TierInputs inputs_;
  EvaluationMemory memory_;
  Status status_;
  std::vector<api::ScaleEvent> record_;  // of every change there ever was
  int whole_looks_ = 0;                  // in a row, of the one who decides now
  bool taken_over_ = false;
};

TEST(Lives, StepsRatesCooldownsAndStreaksHoldAcrossRestartsAndLeaders) {
  check("lives", 1500, [] { Life().live(40); });
}

std::vector<api::ScaleEvent> any_events(int sign) {
  std::vector<api::ScaleEvent> out;
  const int count = *rc::gen::inRange(1, 60);
  WallTime when = Scene::noon() - seconds(240);
  for (int i = 0; i < count; ++i) {
    when += any_seconds(7);  // so close that what is made one still counts
    out.push_back({when, sign * *rc::gen::inRange<Replicas>(1, 10)});
  }
  return out;
}

// Of more changes than a status holds the oldest become one, which counts for longer: no faster in
// the direction they went.
TEST(Lives, AShortenedRecordLetsNoOneGoFurtherTheSameWay) {
  check("shortened", 1000, [] {
    const bool up = one_in(2);
    const std::vector<api::ScaleEvent> all = any_events(up ? 1 : -1);
    Scene scene;
    api::ScalingRules rules = any_rules();
    scene.tier.behavior = api::Behavior{rules, rules};
    scene.replicas(500).inputs.scale_events = all;
    const Direction direction = up ? Direction::Up : Direction::Down;
    const Replicas exact = rate_limit(scene.built(), direction);
    scene.inputs.scale_events = shortened(all, api::kMaxScaleEvents);
    RC_ASSERT(scene.inputs.scale_events.size() <= api::kMaxScaleEvents);
    const Replicas limit = rate_limit(scene.built(), direction);
    RC_ASSERT((up ? limit <= exact : limit >= exact));
  });
}

// Of more proposals than a status holds the windows stay as closed as they were. Those that come
// nearer and nearer, from above and from below, all still count.
TEST(Lives, ShortenedProposalsOpenNoWindow) {
  check("shortened proposals", 1000, [] {
    Scene scene;
    scene.tier.behavior = api::Behavior{any_rules(), any_rules()};
    scene.replicas(*rc::gen::inRange<Replicas>(1, 200));
    EvaluationMemory memory;
    Replicas above = 200;
    Replicas below = 1;
    const int count = *rc::gen::inRange(1, 60);
    for (int i = 0; i < count; ++i) {
      scene.inputs.now += any_seconds(12);
      above -= *rc::gen::inRange<Replicas>(0, 4);
      below += *rc::gen::inRange<Replicas>(0, 4);
      remember(memory.recommendations, {scene.inputs.now, one_in(2) ? above : below}, scene.tier);
    }
    scene.inputs.now += any_seconds(200);
    const Replicas current = scene.inputs.target.spec_replicas;
    for (const Replicas proposed : {1, 300}) {
      scene.inputs.recommendations = memory.recommendations;
      const Replicas exact = stabilized(scene.built(), proposed);
      scene.inputs.recommendations = shortened(memory.recommendations, api::kMaxRecommendations);
      RC_ASSERT(scene.inputs.recommendations.size() <= api::kMaxRecommendations);
      const Replicas after = stabilized(scene.built(), proposed);
      const bool firmer = exact >= current ? after <= exact && after >= current
                                           : after >= exact && after <= current;
      RC_ASSERT(firmer);
    }
  });
}

}  // namespace
}  // namespace evalscaler::scaling
