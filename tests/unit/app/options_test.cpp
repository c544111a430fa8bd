// SPDX-License-Identifier: Apache-2.0
#include "app/options.hpp"

#include <gtest/gtest.h>

#include <map>

namespace evalscaler::app {
namespace {

using Variables = std::map<std::string, std::string>;
using Parsed = Result<std::variant<Options, Answer>>;

Parsed parse(std::vector<const char*> words, const Variables& variables = {}) {
  words.insert(words.begin(), "evalscaler");
  return parse_options(static_cast<int>(words.size()), words.data(),
                       [&](const std::string& name) -> std::optional<std::string> {
                         const auto at = variables.find(name);
                         return at == variables.end() ? std::nullopt : std::optional(at->second);
                       });
}

Options options(std::vector<const char*> words, const Variables& variables = {}) {
  const Parsed parsed = parse(std::move(words), variables);
  EXPECT_TRUE(parsed) << parsed.error().message;
  return parsed ? std::get<Options>(*parsed) : Options{};
}

std::string refusal(std::vector<const char*> words, const Variables& variables = {}) {
  const Parsed parsed = parse(std::move(words), variables);
  EXPECT_FALSE(parsed);
  return parsed ? "" : parsed.error().message;
}

TEST(Options, DefaultsAreThoseOfOtherOperators) {
  const Options out = options({});
  EXPECT_EQ(out.metrics_address, ":8080");
  EXPECT_EQ(out.probe_address, ":8081");
  EXPECT_EQ(out.workers, 8U);
  EXPECT_EQ(out.max_replicas_limit, 1000);
  EXPECT_EQ(out.max_scale_downs_per_minute, 100U);
  EXPECT_FALSE(out.paused);
  EXPECT_TRUE(out.namespaces.empty());
  EXPECT_FALSE(out.leader_elect);
  EXPECT_TRUE(out.lease_namespace.empty());
  EXPECT_FALSE(out.per_service_metrics);
  EXPECT_EQ(out.inline_queries, prometheus::InlineQueries::Allowed);
}

TEST(Options, EveryFlagIsTaken) {
  const Options out = options({"--kubeconfig",
                               "k",
                               "--config=c",
                               "--watch-namespace",
                               "a",
                               "--watch-namespace",
                               "b",
                               "--metrics-bind-address",
                               "0",
                               "--health-probe-bind-address",
                               "127.0.0.1:0",
                               "--workers",
                               "3",
                               "--max-replicas-limit",
                               "50",
                               "--max-scale-downs-per-minute",
                               "7",
                               "--paused",
                               "--per-service-metrics",
                               "--inline-queries=false",
                               "--log-level",
                               "debug",
                               "--log-format",
                               "json"});
  EXPECT_EQ(out.kubeconfig, "k");
  EXPECT_EQ(out.config, "c");
  EXPECT_EQ(out.namespaces, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(out.metrics_address, "") << "0 is off";
  EXPECT_EQ(out.probe_address, "127.0.0.1:0");
  EXPECT_EQ(out.workers, 3U);
  EXPECT_EQ(out.max_replicas_limit, 50);
  EXPECT_EQ(out.max_scale_downs_per_minute, 7U);
  EXPECT_TRUE(out.paused);
  EXPECT_TRUE(out.per_service_metrics);
  EXPECT_EQ(out.inline_queries, prometheus::InlineQueries::Forbidden);
  EXPECT_EQ(out.log_level, telemetry::LogLevel::Debug);
  EXPECT_EQ(out.log_format, telemetry::LogFormat::Json);
}

TEST(Options, EnvironmentFillsInWhatTheCommandLineDoesNotSay) {
  const Variables variables{{"EVALSCALER_WORKERS", "5"},
                            {"EVALSCALER_WATCH_NAMESPACE", "a, b,a"},
                            {"EVALSCALER_MAX_REPLICAS_LIMIT", "7"}};
  const Options out = options({"--max-replicas-limit", "9"}, variables);
  EXPECT_EQ(out.workers, 5U);
  EXPECT_EQ(out.namespaces, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(out.max_replicas_limit, 9);
}

TEST(Options, LeaderElectMeansTrueWithoutAValue) {
  EXPECT_TRUE(options({"--leader-elect"}).leader_elect);
  EXPECT_TRUE(options({"--leader-elect=true"}).leader_elect);
  EXPECT_FALSE(
      options({"--leader-elect=false"}, {{"EVALSCALER_LEADER_ELECT", "true"}}).leader_elect);
  EXPECT_TRUE(options({}, {{"EVALSCALER_LEADER_ELECT", "true"}}).leader_elect);
  const Options both = options({"--leader-elect", "--leader-election-namespace", "ops"});
  EXPECT_TRUE(both.leader_elect);
  EXPECT_EQ(both.lease_namespace, "ops");
}

TEST(Options, RefusalsNamePlaceAndFix) {
  EXPECT_EQ(refusal({"--workers", "many"}), "--workers many: must be a whole number from 1 to 256");
  EXPECT_EQ(refusal({"--workers", "0"}), "--workers 0: must be a whole number from 1 to 256");
  EXPECT_EQ(refusal({}, {{"EVALSCALER_WORKERS", "-1"}}),
            "EVALSCALER_WORKERS=-1: must be a whole number from 1 to 256");
  EXPECT_EQ(refusal({"--max-replicas-limit", "99999999999999999999"}),
            "--max-replicas-limit 99999999999999999999: must be a whole number from 1 to 1000000");
  EXPECT_EQ(refusal({"--watch-namespace", "Up"}),
            "--watch-namespace Up: 'Up' is not a namespace's name");
  EXPECT_EQ(refusal({"--workers", "1", "--workers", "2"}),
            "--workers: given more than once; give it once");
  EXPECT_NE(refusal({"--leader"}).find("--leader"), std::string::npos);
  EXPECT_EQ(refusal({"--leader-elect=1"}), "--leader-elect 1: must be true or false");
  EXPECT_EQ(refusal({"--leader-election-namespace", "a/b"}),
            "--leader-election-namespace a/b: 'a/b' is not a namespace's name");
}

TEST(Options, RefusalsAreOneLine) {
  EXPECT_EQ(refusal({"--config", ""}).find('\n'), std::string::npos);
  EXPECT_EQ(refusal({"--watch-namespace", "a\nb\x1b[31m"}).find_first_of("\n\x1b"),
            std::string::npos);
  EXPECT_EQ(refusal({"--no\nsuch"}).find('\n'), std::string::npos);
}

TEST(Options, VersionAndHelpAreAnswers) {
  const auto version = parse({"--version"});
  ASSERT_TRUE(version);
  EXPECT_EQ(std::get<Answer>(*version).text.rfind("evalscaler ", 0), 0U);
  const auto help = parse({"--help"});
  ASSERT_TRUE(help);
  EXPECT_NE(std::get<Answer>(*help).text.find("--watch-namespace"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::app
