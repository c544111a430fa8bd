// SPDX-License-Identifier: Apache-2.0
// Whole visits to a service with a plan under way whose target, spec or rights go away meanwhile.
#include <gtest/gtest.h>

#include "fakes/scripted_kube_api.hpp"
#include "reconcile/plan_conductor.hpp"
#include "unit/reconcile/scripted_plans.hpp"
#include "unit/reconcile/visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

using Verb = fakes::ScriptedKubeApi::Verb;

class PlanVisits : public VisitFixture {
 protected:
  PlanVisits() {
    planned_ = &plans_;
    plans_.pods.uid = "target-1";
    plans_.pods.spec_replicas = plans_.pods.ready_replicas = 6;
    tier().target.kind = "StatefulSet";
    tier().redis_cluster.emplace();
    tier().min_replicas = 3;
    service_.finalizers = {kPlanFinalizer};
    api::TierStatus& known = service_.status.tiers.emplace_back();
    known.name = tier().name;
    known.current = known.desired = 4;
    known.plan = ScriptedPlans::plan("p", "j7");
    service_.status.observed_generation = 1;
    apply();
  }
  void be_deleted() {
    service_.meta.being_deleted = true;
    apply();
  }
  void expect_release() {
    api_.expect(Verb::Patch, kServicePath, [](const auto& call) {
      EXPECT_NE(call.body.find(R"("finalizers":[])"), std::string::npos) << call.body;
      return Result<std::string>("{}");
    });
  }
  const std::optional<api::PlanStatus>& plan() const { return status().tiers.at(0).plan; }

  ScriptedPlans plans_;
};

TEST_F(PlanVisits, ATargetThatIsGoneKeepsItsPlanInStatusAndNothingIsDone) {
  plans_.unseen = fail(ErrorKind::NotFound, "StatefulSet ml/web: does not exist");
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_TRUE(plans_.turns.empty());
  ASSERT_TRUE(plan());
  EXPECT_EQ(plan()->journal, "j7");
  EXPECT_EQ(condition("Ready"), "False/TargetNotFound");
  plans_.unseen.reset();
  plans_.next = {"j7"};
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j7"})) << "it is gone on with";
}

TEST_F(PlanVisits, ADeletedServiceIsLetGoWhereItsTargetIsGoneToo) {
  be_deleted();
  plans_.unseen = fail(ErrorKind::NotFound, "StatefulSet ml/web: does not exist");
  expect_release();
  ASSERT_TRUE(visit());
}

TEST_F(PlanVisits, ADeletedServiceIsKeptWhileItsTargetCannotBeSeen) {
  be_deleted();
  plans_.unseen = fail(ErrorKind::Forbidden, "StatefulSet ml/web: may not be listed");
  expect_status_write();
  ASSERT_TRUE(visit());
  plans_.unseen.reset();  // and now it stops as it should
  expect_release();
  ASSERT_TRUE(visit());
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j7 stop"}));
}

TEST_F(PlanVisits, ADeletedServiceIsNotKeptForEver) {
  be_deleted();
  plans_.unseen = fail(ErrorKind::Forbidden, "StatefulSet ml/web: may not be listed");
  expect_status_write();
  ASSERT_TRUE(visit());
  clock_.advance(std::chrono::minutes(11));
  expect_release();
  ASSERT_TRUE(visit());
}

TEST_F(PlanVisits, ADeletedServiceIsKeptWhileItsSpecMakesNoSense) {
  tier().max_replicas = 1;  // below minReplicas
  be_deleted();
  expect_status_write();
  ASSERT_TRUE(visit());
  tier().max_replicas = 8;
  apply_new_spec();
  expect_release();
  ASSERT_TRUE(visit());
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j7 stop"}));
}

TEST_F(PlanVisits, AHoldIsSaidInStatusWithItsJournalAndGoneOnWithOnceItIsMended) {
  plans_.next = {"j7", "j8"};
  plans_.holds = "ReplicasEdited";
  expect_status_write();
  ASSERT_TRUE(visit());
  ASSERT_TRUE(plan());
  EXPECT_EQ(plan()->journal, "j7");
  EXPECT_EQ(condition("DataTierUnsafe"), "True/ReplicasEdited");
  plans_.holds.clear();
  clock_.advance(kInterval);
  expect_status_write();
  ASSERT_TRUE(visit());
  EXPECT_EQ(plan()->journal, "j8");
  EXPECT_EQ(condition("DataTierUnsafe"), "absent");
}

}  // namespace
}  // namespace evalscaler::reconcile
