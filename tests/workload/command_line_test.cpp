// SPDX-License-Identifier: Apache-2.0
#include "workload/command_line.hpp"

#include <gtest/gtest.h>

#include <map>

#include "workload/engine/engine_options.hpp"

namespace evalscaler::workload {
namespace {

Environment environment_of(std::map<std::string, std::string, std::less<>> variables) {
  return [variables = std::move(variables)](std::string_view name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    if (found == variables.end()) return std::nullopt;
    return found->second;
  };
}

Result<EngineSettings> engine_settings(const std::vector<std::string>& arguments,
                                       const Environment& environment = environment_of({})) {
  const auto given = CommandLine::parse(engine_flags(), arguments, environment);
  if (!given) return given.error();
  return to_engine_settings(*given);
}

std::string complaint(const std::vector<std::string>& arguments,
                      const Environment& environment = environment_of({})) {
  const auto settings = engine_settings(arguments, environment);
  return settings ? "accepted" : settings.error().message;
}

TEST(EngineOptions, ReadFlagsInBothForms) {
  const auto settings =
      engine_settings({"--port", "0", "--workers=8", "--queue", "0", "--work-ms=1.5", "--wait-ms",
                       "20", "--drain-ms=0", "--address=::1", "--max-connections", "5"});
  ASSERT_TRUE(settings) << settings.error().message;
  EXPECT_EQ(settings->port, 0);
  EXPECT_EQ(settings->pool.workers, 8U);
  EXPECT_EQ(settings->pool.queue, 0U);
  EXPECT_EQ(settings->work.cpu, std::chrono::microseconds(1500));
  EXPECT_EQ(settings->work.wait, std::chrono::milliseconds(20));
  EXPECT_EQ(settings->drain, std::chrono::milliseconds(0));
  EXPECT_EQ(settings->address, "::1");
  EXPECT_EQ(settings->most_connections, 5U);
}

TEST(EngineOptions, HaveDefaults) {
  const auto settings = engine_settings({});
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->address, "0.0.0.0");
  EXPECT_EQ(settings->port, 8080);
  EXPECT_EQ(settings->work, WorkPerItem{});
}

TEST(EngineOptions, AFlagWinsOverItsVariable) {
  const auto environment = environment_of({{"ENGINE_PORT", "81"}, {"ENGINE_QUEUE", "7"}});
  const auto settings = engine_settings({"--port", "82"}, environment);
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->port, 82);
  EXPECT_EQ(settings->pool.queue, 7U);
}

TEST(EngineOptions, AnEmptyVariableCountsAsUnset) {
  const auto settings = engine_settings({}, environment_of({{"ENGINE_PORT", ""}}));
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->port, 8080);
}

TEST(EngineOptions, ComplaintsNameTheFlagOrVariable) {
  EXPECT_EQ(complaint({"--port", "65536"}),
            "--port: '65536' is not a whole number from 0 to 65535");
  EXPECT_EQ(complaint({}, environment_of({{"ENGINE_WORKERS", "many"}})),
            "ENGINE_WORKERS: 'many' is not a whole number from 1 to 256");
  EXPECT_EQ(complaint({"--work-ms", "nan"}), "--work-ms: 'nan' is not a number from 0 to 10000");
  EXPECT_EQ(complaint({"--address", "localhost"}),
            "--address: 'localhost' is not an IP address; names are not looked up");
}

TEST(CommandLine, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(complaint({"--prot", "1"}),
            "'--prot' is not a flag of this program; --help lists them");
  EXPECT_EQ(complaint({"8080"}), "'8080' is not a flag of this program; --help lists them");
  EXPECT_EQ(complaint({"--port"}), "--port needs a value: --port N");
  EXPECT_EQ(complaint({"--port", "1", "--port", "2"}), "--port is given twice; give it once");
  EXPECT_EQ(complaint({"--help=yes"}), "--help takes no value");
}

TEST(CommandLine, HelpNamesEveryFlagAndItsVariable) {
  const std::string usage = engine_usage();
  for (const FlagSpec& flag : engine_flags()) {
    EXPECT_NE(usage.find(flag.name), std::string::npos) << flag.name;
    EXPECT_NE(usage.find(flag.env), std::string::npos) << flag.env;
  }
}

}  // namespace
}  // namespace evalscaler::workload
