// SPDX-License-Identifier: Apache-2.0
#include "api/explanation_json.hpp"

#include <gtest/gtest.h>

#include "api/service_json.hpp"
#include "core/time_text.hpp"

namespace evalscaler::api {
namespace {

std::string text_of(const ServiceExplanation& service) {
  wire::JsonWriter out;
  write_explanation(out, service);
  return std::move(out).text();
}

Result<ServiceExplanation> read(const std::string& json) {
  ServiceExplanation out;
  wire::JsonReader reader;
  const auto done = reader.read_copy(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto service = read_explanation(root);
    if (!service) return service.error();
    out = std::move(*service);
    return {};
  });
  if (!done) return done.error();
  return out;
}

WallTime noon(int seconds = 0) {
  return *parse_time("2026-01-01T12:00:00Z") + std::chrono::seconds(seconds);
}

MetricExplanation metric(const std::string& name) {
  MetricExplanation out;
  out.name = name;
  out.unit = "%";
  out.reading = Reading::fresh_value(63.25);
  out.up = 70;
  out.down = 30.5;
  out.age = 8;
  return out;
}

// Every member that the JSON has is set to something that is not its default.
ServiceExplanation everything() {
  TierExplanation tier;
  tier.name = "app";
  tier.target = "Deployment web";
  tier.min_replicas = 2;
  tier.max_replicas = 9;
  tier.problem = "none, really";
  tier.current = 5;
  tier.ready = 4;
  tier.desired = 6;
  tier.metrics = {metric("cpu"), metric("hits")};
  tier.metrics[0].reading.partial = true;
  tier.metrics[0].worse = Worse::Lower;
  tier.metrics[1].reading = Reading::invalid("NaN");
  tier.metrics[1].target = MetricTarget{MetricTargetType::AverageValue, Quantity{0.75}};
  tier.last_decision = DecisionRecord{"app", noon(-5),  5,         6,
                                      true,  "Because", "said so", {{"cooldown", 6, 5, "R", "m"}}};
  tier.fresh_streak = 2;
  tier.fresh_streak_needed = 3;
  tier.up = {"up needs cpu > 70", Share{0.43, 0.7}, {}, 42, RateRoom{8, noon(12)}};
  tier.down = {"down needs more", Share{0.4, 0.7}, {{"rollout", "R", "m", noon(3)}}, 7, {}};
  tier.down.room = RateRoom{4, {}};
  tier.cooldown = "cooldown ended 2m ago";
  tier.scale_events = {{noon(-30), 3}};
  tier.recommendations = {{noon(-20), 7}, {noon(-10), 6}};
  return {{"ml", "web"}, 3, noon(), 12, {tier}};
}

TEST(Explanation, WhatIsWrittenReadsBackTheSame) {
  const std::string written = text_of(everything());
  const auto back = read(written);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(text_of(*back), written);
  EXPECT_EQ(back->tiers.at(0).metrics.at(0).reading.sample_time, noon(-8));
}

TEST(Explanation, WhatIsNotKnownIsLeftOut) {
  ServiceExplanation service;
  service.tiers.emplace_back().name = "app";
  const std::string written = text_of(service);
  for (const char* name : {"current", "freshStreak", "lastDecision", "nextVisitSeconds", "problem",
                           "moreAt", "unit"}) {
    EXPECT_EQ(written.find('"' + std::string(name) + '"'), std::string::npos) << name;
  }
  const auto back = read(written);
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_FALSE(back->tiers.at(0).fresh_streak.has_value());
}

TEST(Explanation, ANewerOperatorMaySayMore) {
  const auto back = read(R"({"service":"a","new":{"x":[1]},"tiers":[{"name":"t","also":1,)"
                         R"("needs":{"up":"u","sideways":"s"}}]})");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->tiers.at(0).up.needs, "u");
}

TEST(Explanation, NonsenseIsInvalidWithItsPath) {
  const auto back = read(R"({"tiers":[{"metrics":[{"state":"Ripe"}]}]})");
  ASSERT_FALSE(back);
  EXPECT_EQ(back.error().kind, ErrorKind::Invalid);
  EXPECT_NE(back.error().message.find("tiers[0].metrics[0].state: 'Ripe' is not one of"),
            std::string::npos)
      << back.error().message;
}

TEST(Explanation, TextsOfOthersAreBounded) {
  ServiceExplanation service = everything();
  service.tiers[0].metrics[1].reading.why = "bad\n" + std::string(100'000, 'x');
  service.tiers[0].problem = std::string(100'000, 'y');
  EXPECT_LT(text_of(service).size(), 4'000U);
}

}  // namespace
}  // namespace evalscaler::api
