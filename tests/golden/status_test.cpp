// SPDX-License-Identifier: Apache-2.0
// The status document as the API server and everybody's scripts see it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include "api/enum_text.hpp"
#include "api/service_json.hpp"
#include "core/time_text.hpp"
#include "golden/crd_schema.hpp"

namespace evalscaler::golden {
namespace {

using namespace api;  // NOLINT(google-build-using-namespace): the test builds one of its structs

WallTime minute(int minutes) {
  return parse_time("2026-01-01T12:00:00Z").value() + std::chrono::minutes(minutes);
}

DecisionRecord grown() {
  return {"app",
          minute(10),
          5,
          8,
          true,
          "ThresholdExceeded",
          "app goes from 5 to 8: queue_depth is 61, above 50",
          {{"threshold", 5, 8, "ThresholdExceeded", "queue_depth is 61, above 50"}}};
}

DecisionRecord held() {
  return {"app",
          minute(12),
          8,
          8,
          false,
          "ScaleDownVetoed",
          "app holds at 8: memory_usage is missing",
          {{"threshold", 8, 7, "BelowThresholds", "4 of 5 metrics are low"},
           {"readings", 7, 8, "ScaleDownVetoed", "memory_usage: no series for ml/web"}}};
}

ServiceStatus rich() {
  ServiceStatus status;
  status.observed_generation = 3;
  status.summary = "app 7/8";
  status.conditions = {
      {"Ready", ConditionStatus::True, "Scaling", "all tiers are looked after", 3, minute(0)},
      {"ScalingActive", ConditionStatus::False, "MetricsUnavailable",
       "app: memory_usage is missing", 3, minute(11)},
      {"AbleToScale", ConditionStatus::Unknown, "NotTried", "nothing has been scaled yet", 3,
       minute(0)}};
  TierStatus app;
  app.name = "app";
  app.current = app.desired = 8;
  app.ready = 7;
  app.last_scale_up = minute(10);
  app.last_scale_down = minute(-60);
  app.last_decision = held();
  app.scale_events = {{minute(-60), -1}, {minute(10), 3}};
  app.recommendations = {{minute(9), 9}, {minute(12), 7}};
  app.contest = Contest{"argocd-controller", {minute(1), minute(4)}, minute(4)};
  app.vetoed_since = minute(11);
  app.plan = PlanStatus{"7f3a",     "Drain",          5,       4,
                        minute(10), "ReplicaLagging", "waits", {100, 4096, 2500, 1 << 20, 512, 8},
                        "v1 opaque"};
  app.metrics = {{"queue_depth", ReadingState::Fresh, 61, minute(12), "a partial answer"},
                 {"cpu_usage", ReadingState::Fresh, 0.1, {}, ""},
                 {"memory_usage", ReadingState::Missing, {}, {}, "no series for ml/web"}};
  status.tiers = {app};
  status.recent_decisions = {grown(), held()};
  return status;
}

std::string written(const ServiceStatus& status) {
  wire::JsonWriter out(2);
  write_status(out, status);
  return std::move(out).text() + "\n";
}

TEST(Status, IsWrittenAsTheGoldenFileHasIt) {
  const std::string path = "tests/golden/status.json";
  if (std::getenv("UPDATE_GOLDEN") != nullptr) {
    std::ofstream(source_path(path)) << written(rich());
  }
  EXPECT_EQ(written(rich()), source_file(path)) << "if this is wanted: UPDATE_GOLDEN=1";
}

TEST(Status, ReadsBackAsItWas) {
  wire::JsonReader reader;
  Result<ServiceStatus> back = fail(ErrorKind::Invalid, "not read");
  const std::string json = "{\"status\":" + written(rich()) + "}";
  const auto read = reader.read_copy(json, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view, wire::JsonCursor& value) -> Result<void> {
      back = read_status(value);
      EVALSCALER_TRY(back);
      return {};
    });
  });
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(*back, rich());
}

TEST(Status, HasTheFieldsOfTheSchemaAndNoOthers) {
  JsonTree document = read_tree(written(rich())).value();
  EXPECT_EQ(paths_of(document), properties_of(crd_schema("status")));
}

TEST(Status, EnumsOfTheSchemaHaveTheSameTexts) {
  std::map<std::string, std::string> found;
  visit_properties(crd_schema("status"), [&](const std::string& path, const JsonTree& node) {
    if (node.find("enum") != nullptr) found[path] = keyword(node, "enum");
  });
  EXPECT_EQ(found,
            (std::map<std::string, std::string>{
                {"conditions[].status", R"(["True","False","Unknown"])"},
                {"tiers[].metrics[].state", R"(["Fresh","Missing","Invalid","Immature"])"}}));
}

TEST(Status, StaysBelowTheLimitsOfTheSchema) {
  ServiceStatus status = rich();
  const std::string endless(10'000, 'x');
  status.summary = endless;
  status.conditions[0].message = endless;
  status.conditions[0].reason = endless;
  status.recent_decisions.assign(30, held());
  status.recent_decisions.back().steps.assign(1000,
                                              {endless, 1, 2, endless, endless + "\n\x1b[31m"});
  status.tiers[0].scale_events.assign(100, {minute(0), 1});
  status.tiers[0].recommendations.assign(100, {minute(0), 1});
  status.tiers[0].contest = Contest{endless, std::vector<WallTime>(100, minute(0)), minute(0)};
  JsonTree document = read_tree(written(status)).value();
  visit_properties(crd_schema("status"), [&](const std::string& path, const JsonTree& node) {
    const JsonTree* value = at(document, path);
    ASSERT_NE(value, nullptr) << path;
    if (node.find("maxLength")) {
      EXPECT_LE(value->unquoted().size(), std::stoul(keyword(node, "maxLength"))) << path;
    }
    if (node.find("maxItems")) {
      EXPECT_LE(value->items.size(), std::stoul(keyword(node, "maxItems"))) << path;
    }
  });
}

}  // namespace
}  // namespace evalscaler::golden
