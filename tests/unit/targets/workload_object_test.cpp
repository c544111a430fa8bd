// SPDX-License-Identifier: Apache-2.0
#include "targets/workload_object.hpp"

#include <gtest/gtest.h>

#include "core/time_text.hpp"
#include "fakes/workload_json.hpp"

namespace evalscaler::targets {
namespace {

using fakes::decode_deployment;
using fakes::WorkloadText;

Result<api::TargetObservation> observed(const WorkloadText& text) {
  const auto object = decode_deployment(text.json());
  if (!object) return object.error();
  return observation_of(*object);
}

TEST(WorkloadObject, KeepsCountsUidAndRevision) {
  WorkloadText text;
  text.ready = 4;
  const auto seen = observed(text);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->uid, "uid-1");
  EXPECT_EQ(seen->resource_version, "100");
  EXPECT_EQ(seen->spec_replicas, 5);
  EXPECT_EQ(seen->ready_replicas, 4);
  EXPECT_EQ(seen->rollout, api::Rollout::Settled);
  EXPECT_FALSE(seen->last_writer);
}

TEST(WorkloadObject, ReplicasThatCannotBeAreRefusedByName) {
  for (const char* replicas : {"-1", "2147483648", "", "\"5\"", "1.5", "1e300"}) {
    WorkloadText text;
    text.replicas = replicas;
    const auto seen = observed(text);
    ASSERT_FALSE(seen) << replicas;
    EXPECT_EQ(seen.error().kind, ErrorKind::Invalid) << replicas;
    EXPECT_NE(seen.error().message.find("spec.replicas: "), std::string::npos)
        << seen.error().message;
  }
}

TEST(WorkloadObject, StatusCountsThatCannotBeAreRefused) {
  WorkloadText text;
  text.ready = -1;
  EXPECT_FALSE(observed(text));
  text.ready = 1;
  text.extra_status = R"(,"readyReplicas":"many")";
  EXPECT_FALSE(observed(text));
}

TEST(WorkloadObject, WithoutAStatusNothingIsReady) {
  const auto object = decode_deployment(
      R"({"metadata":{"name":"app","namespace":"ml","uid":"u"},"spec":{"replicas":3}})");
  ASSERT_TRUE(object);
  const auto seen = observation_of(*object);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->ready_replicas, 0);
}

TEST(WorkloadObject, OurLastWriteIsTheNewestEntryOfOursThatOwnsReplicas) {
  WorkloadText text;
  text.managed_fields = R"([
    {"manager":"kubectl","operation":"Apply","time":"2026-01-01T00:00:30Z",
     "fieldsV1":{"f:spec":{"f:template":{}}}},
    {"manager":"evalscaler","operation":"Update","subresource":"scale",
     "time":"2026-01-01T00:00:20Z","fieldsV1":{"f:spec":{"f:replicas":{}}}},
    {"manager":"evalscaler","operation":"Update","time":"2026-01-01T00:00:59Z",
     "fieldsV1":{"f:metadata":{}}}])";
  const auto seen = observed(text);
  ASSERT_TRUE(seen) << seen.error().message;
  ASSERT_TRUE(seen->our_last_write);
  EXPECT_EQ(time_text(*seen->our_last_write), "2026-01-01T00:00:20Z");
  EXPECT_EQ(seen->last_writer->manager, "evalscaler");
}

TEST(WorkloadObject, ForeignWriterIsNotUs) {
  WorkloadText text;
  text.managed_fields = R"([{"manager":"kubectl-scale","operation":"Update","subresource":"scale",
     "time":"2026-01-01T00:00:20Z","fieldsV1":{"f:spec":{"f:replicas":{}}}}])";
  const auto seen = observed(text);
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->our_last_write);
  EXPECT_EQ(seen->last_writer->manager, "kubectl-scale");
}

TEST(WorkloadObject, WriteThroughScaleHasNoTimeAndIsTheNewest) {
  WorkloadText text;
  text.managed_fields = R"([
    {"manager":"evalscaler","operation":"Update","subresource":"scale",
     "fieldsV1":{"f:spec":{"f:replicas":{}}}},
    {"manager":"kubectl-client-side-apply","operation":"Update","time":"2026-01-01T00:00:30Z",
     "fieldsV1":{"f:spec":{"f:replicas":{}}}}])";
  const auto seen = observed(text);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->last_writer->manager, "evalscaler");
  EXPECT_FALSE(seen->last_writer->time);
  EXPECT_FALSE(seen->our_last_write);
}

