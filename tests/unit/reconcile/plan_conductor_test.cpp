// SPDX-License-Identifier: Apache-2.0
// A data tier's plan, turn by turn: what is in status comes first, and whatever speaks against
// the plan brings it to a safe end.
#include "reconcile/plan_conductor.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fakes/scripted_kube_api.hpp"
#include "scaling/pause.hpp"
#include "scaling/reasons.hpp"
#include "unit/reconcile/scripted_plans.hpp"

namespace evalscaler::reconcile {
namespace {

using fakes::ScriptedKubeApi;
using targets::PlanIntent;

constexpr const char* kPath = "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/web";
class PlanConductorTest : public ::testing::Test {
 protected:
  PlanConductorTest() {
    service_->meta.key = {"ml", "web"};
    service_->meta.uid = "0123456789";
    service_->meta.resource_version = "7";
    service_->finalizers = {kPlanFinalizer};
    tier_.name = "cache";
    tier_.target.kind = "StatefulSet";
    visit_.service = service_;
    visit_.wall = WallTime(std::chrono::hours(500'000));
    visit_.steady = SteadyTime(std::chrono::hours(1));
    seen_.tier = &tier_;
    seen_.target = &plans_;
    seen_.seen.emplace().spec_replicas = 3;
    seen_.pods = seen_.seen;
  }

  void decide(api::Replicas from, api::Replicas to) {
    Evaluation evaluation;
    evaluation.decision.from = from;
    evaluation.decision.to = to;
    memory_.evaluation = evaluation;
    seen_.evaluates = true;
  }
  const scaling::Decision& decision() const { return memory_.evaluation->decision; }
  void conduct() {
    const auto done = conductor_.conduct(seen_, visit_, memory_, {});
    EXPECT_TRUE(done) << done.error().message;
  }
  // The next visit, at which status holds what this one wanted it to.
  void conduct_later() {
    seen_.plan = memory_.plan.shown;
    seen_.evaluates = false;
    visit_.steady += std::chrono::seconds(30);
    conduct();
  }
  void begin_upwards() {
    decide(3, 4);
    conduct();
    ASSERT_TRUE(memory_.plan.runs());
  }
  std::string metric(const std::string& series) {
    const std::string text = metrics_.exposition();
    const auto at = text.find("\n" + series + " ");
    if (at == std::string::npos) return "absent";
    const auto value = at + series.size() + 2;
    return text.substr(value, text.find('\n', value) - value);
  }

  ScriptedKubeApi api_;
  telemetry::Metrics metrics_;
  PlanConductor conductor_{api_, metrics_, {}, {}, 1};
  ScriptedPlans plans_;
  std::shared_ptr<ServiceObject> service_ = std::make_shared<ServiceObject>();
  api::Tier tier_;
  ServiceVisit visit_;
  TierVisit seen_;
  TierMemory memory_;
};

TEST_F(PlanConductorTest, TheJournalIsInStatusBeforeAnythingIsDone) {
  begin_upwards();
  EXPECT_EQ(plans_.begun, (std::vector<targets::Replicas>{4}));
  visit_.steady += std::chrono::minutes(1);
  seen_.evaluates = false;
  conduct();  // the write of the status has failed: it holds no plan
  EXPECT_TRUE(plans_.turns.empty());
  plans_.next = {"j1"};
  conduct_later();
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j0"}));
}

// Two leaders for a moment: whose journal is in status has begun what stands in it.
TEST_F(PlanConductorTest, WhatAnotherLeaderHasWrittenIsGoneOnWithAndNotOverwritten) {
  begin_upwards();
  conduct_later();
  seen_.plan = ScriptedPlans::plan("other", "of another leader");
  plans_.next = {"of another leader"};
  visit_.steady += std::chrono::minutes(1);
  conduct();
  EXPECT_EQ(plans_.turns.back(), "of another leader");
  ASSERT_TRUE(memory_.plan.shown);
  EXPECT_EQ(memory_.plan.shown->id, "other");
}

TEST_F(PlanConductorTest, APlanThatFinishesWhatWasLeftIsAgainstNoDecision) {
  begin_upwards();
  memory_.plan.shown->from = 4;  // to 4
  seen_.plan = memory_.plan.shown;
  plans_.next = {"j1"};
  decide(4, 5);
  visit_.steady += std::chrono::minutes(1);
  conduct();
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j0"}));
}

TEST_F(PlanConductorTest, AChangedJournalIsWrittenBeforeTheNextTurn) {
  begin_upwards();
  plans_.next = {"j1", "j1"};
  conduct_later();
  seen_.plan = ScriptedPlans::plan(memory_.plan.shown->id, "j0");  // not there yet
  visit_.steady += std::chrono::minutes(1);
  conduct();
  EXPECT_EQ(plans_.turns.size(), 1U);
  conduct_later();
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j0", "j1"}));
}

TEST_F(PlanConductorTest, AFinalizerIsThereBeforeTheFirstTurn) {
  service_->finalizers = {"of.others/this"};
  begin_upwards();
  plans_.next = {"j0"};
  api_.expect(ScriptedKubeApi::Verb::Patch, kPath, [this](const auto& call) {
    EXPECT_TRUE(plans_.turns.empty());
    EXPECT_NE(call.body.find(R"("resourceVersion":"7")"), std::string::npos) << call.body;
    EXPECT_NE(call.body.find(R"(["of.others/this","evalscaler.io/plan"])"), std::string::npos)
        << call.body;
    return Result<std::string>("{}");
  });
  conduct_later();
  EXPECT_EQ(plans_.turns.size(), 1U);
}

TEST_F(PlanConductorTest, NothingIsDoneWithoutTheFinalizer) {
  service_->finalizers.clear();
  begin_upwards();
  api_.expect(ScriptedKubeApi::Verb::Patch, kPath, fail(ErrorKind::Conflict, "was changed"));
  seen_.plan = memory_.plan.shown;
  visit_.steady += std::chrono::seconds(30);
  EXPECT_FALSE(conductor_.conduct(seen_, visit_, memory_, {}));
  EXPECT_TRUE(plans_.turns.empty());
}

TEST_F(PlanConductorTest, OnlyItsOwnFinalizerIsTakenAway) {
  service_->finalizers = {"of.others/this", kPlanFinalizer};
  api_.expect(ScriptedKubeApi::Verb::Patch, kPath, [](const auto& call) {
    EXPECT_NE(call.body.find(R"(["of.others/this"])"), std::string::npos) << call.body;
    return Result<std::string>("{}");
  });
  EXPECT_TRUE(conductor_.release(*service_, {}));
}

TEST_F(PlanConductorTest, ARefusedPreflightHoldsTheDecisionAndSaysWhy) {
  plans_.refusal = "NodeUnreachable";
  decide(3, 4);
  conduct();
  EXPECT_EQ(decision().to, 3);
  EXPECT_EQ(decision().reason, scaling::reasons::kDataTierUnsafe);
  EXPECT_NE(decision().message.find("NodeUnreachable: node #2"), std::string::npos)
      << decision().message;
  EXPECT_EQ(memory_.plan.shown->reason, "NodeUnreachable");
  EXPECT_EQ(metric(R"(evalscaler_plans_total{kind="StatefulSet",outcome="refused"})"), "1");
  decide(3, 3);
  conduct();
  EXPECT_FALSE(memory_.plan.shown) << "what is not wanted any more is no news";
}

TEST_F(PlanConductorTest, ARefusalThatStaysTheSameIsNoNewStatus) {
  plans_.refusal = "NodeUnreachable";
  decide(3, 4);
  conduct();
  const auto first = memory_.plan.shown;
  visit_.wall += std::chrono::seconds(15);
  decide(3, 4);
  conduct();
  EXPECT_EQ(memory_.plan.shown, first);
  plans_.refusal = "ReplicaMissing";
  visit_.wall += std::chrono::seconds(15);
  decide(3, 4);
  conduct();
  EXPECT_NE(memory_.plan.shown->id, first->id);
  EXPECT_NE(memory_.plan.shown->started, first->started);
}

TEST_F(PlanConductorTest, DecisionsOfTheSameDirectionWaitForThePlan) {
  begin_upwards();
  plans_.next = {"j0"};
  conduct_later();
  decide(4, 6);
  conduct();
  EXPECT_EQ(decision().to, 4);
  EXPECT_EQ(decision().reason, scaling::reasons::kPlanInMotion);
  EXPECT_EQ(memory_.plan.intent, PlanIntent::GoOn);
}

TEST_F(PlanConductorTest, ADecisionAgainstItStopsItAndTheLoadThatReturnsLetsItGoOn) {
  begin_upwards();
  plans_.next = {"j0", "j0", "j0"};
  conduct_later();
  decide(4, 3);
  conduct();
  EXPECT_EQ(decision().reason, scaling::reasons::kPlanInMotion);
  conduct_later();
  decide(4, 5);
  conduct();
  conduct_later();
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j0", "j0 stop", "j0"}));
}

TEST_F(PlanConductorTest, PausingDryRunAndDeletionStopIt) {
  begin_upwards();
  plans_.next = {"j0", "j0", "j0", "j0", "j0"};
  visit_.pause = {scaling::Pause::Which::Everything, "by hand"};
  conduct_later();
  visit_.pause = {scaling::Pause::Which::Down, "by hand"};
  conduct_later();
  visit_.pause = {};
  service_->spec.mode = api::Mode::DryRun;
  conduct_later();
  service_->spec.mode = api::Mode::Paused;
  conduct_later();
  service_->spec.mode = api::Mode::Auto;
  service_->meta.being_deleted = true;
  conduct_later();
  EXPECT_EQ(plans_.turns,
            (std::vector<std::string>{"j0 stop", "j0", "j0 stop", "j0 stop", "j0 stop"}));
}

TEST_F(PlanConductorTest, AStoppedPlanIsBegunAgainOnceNothingForbidsIt) {
  begin_upwards();
  visit_.pause = {scaling::Pause::Which::Everything, "by hand"};
  conduct_later();
  ASSERT_FALSE(memory_.plan.runs());
  EXPECT_EQ(memory_.plan.shown->phase, "Stopped");
  EXPECT_EQ(metric(R"(evalscaler_plans_total{kind="StatefulSet",outcome="stopped"})"), "1");
  decide(4, 4);
  conduct();
  EXPECT_EQ(plans_.begun.size(), 1U) << "it is paused";
  visit_.pause = {};
  conduct();
  EXPECT_EQ(plans_.begun.size(), 2U);
  EXPECT_TRUE(memory_.plan.runs());
}

TEST_F(PlanConductorTest, ANewProcessGoesOnFromStatusBeforeItDecidesAnything) {
  seen_.plan = ScriptedPlans::plan("p", "j5");
  plans_.next = {"j5"};
  conduct();
  EXPECT_EQ(plans_.turns, (std::vector<std::string>{"j5"}));
}

TEST_F(PlanConductorTest, ATurnThatFailsIsSaidAndTakenAgain) {
  begin_upwards();
  plans_.broken = fail(ErrorKind::Unavailable, "the API server is away");
  conduct_later();
  EXPECT_EQ(memory_.plan.shown->message, "the API server is away");
  EXPECT_TRUE(memory_.plan.runs());
  conduct();
  EXPECT_EQ(plans_.turns.size(), 1U) << "not at once";
  plans_.broken.reset();
  conduct_later();
  EXPECT_EQ(plans_.turns.size(), 2U);
}

TEST_F(PlanConductorTest, ItsEndStartsTheCooldownAndIsCounted) {
  begin_upwards();
  plans_.next = {"j0"};
  conduct_later();
  conduct_later();
  EXPECT_FALSE(memory_.plan.shown);
  EXPECT_EQ(memory_.own.last_scale_up, visit_.wall);
  EXPECT_EQ(metric(R"(evalscaler_plans_total{kind="StatefulSet",outcome="done"})"), "1");
  EXPECT_EQ(metric(R"(evalscaler_plan_slots_moved_total{kind="StatefulSet"})"), "100");
}

TEST_F(PlanConductorTest, PlansLeaveWorkersToOthers) {
  begin_upwards();
  plans_.next = {"j0", "j0"};
  TierMemory other;
  TierVisit other_tier = seen_;
  other_tier.plan = ScriptedPlans::plan("q", "k0");
  std::size_t turns_meanwhile = 0;
  plans_.meanwhile = [&] {
    EXPECT_TRUE(conductor_.conduct(other_tier, visit_, other, {}));
    turns_meanwhile = plans_.turns.size();
  };
  other_tier.evaluates = false;
  conduct_later();
  EXPECT_EQ(turns_meanwhile, 1U) << "there is one place only";
  EXPECT_EQ(other.plan.next_turn, visit_.steady + std::chrono::milliseconds(100));
  visit_.steady += std::chrono::milliseconds(100);
  EXPECT_TRUE(conductor_.conduct(other_tier, visit_, other, {}));
  EXPECT_EQ(plans_.turns.back(), "k0");
}

}  // namespace
}  // namespace evalscaler::reconcile
