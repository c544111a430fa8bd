// SPDX-License-Identifier: Apache-2.0
#include "kube/object_meta.hpp"

#include <gtest/gtest.h>

#include "core/time_text.hpp"
#include "kube/managed_fields.hpp"

namespace evalscaler::kube {
namespace {

struct Read {
  ObjectMeta meta;
  std::vector<std::string> handed_on;
  std::vector<FieldsEntry> fields;
};

Result<Read> read(std::string metadata) {
  Read out;
  wire::JsonReader reader;
  std::string json = R"({"metadata":)" + std::move(metadata) + "}";
  const auto result = reader.read(json, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view, wire::JsonCursor& value) -> Result<void> {
      auto meta = read_object_meta(value, [&](std::string_view key, wire::JsonCursor& member) {
        out.handed_on.emplace_back(key);
        if (key != "managedFields") return Result<void>();
        auto fields = read_managed_fields(member);
        if (!fields) return Result<void>(fields.error());
        out.fields = std::move(*fields);
        return Result<void>();
      });
      if (!meta) return meta.error();
      out.meta = std::move(*meta);
      return {};
    });
  });
  if (!result) return result.error();
  return out;
}

TEST(ObjectMeta, KeepsIdentityAndLife) {
  const auto result = read(R"({"name":"web","namespace":"ml","uid":"u-1","resourceVersion":"77",
      "generation":4,"creationTimestamp":null,"labels":{"a":"b"},"annotations":{"c":"d"},
      "ownerReferences":[{"kind":"A","name":"x"},{"kind":"Rollout","name":"r","controller":true}],
      "deletionTimestamp":"2026-01-01T00:00:00Z"})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->meta.key, (ObjectKey{"ml", "web"}));
  EXPECT_EQ(result->meta.uid, "u-1");
  EXPECT_EQ(result->meta.resource_version, "77");
  EXPECT_EQ(result->meta.generation, 4);
  EXPECT_FALSE(result->meta.created) << "null: not stored yet";
  EXPECT_TRUE(result->meta.being_deleted);
  EXPECT_EQ(result->meta.controller_owner, "Rollout/r");
  EXPECT_EQ(result->handed_on, (std::vector<std::string>{"labels", "annotations"}));
}

TEST(ObjectMeta, SaysWhenItWasMade) {
  const auto result = read(R"({"name":"web","creationTimestamp":"2026-01-01T00:00:07Z"})");
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(result->meta.created, parse_time("2026-01-01T00:00:07Z").value());
  EXPECT_FALSE(read(R"({"name":"web","creationTimestamp":"yesterday"})"));
}

TEST(ObjectMeta, ANullDeletionTimestampIsNoDeletion) {
  EXPECT_FALSE(read(R"({"name":"web","deletionTimestamp":null})")->meta.being_deleted);
}

TEST(ObjectMeta, WithoutANameItIsInvalid) {
  const auto result = read(R"({"namespace":"ml"})");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(result.error().message, "metadata: name is missing");
}

TEST(ObjectMeta, NamesTheFieldOfAWrongType) {
  const auto result = read(R"({"name":"web","generation":"four"})");
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message, "metadata.generation: must be a whole number");
}

TEST(ManagedFields, TellWhoOwnsTheReplicas) {
  const auto result = read(R"({"name":"web","managedFields":[
      {"manager":"kubectl","operation":"Update","apiVersion":"apps/v1","time":"2026-01-01T00:00:00Z",
       "fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:template":{"f:replicas":{}}}}},
      {"manager":"evalscaler","operation":"Update","time":"2026-01-01T00:00:05Z",
       "subresource":"scale","fieldsV1":{"f:spec":{"f:replicas":{}}}},
      {"manager":"odd","operation":"Apply","time":"yesterday","fieldsV1":{"f:status":{"f:replicas":{}}}}]})");
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(result->fields.size(), 3U);
  EXPECT_FALSE(result->fields[0].owns_replicas);  // template's, not spec's own
  EXPECT_EQ(result->fields[1].manager, "evalscaler");
  EXPECT_EQ(result->fields[1].subresource, "scale");
  EXPECT_EQ(time_text(result->fields[1].time.value()), "2026-01-01T00:00:05Z");
  EXPECT_TRUE(result->fields[1].owns_replicas);
  EXPECT_FALSE(result->fields[2].time.has_value());
  EXPECT_FALSE(result->fields[2].owns_replicas);
}

}  // namespace
}  // namespace evalscaler::kube