TEST(WorkloadObject, TellsRolloutsApart) {
  const auto rollout = [](const std::string& spec, const std::string& status) {
    WorkloadText text;
    text.extra_spec = spec;
    text.extra_status = status;
    return observed(text).value().rollout;
  };
  const auto progressing = [](const std::string& status, const std::string& reason) {
    return R"(,"conditions":[{"type":"Available","status":"True"},{"type":"Progressing",)"
           R"("status":")" +
           status + R"(","reason":")" + reason + R"("}])";
  };
  EXPECT_EQ(rollout("", progressing("True", "NewReplicaSetAvailable")), api::Rollout::Settled);
  EXPECT_EQ(rollout("", progressing("True", "ReplicaSetUpdated")), api::Rollout::Running);
  EXPECT_EQ(rollout("", progressing("False", "ProgressDeadlineExceeded")), api::Rollout::Stuck);
  EXPECT_EQ(rollout(R"(,"paused":true)", ""), api::Rollout::Paused);
  EXPECT_EQ(rollout("", R"(,"updatedReplicas":2)"), api::Rollout::Running);
  EXPECT_EQ(rollout("", R"(,"observedGeneration":2)"), api::Rollout::Running);
}

TEST(WorkloadObject, RolloutOfAStatefulSetIsToldByItsRevisions) {
  const auto rollout = [](const std::string& spec, const std::string& status) {
    WorkloadText text;
    text.kind = "StatefulSet";
    text.extra_spec = spec;
    text.extra_status = status;
    return observation_of(fakes::decode_stateful_set(text.json()).value()).value().rollout;
  };
  const std::string same = R"(,"currentRevision":"a","updateRevision":"a")";
  const std::string other = R"(,"currentRevision":"a","updateRevision":"b")";
  EXPECT_EQ(rollout("", same), api::Rollout::Settled);
  EXPECT_EQ(rollout("", ""), api::Rollout::Settled);
  EXPECT_EQ(rollout("", other), api::Rollout::Running);
  EXPECT_EQ(rollout("", same + R"(,"observedGeneration":2)"), api::Rollout::Running);
  // Its controller counts pods as updated only while it updates.
  EXPECT_EQ(rollout("", same + R"(,"updatedReplicas":0)"), api::Rollout::Settled);
  EXPECT_EQ(rollout(R"(,"updateStrategy":{"type":"OnDelete"})", other), api::Rollout::Paused);
  EXPECT_EQ(rollout(R"(,"updateStrategy":{"type":"RollingUpdate","rollingUpdate":{"partition":2}})",
                    other),
            api::Rollout::Paused);
}

TEST(WorkloadObject, ResourcesAreTheSumOfWhatRunsAsLongAsThePod) {
  WorkloadText text;
  text.extra_spec = R"(,"template":{"spec":{
    "initContainers":[{"name":"setup","resources":{"requests":{"cpu":"10"}}},
      {"name":"proxy","restartPolicy":"Always","resources":{"requests":{"cpu":"100m"}}}],
    "containers":[{"name":"a","resources":{"requests":{"cpu":1,"memory":"1Gi"}}},
      {"name":"b","resources":{"limits":{"memory":"512Mi"},"requests":{"cpu":"250m"}}}]}})";
  const auto seen = observed(text);
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_DOUBLE_EQ(seen->resources.cpu_request.value_or(0), 1.35);
  EXPECT_DOUBLE_EQ(seen->resources.memory_request.value_or(0), 1073741824);
  EXPECT_DOUBLE_EQ(seen->resources.memory_limit.value_or(0), 536870912);
  EXPECT_FALSE(seen->resources.cpu_limit);
}

TEST(WorkloadObject, ObjectWithoutMetadataIsNone) {
  EXPECT_FALSE(decode_deployment(R"({"spec":{"replicas":1}})"));
}

}  // namespace
}  // namespace evalscaler::targets
