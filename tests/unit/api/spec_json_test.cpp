// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "api/service_json.hpp"
#include "unit/api/read_json.hpp"

namespace evalscaler::api {
namespace {

Result<ServiceSpec> read(const std::string& json, UnknownFields unknown = UnknownFields::Refuse) {
  return read_member("spec", json,
                     [&](wire::JsonCursor& value) { return read_spec(value, unknown); });
}

std::string error_of(const std::string& json) {
  const auto spec = read(json);
  EXPECT_FALSE(spec) << json;
  if (spec) return "";
  EXPECT_EQ(spec.error().kind, ErrorKind::Invalid);
  return spec.error().message;
}

Result<Quantity> threshold(const std::string& json) {
  const auto spec =
      read(R"({"tiers":[{"threshold":{"metrics":[{"scaleUpThreshold":)" + json + "}]}}]}");
  if (!spec) return spec.error();
  return spec->tiers[0].threshold->metrics[0].scale_up.value();
}

TEST(ReadSpec, LeavesDefaultsWhereNothingIsSaid) {
  const auto spec = read("{}");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(*spec, ServiceSpec{});
}

TEST(ReadSpec, NullIsAsGoodAsAbsent) {
  const auto spec = read(R"({"mode":null,"intervalSeconds":null,"tiers":[{"name":"app",
      "scaleTargetRef":null,"minReplicas":null,"threshold":null}]})");
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->mode, Mode::Auto);
  ASSERT_EQ(spec->tiers.size(), 1U);
  EXPECT_EQ(spec->tiers[0].min_replicas, 1);
  EXPECT_EQ(spec->tiers[0].target, ScaleTargetRef{});
  EXPECT_FALSE(spec->tiers[0].threshold);
}

TEST(ReadSpec, NothingAsAKeyIsAnUnknownFieldOfEveryRule) {
  for (const std::string rule : {"scaleUp", "scaleDown"}) {
    const std::string json = R"({"tiers":[{"threshold":{")" + rule + R"(":{"":5}}}]})";
    EXPECT_NE(error_of(json).find("unknown field"), std::string::npos) << rule;
    EXPECT_TRUE(read(json, UnknownFields::Ignore)) << rule;
  }
}

TEST(ReadSpec, OfAFieldGivenTwiceTheLastCounts) {
  const auto spec = read(R"({"tiers":[{"name":"a"},{"name":"b"}],"tiers":[{"name":"c"}]})");
  ASSERT_TRUE(spec);
  ASSERT_EQ(spec->tiers.size(), 1U);
  EXPECT_EQ(spec->tiers[0].name, "c");
}

TEST(ReadSpec, UnknownFieldsAreRefusedOrIgnored) {
  const std::string json = R"({"tiers":[{"name":"app","maxReplica":{"deep":[1,2]}}]})";
  EXPECT_EQ(error_of(json),
            "spec.tiers[0].maxReplica: unknown field; known here: name, scaleTargetRef, "
            "metricIdentity, minReplicas, maxReplicas, statefulSet, redisCluster, threshold, "
            "targetTracking, behavior, fallback");
  const auto spec = read(json, UnknownFields::Ignore);
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->tiers[0].name, "app");
}

TEST(ReadSpec, UnknownEnumTextIsAnErrorWhateverTheRestIs) {
  const std::string json = R"({"mode":"Turbo"})";
  EXPECT_EQ(error_of(json), "spec.mode: 'Turbo' is not one of Auto, DryRun, Paused");
  EXPECT_FALSE(read(json, UnknownFields::Ignore));
}

TEST(ReadSpec, WrongTypesNameTheirPlace) {
  EXPECT_EQ(error_of(R"({"tiers":{}})"), "spec.tiers: must be a list, not an object");
  EXPECT_EQ(error_of(R"({"tiers":["app"]})"), "spec.tiers[0]: must be an object, not a string");
  EXPECT_EQ(error_of(R"({"tiers":[{"minReplicas":"3"}]})"),
            "spec.tiers[0].minReplicas: must be a whole number");
  EXPECT_EQ(error_of(R"({"tiers":[{"minReplicas":3.5}]})"),
            "spec.tiers[0].minReplicas: must be a whole number");
  EXPECT_EQ(error_of(R"({"prometheus":7})"), "spec.prometheus: must be a string");
}

TEST(ReadSpec, NumbersThatDoNotFitAreRefusedNotCut) {
  EXPECT_EQ(error_of(R"({"tiers":[{"maxReplicas":4294967301}]})"),
            "spec.tiers[0].maxReplicas: 4294967301 is out of range");
  EXPECT_EQ(error_of(R"({"intervalSeconds":-2147483649})"),
            "spec.intervalSeconds: -2147483649 is out of range");
  EXPECT_FALSE(read(R"({"intervalSeconds":99999999999999999999})"));
}

TEST(ReadSpec, ThresholdsAreWholeNumbersOrQuantitiesInQuotes) {
  EXPECT_EQ(threshold("70").value(), Quantity{70});
  EXPECT_EQ(threshold("\"70\"").value(), Quantity{70});
  EXPECT_EQ(threshold("\"0.7\"").value(), Quantity{0.7});
  EXPECT_EQ(threshold("\"100m\"").value(), Quantity{0.1});
  EXPECT_EQ(threshold("\"1Gi\"").value(), Quantity{1073741824});
}

TEST(ReadSpec, ThresholdsThatAreNoNumberAreRefused) {
  for (const char* json : {"\"NaN\"", "\"Inf\"", "\"-Inf\"", "\"1e309\"", "\"0x10\"", "\"1_000\"",
                           "\" 5\"", "\"\"", "true", "[]", "1e400"}) {
    EXPECT_FALSE(threshold(json)) << json;
  }
  EXPECT_EQ(threshold("0.7").error().message,
            "spec.tiers[0].threshold.metrics[0].scaleUpThreshold: a number that is not whole must "
            "be in quotes: \"0.7\"");
}

// A cache keeps the object with its error, so that a condition can be set on it.
TEST(ReadSpec, AfterAnErrorTheRestOfTheObjectCanBeRead) {
  for (const char* bad :
       {R"({"mode":"Turbo","tiers":[]})", R"({"tiers":[{"name":"a"},{"name":5}]})",
        R"({"tiers":[{"threshold":{"metrics":[{"worse":"Bigger","name":"m"}]}}]})",
        R"({"tiers":{"a":[1]},"mode":"Auto"})"}) {
    bool failed = false;
    std::string after;
    wire::JsonReader reader;
    const std::string json = std::string(R"({"spec":)") + bad + R"(,"metadata":{"name":"web"}})";
    const auto read = reader.read_copy(json, [&](wire::JsonCursor& root) {
      return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
        if (key == "spec") failed = !read_spec(value, UnknownFields::Ignore);
        if (key == "metadata") after = value.raw().value_or("unreadable");
        return {};
      });
    });
    EXPECT_TRUE(read && failed) << bad;
    EXPECT_EQ(after, R"({"name":"web"})") << bad;
  }
}

}  // namespace
}  // namespace evalscaler::api
