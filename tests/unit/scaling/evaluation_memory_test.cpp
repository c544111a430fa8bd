// SPDX-License-Identifier: Apache-2.0
// What one evaluation leaves for the next.
#include "scaling/evaluation_memory.hpp"

#include <gtest/gtest.h>

#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

class Memory : public testing::Test {
 protected:
  Decision evaluate(Scene& scene) {
    scene.inputs.now += seconds(15);
    scene.built();
    recall(memory_, scene.inputs);
    const Decision decision = scene.decide();
    note(memory_, scene.inputs, decision);
    return decision;
  }

  EvaluationMemory memory_;
};

TEST_F(Memory, AVetoIsKnownByItsFirstEvaluationAndEndsWithTheReading) {
  Scene scene;
  scene.metric("a", 70, 30, 1).metric("b", 70, 30, Reading::missing("no series"));
  evaluate(scene);
  const WallTime first = scene.inputs.now;
  evaluate(scene);
  EXPECT_EQ(memory_.vetoed_since, first);
  scene.inputs.readings[1] = Reading::fresh_value(50);
  evaluate(scene);
  EXPECT_FALSE(memory_.vetoed_since);
}

TEST_F(Memory, BlindnessCountsFromTheLastReadingOn) {
  Scene scene;
  scene.metric("a", 70, 30, Reading::missing("no series"));
  evaluate(scene);
  const WallTime first = scene.inputs.now;
  evaluate(scene);
  EXPECT_EQ(memory_.unavailable_since, first);
  EXPECT_EQ(scene.inputs.guards.unavailable_since, first);
  scene.inputs.readings[0] = Reading::fresh_value(50);
  evaluate(scene);
  EXPECT_FALSE(memory_.unavailable_since);
}

TEST_F(Memory, AnotherStateOfTheRolloutBeginsAnew) {
  Scene scene;
  scene.metric("a", 70, 30, 50);
  scene.inputs.target.rollout = api::Rollout::Running;
  evaluate(scene);
  evaluate(scene);
  scene.inputs.target.rollout = api::Rollout::Stuck;
  evaluate(scene);
  EXPECT_EQ(memory_.rollout_since, scene.inputs.now);
}

}  // namespace
}  // namespace evalscaler::scaling
