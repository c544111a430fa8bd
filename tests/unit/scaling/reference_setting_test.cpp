// SPDX-License-Identifier: Apache-2.0
// The reference setting (triggerScore 0.7, quorum 0.7, allowWhileHigh, Shared) on the two
// services of the source design, number for number.
#include <gtest/gtest.h>

#include <array>
#include <ostream>

#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

constexpr std::array kNames{"cpu_usage", "memory_usage", "requests_per_second", "avg_response_time",
                            "queue_depth"};
using Five = std::array<double, 5>;

struct Service {
  Replicas min, max, up_step, down_step;
  std::chrono::seconds cooldown;
  Five up, down;
};
const Service prediction{
    5, 50, 3, 1, std::chrono::minutes{5}, {70, 80, 100, 1000, 50}, {30, 40, 20, 200, 5}};
const Service feature{
    3, 20, 2, 1, std::chrono::minutes{3}, {60, 70, 200, 500, 30}, {20, 30, 50, 100, 3}};

struct Row {
  const char* claim;
  const Service* service;
  Replicas replicas;
  Five values;
  Replicas expected;
  double up;
  double down;
};
std::ostream& operator<<(std::ostream& out, const Row& row) {
  return out << row.claim;
}

class ReferenceSetting : public testing::TestWithParam<Row> {};

TEST_P(ReferenceSetting, GivesTheNumberOfTheSource) {
  const Row& row = GetParam();
  Scene scene;
  scene.reference_setting().replicas(row.replicas).bounds(row.service->min, row.service->max);
  scene.policy().scale_up.step = row.service->up_step;
  scene.policy().scale_down.step = row.service->down_step;
  scene.policy().scale_up.cooldown = scene.policy().scale_down.cooldown = row.service->cooldown;
  for (std::size_t i = 0; i < kNames.size(); ++i) {
    scene.metric(kNames[i], row.service->up[i], row.service->down[i], row.values[i])
        .proportional_last();
  }
  const Decision decision = scene.decide();
  EXPECT_EQ(decision.to, row.expected) << decision.message;
  ASSERT_TRUE(decision.score);
  EXPECT_EQ(decision.score->up, row.up);
  EXPECT_EQ(decision.score->down, row.down);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ReferenceSetting,
    testing::Values(
        Row{"just short of 1.7 U", &prediction, 5, {118.9, 50, 50, 500, 20}, 5, 0.698571428571, 0},
        Row{"cpu at 119 is 1.7 times 70", &prediction, 5, {119, 50, 50, 500, 20}, 8, 0.7, 0},
        Row{"cpu cannot fire at 100 %",
            &prediction,
            5,
            {100, 50, 50, 500, 20},
            5,
            0.428571428571,
            0},
        Row{"queue at 85 is 1.7 times 50", &prediction, 20, {50, 50, 50, 500, 85}, 23, 0.7, 0},
        Row{"latency at 1700", &prediction, 20, {50, 50, 50, 1700, 20}, 23, 0.7, 0},
        Row{"the cap at twice U", &prediction, 20, {50, 50, 500, 500, 20}, 23, 1, 0},
        Row{"the last step is cut", &prediction, 49, {50, 50, 500, 500, 20}, 50, 1, 0},
        Row{"at the maximum", &prediction, 50, {50, 50, 500, 500, 20}, 50, 1, 0},
        Row{"three of five are not 0.7", &prediction, 10, {20, 30, 10, 500, 20}, 10, 0, 0.6},
        Row{"four of five are", &prediction, 10, {20, 30, 10, 100, 20}, 9, 0, 0.8},
        Row{"all five, at the minimum", &prediction, 5, {1, 1, 1, 1, 1}, 5, 0, 1},
        Row{"down although one is high",
            &prediction,
            10,
            {100, 30, 10, 100, 1},
            9,
            0.428571428571,
            0.8},
        Row{"up wins over down", &prediction, 10, {140, 30, 10, 100, 1}, 13, 1, 0.8},
        Row{"down at the maximum although up fires",
            &prediction,
            50,
            {140, 30, 10, 100, 1},
            49,
            1,
            0.8},
        Row{"feature: cpu at 102", &feature, 3, {102, 50, 100, 200, 10}, 5, 0.7, 0},
        Row{"feature: queue at 51", &feature, 19, {50, 50, 100, 200, 51}, 20, 0.7, 0},
        Row{"feature: down by one", &feature, 4, {10, 20, 10, 50, 10}, 3, 0, 0.8},
        Row{"feature: nothing to do", &feature, 7, {50, 50, 100, 200, 10}, 7, 0, 0}));

class ReferenceCooldown : public testing::Test {
 protected:
  Scene high() {
    Scene scene;
    scene.reference_setting().metric("cpu_usage", 70, 30, 140);
    return scene;
  }
  Scene low() {
    Scene scene;
    scene.reference_setting().metric("cpu_usage", 70, 30, 1);
    return scene;
  }
};

TEST_F(ReferenceCooldown, AnyChangeBlocksBothDirections) {
  const std::chrono::seconds inside{299};
  EXPECT_EQ(high().scaled_up(inside).decide().reason, "CooldownUp");
  EXPECT_EQ(high().scaled_down(inside).decide().reason, "CooldownUp");
  EXPECT_EQ(low().scaled_up(inside).decide().reason, "CooldownDown");
  EXPECT_EQ(low().scaled_down(inside).decide().reason, "CooldownDown");
}

TEST_F(ReferenceCooldown, IsOverWhenItsSecondsHavePassed) {
  const std::chrono::seconds exactly{300};
  EXPECT_EQ(high().scaled_down(exactly).decide().to, 8);
  EXPECT_EQ(low().scaled_up(exactly).decide().to, 4);
}

}  // namespace
}  // namespace evalscaler::scaling
