// SPDX-License-Identifier: Apache-2.0
// That the simulation can be believed: it repeats itself exactly, and its oracles notice a part
// of the operator that does not do its duty.
#include "simulation/simulation.hpp"

#include <gtest/gtest.h>

#include <string>

#include "telemetry/log.hpp"

namespace evalscaler::simulation {
namespace {

// What the first seed that is violated says, and nothing if none is.
std::string first_violation(Broken broken, std::uint64_t seeds) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    SeedSettings settings = settings_of(seed);
    settings.broken = broken;
    const Outcome outcome = Simulation(settings).run();
    if (!outcome.violation.empty()) return outcome.violation;
  }
  return "";
}

bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Simulation, SameSeedHasTheSameHistoryToTheLastByte) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const Outcome first = Simulation(settings_of(seed)).run();
    const Outcome second = Simulation(settings_of(seed)).run();
    ASSERT_FALSE(first.history.empty());
    EXPECT_EQ(first.history, second.history) << "seed " << seed;
  }
}

TEST(Simulation, OtherSeedsHaveOtherHistories) {
  telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  EXPECT_NE(Simulation(settings_of(1)).run().history, Simulation(settings_of(2)).run().history);
}

TEST(Simulation, SoundPartsViolateNothing) {
  EXPECT_EQ(first_violation(Broken::Nothing, 50), "");
}

TEST(Oracles, NoticeATargetThatIgnoresConflicts) {
  EXPECT_NE(first_violation(Broken::TargetIgnoresConflicts, 100), "");
}

TEST(Oracles, NoticeAWatcherThatSkipsDeletions) {
  const std::string found = first_violation(Broken::WatcherSkipsDeletions, 100);
  EXPECT_TRUE(says(found, "a cache is not the store")) << found;
}

TEST(Oracles, NoticeReadingsThatTakeAMissingNumberForZero) {
  const std::string found = first_violation(Broken::ReadingsTakeMissingForZero, 100);
  EXPECT_TRUE(says(found, " scales ")) << found;
}

TEST(Oracles, NoticeThatARestartForgetsTheStatus) {
  const std::string found = first_violation(Broken::StatusIsForgotten, 300);
  EXPECT_TRUE(says(found, "cooldown")) << found;
}

}  // namespace
}  // namespace evalscaler::simulation
