// SPDX-License-Identifier: Apache-2.0
#include "targets/autoscaler_object.hpp"

#include <gtest/gtest.h>

#include <string>

namespace evalscaler::targets {
namespace {

Result<AutoscalerObject> read(const std::string& json) {
  AutoscalerObject out;
  wire::JsonReader reader;
  const auto result = reader.read_copy(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto object = read_autoscaler(root);
    if (!object) return object.error();
    out = std::move(object).value();
    return {};
  });
  if (!result) return result.error();
  return out;
}

TEST(AutoscalerObject, KeepsWhatItScales) {
  const auto object = read(R"({"metadata":{"name":"web-hpa","namespace":"ml","uid":"u",
      "resourceVersion":"7"},"spec":{"minReplicas":2,"maxReplicas":9,"scaleTargetRef":
      {"apiVersion":"apps/v1","kind":"Deployment","name":"web"},"metrics":[{"type":"Resource"}]},
      "status":{"currentReplicas":3}})");
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(object->meta.key, (ObjectKey{"ml", "web-hpa"}));
  EXPECT_EQ(object->target_api_version, "apps/v1");
  EXPECT_EQ(object->target_kind, "Deployment");
  EXPECT_EQ(object->target_name, "web");
}

TEST(AutoscalerObject, WithoutATargetItIsNone) {
  EXPECT_FALSE(read(R"({"metadata":{"name":"h"},"spec":{}})"));
  EXPECT_FALSE(read(R"({"metadata":{"name":"h"}})"));
  EXPECT_FALSE(read(R"({"spec":{"scaleTargetRef":{"kind":"Deployment","name":"web"}}})"));
}

}  // namespace
}  // namespace evalscaler::targets
