// SPDX-License-Identifier: Apache-2.0
// The samples, as the decoders that files go through judge them. What a real API server says
// of the same files is in tests/integration/crd_samples.sh.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "api/service_json.hpp"
#include "golden/crd_schema.hpp"

namespace evalscaler::golden {
namespace {

Result<api::ServiceFile> read(const std::string& path) {
  const auto yaml = wire::read_yaml(source_file(path));
  if (!yaml) return yaml.error();
  return api::read_service_file(*yaml);
}

std::vector<std::string> refusals(const std::string& path) {
  const auto file = read(path);
  if (!file) return {file.error().message};
  std::vector<std::string> out;
  for (const api::FieldProblem& problem : api::validate(file->spec)) out.push_back(problem.text());
  return out;
}

struct Row {
  const char* metric;
  double up;
  double down;
};

void expect_rows(const api::ThresholdPolicy& policy, const std::vector<Row>& rows) {
  ASSERT_EQ(policy.metrics.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(policy.metrics[i].name, rows[i].metric);
    EXPECT_EQ(policy.metrics[i].scale_up, Quantity{rows[i].up});
    EXPECT_EQ(policy.metrics[i].scale_down, Quantity{rows[i].down});
  }
}

TEST(Samples, PredictionServiceIsTheOneOfTheSourceDesign) {
  const auto file = read("manifests/samples/prediction-service.yaml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(api::validate(file->spec).empty());
  EXPECT_EQ(file->key, (ObjectKey{"ml", "prediction-service"}));
  const api::Tier& tier = file->spec.tiers.at(0);
  EXPECT_EQ(tier.target, (api::ScaleTargetRef{"apps/v1", "Deployment", "ml-prediction-service"}));
  EXPECT_EQ(tier.min_replicas, 5);
  EXPECT_EQ(tier.max_replicas, 50);
  expect_rows(*tier.threshold, {{"cpu_usage", 70, 30},
                                {"memory_usage", 80, 40},
                                {"requests_per_second", 100, 20},
                                {"avg_response_time", 1000, 200},
                                {"queue_depth", 50, 5}});
  EXPECT_EQ(tier.threshold->scale_up.step, 3);
  EXPECT_EQ(tier.threshold->scale_down.step, 1);
  EXPECT_EQ(tier.threshold->scale_up.cooldown, std::chrono::minutes(5));
  EXPECT_EQ(tier.threshold->scale_down.cooldown, std::chrono::minutes(5));
}

TEST(Samples, FeatureServiceIsTheOneOfTheSourceDesign) {
  const auto file = read("manifests/samples/feature-service.yaml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(api::validate(file->spec).empty());
  EXPECT_EQ(file->key, (ObjectKey{"ml", "feature-service"}));
  const api::Tier& tier = file->spec.tiers.at(0);
  EXPECT_EQ(tier.target, (api::ScaleTargetRef{"apps/v1", "Deployment", "ml-feature-service"}));
  EXPECT_EQ(tier.min_replicas, 3);
  EXPECT_EQ(tier.max_replicas, 20);
  expect_rows(*tier.threshold, {{"cpu_usage", 60, 20},
                                {"memory_usage", 70, 30},
                                {"requests_per_second", 200, 50},
                                {"avg_response_time", 500, 100},
                                {"queue_depth", 30, 3}});
  EXPECT_EQ(tier.threshold->scale_up.step, 2);
  EXPECT_EQ(tier.threshold->scale_down.step, 1);
  EXPECT_EQ(tier.threshold->scale_up.cooldown, std::chrono::minutes(3));
  EXPECT_EQ(tier.threshold->scale_down.cooldown, std::chrono::minutes(3));
}

TEST(Samples, PredictionPlatformIsTheServiceWithItsCache) {
  const auto file = read("manifests/samples/prediction-platform.yaml");
  const auto alone = read("manifests/samples/prediction-service.yaml");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_TRUE(api::validate(file->spec).empty());
  ASSERT_EQ(file->spec.tiers.size(), 2U);
  EXPECT_EQ(file->spec.tiers[0], alone->spec.tiers.at(0));
  const api::Tier& cache = file->spec.tiers[1];
  EXPECT_EQ(cache.target, (api::ScaleTargetRef{"apps/v1", "StatefulSet", "redis-cluster"}));
  ASSERT_TRUE(cache.redis_cluster);
  EXPECT_EQ(cache.redis_cluster->replicas_per_shard, 1);
  EXPECT_EQ(cache.redis_cluster->password_secret,
            (std::optional<api::SecretKeyRef>{{"redis-secret", "password"}}));
  EXPECT_EQ(cache.min_replicas, 3);
  EXPECT_EQ(cache.max_replicas, 8);
  expect_rows(*cache.threshold, {{"redis_memory_usage", 75, 30}, {"redis_hit_rate", 80, 95}});
  EXPECT_EQ(cache.threshold->scale_down.cooldown, std::chrono::hours(1));
}

// `# expect: spec.a.b: message` or `# expect: unknown field "spec.a.b"`.
std::string expected_field(const std::string& text) {
  const std::string line = text.substr(0, text.find('\n'));
  const std::string unknown = "# expect: unknown field \"";
  if (line.starts_with(unknown))
    return line.substr(unknown.size(), line.size() - unknown.size() - 1);
  const std::string known = "# expect: ";
  return line.starts_with(known) ? line.substr(known.size(), line.find(": ", known.size()) - 10)
                                 : "";
}

TEST(Samples, EveryBadOneIsRefusedInCodeAtTheFieldThatTheServerNames) {
  // Which kinds can be scaled is for the registry of targets to say.
  const std::set<std::string> not_judged_here{"target-kind.yaml"};
  int tried = 0;
  for (const auto& entry :
       std::filesystem::directory_iterator(source_path("manifests/samples/bad"))) {
    const std::string name = entry.path().filename();
    if (not_judged_here.contains(name)) continue;
    ++tried;
    const std::string path = "manifests/samples/bad/" + name;
    const std::string field = expected_field(source_file(path));
    ASSERT_FALSE(field.empty()) << name << ": its first line must be '# expect: FIELD: MESSAGE'";
    const auto found = refusals(path);
    EXPECT_TRUE(std::any_of(found.begin(), found.end(),
                            [&](const std::string& text) { return text.starts_with(field); }))
        << name << ": nothing wrong with " << field << " but "
        << (found.empty() ? "nothing" : found.front());
  }
  EXPECT_GE(tried, 40);
}

}  // namespace
}  // namespace evalscaler::golden
