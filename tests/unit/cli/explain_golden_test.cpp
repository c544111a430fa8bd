// SPDX-License-Identifier: Apache-2.0
// What explain says of every reason, as text and as JSON, byte for byte: a changed word is seen.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "api/explanation_json.hpp"
#include "cli/explanation_text.hpp"
#include "scaling/outlook.hpp"
#include "unit/scaling/scene.hpp"

namespace evalscaler::cli {
namespace {

using scaling::Scene;
using std::chrono::minutes;
using std::chrono::seconds;

const std::filesystem::path source(EVALSCALER_SOURCE_DIR);

Scene with_cpu(double value) {
  Scene scene;
  scene.metric("cpu_usage", 70, 30, value);
  return scene;
}

Scene with_cpu(Reading reading) {
  Scene scene;
  scene.metric("cpu_usage", 70, 30, std::move(reading));
  return scene;
}

Scene tracking(double value) {
  Scene scene;
  scene.tier.threshold.reset();
  api::TrackedMetric metric;
  metric.name = "requests";
  metric.target.value = Quantity{100};
  scene.tier.target_tracking.emplace().metrics.push_back(metric);
  scene.inputs.readings.push_back(Reading::fresh_value(value));
  return scene;
}

Scene with_behavior(Scene scene) {
  api::Behavior& behavior = scene.tier.behavior.emplace();
  behavior.scale_up.stabilization_window = seconds(60);
  behavior.scale_up.policies = {{api::ScalingPolicyType::Pods, 1, seconds(60)}};
  behavior.scale_down.stabilization_window = seconds(120);
  behavior.scale_down.policies = {{api::ScalingPolicyType::Pods, 1, seconds(60)}};
  return scene;
}

template <typename Change>
Scene changed(Scene scene, Change change) {
  change(scene);
  return scene;
}

std::vector<Scene> what_the_policies_say() {
  std::vector<Scene> scenes{with_cpu(84),  with_cpu(10),  with_cpu(50),
                            tracking(131), tracking(100), tracking(40)};
  scenes.push_back(changed(with_cpu(10), [](Scene& s) { s.metric("queue", 50, 5, 41); }));
  scenes.push_back(with_cpu(84).bounds(1, 5));
  scenes.push_back(with_cpu(10).bounds(5, 50));
  scenes.push_back(with_cpu(50).bounds(7, 50));
  scenes.push_back(with_cpu(50).bounds(1, 4));
  scenes.push_back(changed(with_cpu(10), [](Scene& s) {
    s.policy().metrics[0].scale_down = Quantity{60};
    s.inputs.readings[0].value = 58;
    s.proportional_last();
    s.policy().scale_down.step = 2;
  }));
  scenes.push_back(changed(with_cpu(84), [](Scene& s) { s.reference_setting(); }));
  return scenes;
}

std::vector<Scene> what_readings_and_time_say() {
  std::vector<Scene> scenes{with_cpu(Reading::missing("no series")),
                            with_cpu(84).scaled_up(seconds(258)),
                            with_cpu(10).scaled_up(seconds(258)), with_cpu(10).ready(0)};
  scenes.push_back(
      changed(with_cpu(10), [](Scene& s) { s.metric("queue", 50, 5, Reading::invalid("NaN")); }));
  scenes.push_back(changed(with_cpu(10), [](Scene& s) { s.inputs.fresh_streak = 1; }));
  scenes.push_back(changed(with_cpu(Reading::missing("no series")), [](Scene& s) {
    s.tier.fallback = api::Fallback{9, seconds(300)};
    s.inputs.guards.unavailable_since = Scene::noon() - minutes(6);
  }));
  scenes.push_back(changed(with_behavior(with_cpu(84)), [](Scene& s) {
    s.inputs.scale_events = {{Scene::noon() - seconds(20), 1}};
  }));
  scenes.push_back(changed(with_behavior(with_cpu(84)), [](Scene& s) {
    s.inputs.recommendations = {{Scene::noon() - seconds(45), 6}};
  }));
  scenes.push_back(changed(with_behavior(tracking(40)), [](Scene& s) {
    s.inputs.recommendations = {{Scene::noon() - seconds(45), 4}};
  }));
  scenes.push_back(with_behavior(tracking(40)));
  return scenes;
}

std::vector<Scene> what_guards_say() {
  std::vector<Scene> scenes;
  const auto guard = [&](double cpu, auto change) {
    scenes.push_back(changed(with_cpu(cpu), change));
  };
  guard(84, [](Scene& s) {
    s.replicas(8).ready(4).scaled_up(seconds(30)).policy().scale_up.cooldown = seconds(0);
  });
  guard(10, [](Scene& s) {
    s.inputs.target.rollout = api::Rollout::Stuck;
    s.inputs.guards.rollout_since = Scene::noon() - minutes(3);
  });
  guard(10, [](Scene& s) {
    s.inputs.guards.population_drop = scaling::PopulationDrop{12, Scene::noon() - minutes(4)};
  });
  guard(84, [](Scene& s) { s.inputs.guards.pause = {scaling::Pause::Which::Up, "paused up"}; });
  guard(10, [](Scene& s) { s.inputs.guards.pause = {scaling::Pause::Which::Down, "paused down"}; });
  guard(84, [](Scene& s) { s.inputs.mode = api::Mode::Paused; });
  guard(84, [](Scene& s) { s.replicas(0); });
  guard(84, [](Scene& s) { s.inputs.target.controller_owner = "Rollout/web"; });
  guard(84, [](Scene& s) { s.inputs.guards.other_autoscaler = "HorizontalPodAutoscaler web"; });
  guard(84, [](Scene& s) {
    s.inputs.guards.contest = api::Contest{"helm",
                                           {Scene::noon() - minutes(9), Scene::noon() - minutes(5)},
                                           Scene::noon() - minutes(5)};
  });
  guard(84, [](Scene& s) { s.inputs.cold_start = true; });
  return scenes;
}

struct Told {
  std::string reason;
  api::TierExplanation tier;
};

Told told(Scene& scene) {
  const scaling::Decision decision = scene.decide();
  const scaling::TierInputs& inputs = scene.inputs;
  api::TierExplanation out;
  out.name = scene.tier.name;
  out.target = "Deployment web";
  out.min_replicas = scene.tier.min_replicas;
  out.max_replicas = scene.tier.max_replicas;
  out.current = inputs.target.spec_replicas;
  out.ready = inputs.target.ready_replicas;
  out.desired = decision.to;
  for (std::size_t i = 0; i < inputs.readings.size(); ++i) {
    api::MetricExplanation& metric = out.metrics.emplace_back();
    metric.reading = inputs.readings[i];
    if (scene.tier.target_tracking) {
      metric.name = scene.tier.target_tracking->metrics[i].name;
      metric.target = scene.tier.target_tracking->metrics[i].target;
    } else {
      metric.name = scene.policy().metrics[i].name;
      metric.up = scene.policy().metrics[i].scale_up->value;
      metric.down = scene.policy().metrics[i].scale_down->value;
    }
  }
  out.last_decision = api::DecisionRecord{
      out.name,        inputs.now,       decision.from, decision.to, decision.from != decision.to,
      decision.reason, decision.message, decision.steps};
  out.fresh_streak = inputs.fresh_streak;
  out.fresh_streak_needed = scaling::kFreshStreakForDown;
  scaling::look_ahead(scene.built(), out);
  return {decision.reason, out};
}

std::vector<Told> everything() {
  std::vector<Told> all;
  for (auto& list : {what_the_policies_say(), what_readings_and_time_say(), what_guards_say()}) {
    for (Scene scene : list) all.push_back(told(scene));
  }
  return all;
}

void expect_golden(const std::string& name, const std::string& text) {
  const std::filesystem::path path = source / "tests/golden/explain" / name;
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ifstream file(path);
  EXPECT_EQ(text, std::string(std::istreambuf_iterator<char>(file), {})) << path;
}

TEST(ExplainGolden, TextOfEveryReason) {
  std::string text;
  for (const Told& each : everything()) {
    text += "--- " + each.reason + "\n" +
            tier_text(each.tier, Scene::noon() + seconds(8), Paint(Paint::Kind::None)).substr(1);
  }
  expect_golden("texts.txt", text);
}

TEST(ExplainGolden, JsonOfEveryReason) {
  wire::JsonWriter out(1);
  out.begin_array();
  for (const Told& each : everything()) api::write_tier(out, each.tier);
  out.end_array();
  expect_golden("tiers.json", std::move(out).text() + "\n");
}

// But for what the operator adds to a decision, and the decision core does not say.
TEST(ExplainGolden, NoReasonIsLeftOut) {
  const std::set<std::string> of_the_operator{"ScaleDownBudget", "PlanInMotion", "DataTierUnsafe"};
  std::set<std::string> said;
  for (const Told& each : everything()) said.insert(each.reason);
  std::ifstream file(source / "operator/scaling/reasons.hpp");
  std::string line;
  int reasons = 0;
  while (std::getline(file, line)) {
    const std::size_t begin = line.find('"') + 1;
    if (line.find("inline constexpr") == std::string::npos || begin == 0) continue;
    const std::string reason = line.substr(begin, line.find('"', begin) - begin);
    ++reasons;
    if (!of_the_operator.contains(reason)) {
      EXPECT_TRUE(said.contains(reason)) << reason;
    }
  }
  EXPECT_GT(reasons, 30);
}

}  // namespace
}  // namespace evalscaler::cli
