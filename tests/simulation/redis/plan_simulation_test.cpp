// SPDX-License-Identifier: Apache-2.0
// That the simulation of plans can be believed: it repeats itself, and its oracles notice a plan
// that does not do its duty.
#include "simulation/redis/plan_simulation.hpp"

#include <gtest/gtest.h>

#include <string>

#include "telemetry/log.hpp"

namespace evalscaler::simulation {
namespace {

std::string first_violation(BrokenPlan broken, std::uint64_t seeds) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    PlanSettings settings = plan_settings_of(seed);
    settings.broken = broken;
    const PlanOutcome outcome = PlanSimulation(settings).run();
    if (!outcome.violation.empty()) return outcome.violation;
  }
  return "";
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(PlanSimulation, SameSeedHasTheSameHistoryToTheLastByte) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const PlanOutcome first = PlanSimulation(plan_settings_of(seed)).run();
    ASSERT_FALSE(first.history.empty());
    EXPECT_EQ(first.history, PlanSimulation(plan_settings_of(seed)).run().history) << seed;
  }
}

TEST(PlanSimulation, SoundPlansViolateNothingAndScale) {
  EXPECT_EQ(first_violation(BrokenPlan::Nothing, 20), "");
  EXPECT_GT(PlanSimulation(plan_settings_of(1)).run().scale_writes, 0U);
}

TEST(PlanOracles, NoticeAJournalThatIsNotWritten) {
  const std::string found = first_violation(BrokenPlan::JournalIsNotWritten, 20);
  EXPECT_TRUE(says(found, "journal")) << found;
}

TEST(PlanOracles, NoticeKeysThatAreOverlooked) {
  const std::string found = first_violation(BrokenPlan::KeysAreOverlooked, 20);
  EXPECT_TRUE(says(found, "was acknowledged as version")) << found;
}

TEST(PlanOracles, NoticeAStatefulSetThatShrinksAtOnce) {
  const std::string found = first_violation(BrokenPlan::ShrinksAtOnce, 20);
  EXPECT_TRUE(says(found, "shrinks pod")) << found;
}

}  // namespace
}  // namespace evalscaler::simulation
