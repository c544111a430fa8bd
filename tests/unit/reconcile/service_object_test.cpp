// SPDX-License-Identifier: Apache-2.0
#include "reconcile/service_object.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

Result<ServiceObject> decode(std::string json) {
  ServiceObject object;
  wire::JsonReader reader;
  const auto read = reader.read(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto service = read_service(root);
    if (!service) return service.error();
    object = std::move(service).value();
    return {};
  });
  if (!read) return read.error();
  return object;
}

TEST(ServiceObject, ReadsSpecAndStatus) {
  const auto object = decode(
      R"({"metadata":{"name":"web","namespace":"ml","uid":"u","generation":4},
          "spec":{"mode":"DryRun","tiers":[{"name":"app","maxReplicas":9}]},
          "status":{"observedGeneration":3,"summary":"app 5/5"}})");
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(object->meta.generation, 4);
  EXPECT_EQ(object->spec.mode, api::Mode::DryRun);
  EXPECT_EQ(object->status.observed_generation, 3);
  EXPECT_EQ(object->spec_error, "");
}

TEST(ServiceObject, SpecThatDoesNotDecodeIsKeptAsAnErrorAndTheRestIsRead) {
  const auto object = decode(
      R"({"metadata":{"name":"web","namespace":"ml","uid":"u"},
          "spec":{"mode":"Sometimes","tiers":[{"name":"app","maxReplicas":9}]},
          "status":{"observedGeneration":3}})");
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_NE(object->spec_error.find("spec.mode"), std::string::npos) << object->spec_error;
  EXPECT_EQ(object->status.observed_generation, 3);
}

TEST(ServiceObject, MissingSpecIsAnError) {
  EXPECT_EQ(decode(R"({"metadata":{"name":"web"}})").value().spec_error, "spec: is missing");
}

// Without them a service that a plan has held would never be let go again.
TEST(ServiceObject, ReadsItsFinalizers) {
  const auto object = decode(
      R"({"metadata":{"name":"web","finalizers":["of.others/this","evalscaler.io/plan"],
          "deletionTimestamp":"2026-01-01T00:00:00Z"}})");
  ASSERT_TRUE(object) << object.error().message;
  EXPECT_EQ(object->finalizers, (std::vector<std::string>{"of.others/this", "evalscaler.io/plan"}));
  EXPECT_TRUE(object->meta.being_deleted);
}

}  // namespace
}  // namespace evalscaler::reconcile
