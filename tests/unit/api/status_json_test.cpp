// SPDX-License-Identifier: Apache-2.0
// The whole document is held against a golden file in tests/golden.
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "api/service_json.hpp"
#include "unit/api/read_json.hpp"

namespace evalscaler::api {
namespace {

std::string written(const ServiceStatus& status) {
  wire::JsonWriter out;
  write_status(out, status);
  return std::move(out).text();
}

Result<ServiceStatus> read(const std::string& json) {
  return read_member("status", json, [](wire::JsonCursor& value) { return read_status(value); });
}

WallTime at_ms(int milliseconds) {
  return WallTime{} + std::chrono::milliseconds(milliseconds);
}

TEST(WriteStatus, EmptyListsAreWrittenSoThatAMergePatchClearsThem) {
  EXPECT_EQ(written({}), R"({"observedGeneration":0,"summary":"","conditions":[],"tiers":[],)"
                         R"("recentDecisions":[]})");
}

TEST(WriteStatus, LastScaleTimeIsTheLatestOfAllTiers) {
  ServiceStatus status;
  status.tiers.resize(3);
  status.tiers[0].last_scale_up = at_ms(60'000);
  status.tiers[1].last_scale_down = at_ms(120'000);
  EXPECT_NE(written(status).find(R"("lastScaleTime":"1970-01-01T00:02:00Z")"), std::string::npos);
}

TEST(WriteStatus, ValuesReadBackExactly) {
  for (const double value : {0.1, 1.0 / 3, 1e21, 5e-324, 1.7976931348623157e308, -4.5, 70.0}) {
    ServiceStatus status;
    status.tiers.resize(1);
    status.tiers[0].metrics = {{"m", ReadingState::Fresh, value, {}, ""}};
    const auto back = read(written(status));
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(back->tiers[0].metrics[0].value, value);
  }
}

TEST(WriteStatus, ANumberThatIsNoneIsLeftOut) {
  ServiceStatus status;
  status.tiers.resize(1);
  status.tiers[0].metrics = {
      {"m", ReadingState::Invalid, std::numeric_limits<double>::quiet_NaN(), {}, "NaN"}};
  const auto back = read(written(status));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->tiers[0].metrics[0].value, std::nullopt);
}

TEST(WriteStatus, KeepsTheNewestTenDecisions) {
  ServiceStatus status;
  for (int i = 0; i < 12; ++i) {
    status.recent_decisions.push_back({"app", at_ms(0), i, i + 1, true, "R", "m", {}});
  }
  const auto back = read(written(status));
  ASSERT_TRUE(back) << back.error().message;
  ASSERT_EQ(back->recent_decisions.size(), 10U);
  EXPECT_EQ(back->recent_decisions.front().from, 2);
  EXPECT_EQ(back->recent_decisions.back().from, 11);
}

TEST(WriteStatus, PartsOfASecondDoNotMakeAnotherStatus) {
  ServiceStatus status;
  status.tiers.resize(1);
  status.tiers[0].last_scale_up = at_ms(1'001);
  const std::string text = written(status);
  status.tiers[0].last_scale_up = at_ms(1'999);
  EXPECT_EQ(written(status), text);
}

TEST(ReadStatus, AnObjectWithoutStatusHasAnEmptyOne) {
  EXPECT_EQ(read("null").value(), ServiceStatus{});
  EXPECT_EQ(read("{}").value(), ServiceStatus{});
}

TEST(ReadStatus, IgnoresWhatANewerOperatorWrote) {
  const auto status = read(R"({"journal":{"step":[1]},"tiers":[{"name":"app","shards":3}]})");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->tiers[0].name, "app");
}

TEST(ReadStatus, RefusesWhatItCannotUnderstand) {
  const auto state = read(R"({"tiers":[{"metrics":[{"name":"m","state":"Sour"}]}]})");
  ASSERT_FALSE(state);
  EXPECT_EQ(state.error().message,
            "status.tiers[0].metrics[0].state: 'Sour' is not one of Fresh, Missing, Invalid, "
            "Immature");
  EXPECT_FALSE(read(R"({"tiers":[{"lastScaleUpTime":"yesterday"}]})"));
  EXPECT_FALSE(read(R"({"tiers":[{"current":2147483648}]})"));
}

TEST(ReadStatus, ATiersDecisionKnowsItsTier) {
  const auto status = read(R"({"tiers":[{"lastDecision":{"from":1,"to":2},"name":"app"}]})");
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(status->tiers[0].last_decision->tier, "app");
}

}  // namespace
}  // namespace evalscaler::api
