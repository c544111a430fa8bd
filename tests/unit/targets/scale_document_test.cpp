// SPDX-License-Identifier: Apache-2.0
#include "targets/scale_document.hpp"

#include <gtest/gtest.h>

#include "fakes/workload_json.hpp"

namespace evalscaler::targets {
namespace {

TEST(ScaleDocument, PatchFencesUidRevisionAndReplicas) {
  EXPECT_EQ(scale_patch({"uid-1", "100", 5}, 8),
            R"([{"op":"test","path":"/metadata/uid","value":"uid-1"},)"
            R"({"op":"test","path":"/metadata/resourceVersion","value":"100"},)"
            R"({"op":"test","path":"/spec/replicas","value":5},)"
            R"({"op":"replace","path":"/spec/replicas","value":8}])");
}

TEST(ScaleDocument, PatchFromZeroKnowsThatTheFieldIsAbsent) {
  EXPECT_EQ(scale_patch({"uid-1", "100", 0}, 2),
            R"([{"op":"test","path":"/metadata/uid","value":"uid-1"},)"
            R"({"op":"test","path":"/metadata/resourceVersion","value":"100"},)"
            R"({"op":"test","path":"/spec/replicas","value":null},)"
            R"({"op":"add","path":"/spec/replicas","value":2}])");
}

TEST(ScaleDocument, ReadsAnswerAndAbsentReplicasAsZero) {
  const auto eight = read_scale(fakes::scale_json("uid-1", "101", 8));
  ASSERT_TRUE(eight) << eight.error().message;
  EXPECT_EQ(eight->uid, "uid-1");
  EXPECT_EQ(eight->resource_version, "101");
  EXPECT_EQ(eight->spec_replicas, 8);
  EXPECT_EQ(read_scale(fakes::scale_json("uid-1", "101", 0)).value().spec_replicas, 0);
}

TEST(ScaleDocument, WhatIsNoScaleIsRefused) {
  for (const char* json : {"", "{}", "<html>", R"({"metadata":{"name":"a","uid":"u"}})",
                           R"({"metadata":{"name":"a","resourceVersion":"1"},"spec":{}})",
                           R"({"metadata":{"name":"a","uid":"u"},"spec":{"replicas":1}})"}) {
    EXPECT_FALSE(read_scale(json)) << json;
  }
  for (const char* replicas : {"-1", "2147483648", "\"8\""}) {
    const std::string json = R"({"metadata":{"uid":"u","resourceVersion":"1"},"spec":{"replicas":)";
    EXPECT_FALSE(read_scale(json + replicas + "}}")) << replicas;
  }
}

}  // namespace
}  // namespace evalscaler::targets
