// SPDX-License-Identifier: Apache-2.0
// What only the Deployment adapter does; what every adapter must do is in tests/conformance.
#include "targets/workload.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"
#include "fakes/workload_json.hpp"

namespace evalscaler::targets {
namespace {

using fakes::scale_json;
using fakes::WorkloadText;
using Verb = fakes::ScriptedKubeApi::Verb;

constexpr const char* kScale = "/apis/apps/v1/namespaces/ml/deployments/app/scale";
const ObjectKey kKey{"ml", "app"};

class Deployment : public ::testing::Test {
 protected:
  void see(const std::string& revision, int replicas, const std::string& uid = "uid-1") {
    WorkloadText text;
    text.resource_version = revision;
    text.replicas = std::to_string(replicas);
    text.uid = uid;
    auto object = fakes::decode_deployment(text.json());
    ASSERT_TRUE(object);
    if (cache_.synced()) {
      cache_.put(std::move(object).value());
    } else {
      cache_.replace({std::move(object).value()});
    }
  }
  Result<api::TargetObservation> observe() { return target_.observe(kKey, {}); }
  Result<Replicas> step(Replicas wanted) {
    return target_.step_towards(kKey, observe().value(), wanted, {});
  }

  fakes::ManualClock clock_;
  fakes::ScriptedKubeApi api_;
  kube::ObjectCache<WorkloadObject> cache_;
  WorkloadTarget target_{deployment_resource(), api_, cache_, clock_};
};

TEST_F(Deployment, R20NothingIsKnownBeforeTheFirstList) {
  EXPECT_EQ(observe().error().kind, ErrorKind::Unavailable);
}

TEST_F(Deployment, ARightThatIsMissingIsNamedUntilItIsThere) {
  cache_.refuse("", "deployments.apps is forbidden");
  const Error refused = observe().error();
  EXPECT_EQ(refused.kind, ErrorKind::Forbidden);
  EXPECT_EQ(refused.message,
            "Deployment ml/app: deployments.apps is forbidden; grant list and watch on "
            "deployments (manifests/rbac.yaml)");
  see("100", 5);
  EXPECT_TRUE(observe());
}

TEST_F(Deployment, ANamespaceThatMayNotBeListedHoldsUpNoOther) {
  cache_.expect_spaces(2);
  cache_.refuse("web", "deployments.apps is forbidden");
  cache_.replace({}, "ml");
  EXPECT_EQ(observe().error().kind, ErrorKind::NotFound);
  EXPECT_EQ(target_.observe({"web", "app"}, {}).error().kind, ErrorKind::Forbidden);
}

TEST_F(Deployment, R27WaitsUntilTheCacheShowsOurWrite) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "105", 8));
  ASSERT_EQ(step(8).value(), 8);
  EXPECT_EQ(observe().error().kind, ErrorKind::Unavailable);
  see("104", 5);
  EXPECT_EQ(observe().error().kind, ErrorKind::Unavailable) << "an older change is no proof";
  see("105", 8);
  EXPECT_EQ(observe().value().spec_replicas, 8);
}

TEST_F(Deployment, R27EventBeforeTheReplyIsSeen) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, [&](const auto&) {
    see("105", 8);
    return Result(scale_json("uid-1", "105", 8));
  });
  ASSERT_EQ(step(8).value(), 8);
  EXPECT_EQ(observe().value().spec_replicas, 8);
}

TEST_F(Deployment, R27RevisionsAreNumbersOfAnyLength) {
  see("99999999999999999999", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "100000000000000000001", 8));
  ASSERT_EQ(step(8).value(), 8);
  EXPECT_FALSE(observe());
  see("100000000000000000002", 8);
  EXPECT_TRUE(observe());
}

TEST_F(Deployment, R27AsksTheServerWhenTheCacheIsLate) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "105", 8));
  ASSERT_EQ(step(8).value(), 8);
  clock_.advance(kCacheGrace);
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "107", 8));
  const auto seen = observe();
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->spec_replicas, 8);
  EXPECT_EQ(seen->resource_version, "107");
  EXPECT_EQ(seen->our_last_write, clock_.wall() - kCacheGrace) << "its cooldown is not forgotten";
}

TEST_F(Deployment, WhileTheCacheIsLateTheServerIsAskedOnceASecondAtMost) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "105", 8));
  ASSERT_EQ(step(8).value(), 8);
  clock_.advance(kCacheGrace);
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "107", 8));
  ASSERT_TRUE(observe());
  EXPECT_EQ(observe().error().kind, ErrorKind::Unavailable);
  clock_.advance(kLiveLookSpacing);
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "107", 8));
  EXPECT_TRUE(observe());
}

TEST_F(Deployment, UnknownOutcomeThatCannotBeReadBackIsAskedForBeforeTheNextDecision) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, fail(ErrorKind::OutcomeUnknown, "reset"));
  api_.expect(Verb::Get, kScale, fail(ErrorKind::Unavailable, "connection refused"));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Unavailable);
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "105", 8));
  const auto seen = observe();
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->spec_replicas, 8);
  EXPECT_EQ(seen->our_last_write, clock_.wall());
}

// An earlier request of ours landed late while the watch was late too: only a Scale shows it.
TEST_F(Deployment, ReplicasThatOnlyALiveLookShowsMayBeOurs) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, fail(ErrorKind::OutcomeUnknown, "reset"));
  api_.expect(Verb::Get, kScale, fail(ErrorKind::Unavailable, "connection refused"));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Unavailable);
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "105", 4));
  const auto seen = observe();
  ASSERT_TRUE(seen) << seen.error().message;
  EXPECT_EQ(seen->spec_replicas, 4);
  ASSERT_TRUE(seen->last_writer);
  EXPECT_EQ(seen->last_writer->manager, "evalscaler");
}

TEST_F(Deployment, GarbledAnswerIsReadBack) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, "<html>ok</html>");
  api_.expect(Verb::Get, kScale, scale_json("uid-1", "105", 8));
  EXPECT_EQ(step(8).value(), 8);
}

TEST_F(Deployment, RecreatedTargetEndsTheWait) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "105", 8));
  ASSERT_EQ(step(8).value(), 8);
  see("103", 5, "uid-2");
  EXPECT_EQ(observe().value().uid, "uid-2");
}

TEST_F(Deployment, AnswersWithTheReplicasThatTheServerAccepted) {
  see("100", 5);
  api_.expect(Verb::Patch, kScale, scale_json("uid-1", "105", 6));
  EXPECT_EQ(step(8).value(), 6) << "an admission webhook may cut";
}

}  // namespace
}  // namespace evalscaler::targets
