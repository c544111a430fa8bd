// SPDX-License-Identifier: Apache-2.0
#include "kube/watch_frame.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

Result<WatchFrame> read(std::string line) {
  wire::JsonReader reader;
  return read_frame(reader, line);
}

TEST(WatchFrame, TellsWhoseItIs) {
  const auto frame =
      read(R"({"type":"MODIFIED","object":{"kind":"Deployment","apiVersion":"apps/v1",
      "metadata":{"name":"web","namespace":"ml","uid":"u","resourceVersion":"8"},
      "spec":{"metadata":{"name":"inner"}}}})");
  ASSERT_TRUE(frame) << frame.error().message;
  EXPECT_EQ(frame->type, WatchFrame::Type::Modified);
  EXPECT_EQ(frame->object.kind, "Deployment");
  EXPECT_EQ(frame->object.api_version, "apps/v1");
  EXPECT_EQ(frame->object.key, (ObjectKey{"ml", "web"}));
  EXPECT_EQ(frame->object.uid, "u");
  EXPECT_EQ(frame->object.revision, "8");
}

TEST(WatchFrame, KnowsTheBookmarkThatEndsTheList) {  // R26
  const auto end = read(R"({"type":"BOOKMARK","object":{"kind":"Deployment","metadata":{
      "resourceVersion":"9","annotations":{"k8s.io/initial-events-end":"true"}}}})");
  EXPECT_TRUE(end->object.ends_initial_events);
  const auto ordinary =
      read(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})");
  EXPECT_FALSE(ordinary->object.ends_initial_events);
  EXPECT_EQ(ordinary->object.revision, "9");
}

TEST(WatchFrame, ReadsTheStatusOfAnError) {  // R4, R10
  const auto frame = read(R"({"type":"ERROR","object":{"kind":"Status","metadata":{},
      "message":"too old resource version","reason":"Expired","code":410}})");
  EXPECT_EQ(frame->type, WatchFrame::Type::Error);
  EXPECT_EQ(frame->status.code, 410);
  EXPECT_EQ(to_error(frame->status, RequestForm::Watch).kind, ErrorKind::Expired);
}

TEST(WatchFrame, AnUnknownTypeIsNotAnError) {
  EXPECT_EQ(read(R"({"type":"GREETING","object":{}})")->type, WatchFrame::Type::Unknown);
  EXPECT_EQ(read("{}")->type, WatchFrame::Type::Unknown);
}

TEST(WatchFrame, CutAndForeignLinesAreErrors) {
  for (const char* line : {"", "[]", "null", R"({"type":"ADDED","object":{"metad)", "<html>",
                           R"({"type":"ADDED"} {"type":"ADDED"})", R"({"type":7})"}) {
    EXPECT_FALSE(read(line)) << line;
  }
}

}  // namespace
}  // namespace evalscaler::kube
