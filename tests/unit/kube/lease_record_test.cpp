// SPDX-License-Identifier: Apache-2.0
#include "kube/lease_record.hpp"

#include <gtest/gtest.h>

#include "core/time_text.hpp"

namespace evalscaler::kube {
namespace {

constexpr const char* kStored =
    R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"evalscaler",)"
    R"("namespace":"ops","resourceVersion":"77","labels":{"team":"a"}},"spec":)"
    R"({"holderIdentity":"host_1","leaseDurationSeconds":15,)"
    R"("acquireTime":"2026-01-01T00:00:00.000001Z","renewTime":"2026-01-01T00:00:02.500000Z",)"
    R"("leaseTransitions":3}})";

TEST(LeaseRecord, ReadsWhatElectionNeeds) {
  const auto lease = read_lease(kStored);
  ASSERT_TRUE(lease) << lease.error().message;
  EXPECT_EQ(lease->spec.holder, "host_1");
  EXPECT_EQ(lease->spec.duration_seconds, 15);
  EXPECT_EQ(lease->spec.transitions, 3);
  EXPECT_EQ(lease->spec.acquired, parse_time("2026-01-01T00:00:00.000001Z").value());
  EXPECT_EQ(lease->spec.renewed, parse_time("2026-01-01T00:00:02.5Z").value());
}

TEST(LeaseRecord, WhatIsWrittenBackKeepsMetadataAndSixDigits) {
  EXPECT_EQ(lease_json(read_lease(kStored).value()), kStored);
}

TEST(LeaseRecord, NewOneHasItsNameAndNamespaceOnly) {
  LeaseRecord record{new_lease_metadata({"ops", "evalscaler"}), {}};
  record.spec.holder = "host_1";
  record.spec.duration_seconds = 15;
  EXPECT_EQ(lease_json(record),
            R"({"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":)"
            R"({"name":"evalscaler","namespace":"ops"},"spec":{"holderIdentity":"host_1",)"
            R"("leaseDurationSeconds":15,"leaseTransitions":0}})");
}

TEST(LeaseRecord, AbsentAndNullFieldsAreNobodysLease) {
  for (const char* spec : {"", R"(,"spec":{})", R"(,"spec":null)",
                           R"(,"spec":{"holderIdentity":null,"renewTime":null})"}) {
    const auto lease = read_lease(std::string(R"({"metadata":{"name":"a"})") + spec + "}");
    ASSERT_TRUE(lease) << lease.error().message;
    EXPECT_EQ(lease->spec, LeaseSpec{}) << spec;
  }
}

TEST(LeaseRecord, WhatIsNoLeaseIsRefusedAndNamesTheField) {
  for (const char* json : {"", "<html>", "{}", R"({"metadata":[]})"}) {
    EXPECT_FALSE(read_lease(json)) << json;
  }
  const auto wrong = read_lease(R"({"metadata":{},"spec":{"renewTime":"soon"}})");
  ASSERT_FALSE(wrong);
  EXPECT_NE(wrong.error().message.find("spec.renewTime"), std::string::npos)
      << wrong.error().message;
}

}  // namespace
}  // namespace evalscaler::kube
