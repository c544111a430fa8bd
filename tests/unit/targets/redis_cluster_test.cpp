// SPDX-License-Identifier: Apache-2.0
// What only the adapter of Redis Clusters does beside planning: connections and their password,
// errors of one turn, refusals. Whole plans are in tests/simulation/redis and tests/integration.
#include "targets/redis_cluster/redis_cluster.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"
#include "fakes/workload_json.hpp"
#include "redis/journal.hpp"

namespace evalscaler::targets {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Verb = fakes::ScriptedKubeApi::Verb;

constexpr const char* kSet = "/apis/apps/v1/namespaces/ml/statefulsets/cache";
constexpr const char* kPods = "/api/v1/namespaces/ml/pods";
constexpr const char* kBudgets = "/apis/policy/v1/namespaces/ml/poddisruptionbudgets";
constexpr const char* kSecret = "/api/v1/namespaces/ml/secrets/redis-secret";

// With which password connectors were made, and what their servers answer.
std::vector<std::string>& passwords_used() {
  static std::vector<std::string> used;
  return used;
}

class SilentConnection final : public wire::RedisConnection {
 public:
  Result<std::vector<wire::RedisReply>> pipeline(const std::vector<wire::RedisCommand>&,
                                                 const std::stop_token&) override {
    return fail(ErrorKind::Forbidden, "refuses user and password (WRONGPASS)");
  }
};

class SilentConnector final : public wire::RedisConnector {
 public:
  explicit SilentConnector(wire::RedisAccess access) : access_(std::move(access)) {}
  std::unique_ptr<wire::RedisConnection> open(const wire::RedisAddress&) const override {
    return std::make_unique<SilentConnection>();
  }
  const wire::RedisAccess& access() const override { return access_; }

 private:
  wire::RedisAccess access_;
};

std::unique_ptr<wire::RedisConnector> connect(wire::RedisAccess access, const Clock&) {
  passwords_used().push_back(access.password);
  return std::make_unique<SilentConnector>(std::move(access));
}

class RedisClusterAdapter : public ::testing::Test {
 protected:
  RedisClusterAdapter() {
    passwords_used().clear();
    tier_.name = "cache";
    tier_.redis_cluster.emplace().password_secret = api::SecretKeyRef{"redis-secret", "password"};
    redis::Journal journal;
    journal.plan_id = "p";
    journal.stateful_set_uid = "uid-1";
    journal.from_pods = 8;
    journal.to_pods = 6;
    journal.direction = redis::Direction::Down;
    plan_.id = "p";
    plan_.phase = "MoveSlots";
    plan_.journal = redis::to_json(journal);
  }
  void expect_look(const std::string& password) {
    fakes::WorkloadText set;
    set.kind = "StatefulSet";
    set.name = "cache";
    set.replicas = "8";
    set.ready = 8;
    set.extra_spec = R"(,"template":{"spec":{"containers":[{}]}})";
    api_.expect(Verb::Get, kSet, set.json());
    api_.expect(Verb::List, kPods,
                std::string(R"({"kind":"PodList","metadata":{"resourceVersion":"1"},"items":[
{"metadata":{"name":"cache-0","namespace":"ml","uid":"u","resourceVersion":"1","ownerReferences":[
{"apiVersion":"apps/v1","kind":"StatefulSet","name":"cache","uid":"uid-1","controller":true}]},
"status":{"podIP":"10.0.0.1"}}]})"));
    api_.expect(Verb::List, kBudgets,
                std::string(R"({"kind":"PodDisruptionBudgetList",)"
                            R"("metadata":{"resourceVersion":"1"},"items":[]})"));
    api_.expect(Verb::Get, kSecret,
                R"({"data":{"password":")" + password + R"("}})");  // base64
  }
  Result<PlanTurn> turn() {
    return target_.take_turn({{"ml", "cache"}, &tier_, clock_.wall()}, plan_, PlanIntent::GoOn, {});
  }

  fakes::ManualClock clock_;
  fakes::ScriptedKubeApi api_;
  kube::ObjectCache<WorkloadObject> cache_;
  RedisClusterTarget target_{api_, cache_, clock_, &connect};
  api::Tier tier_;
  api::PlanStatus plan_;
};

TEST_F(RedisClusterAdapter, APasswordThatWasRotatedIsUsedFromTheNextTurnOn) {
  for (const char* password : {"b2xk", "b2xk", "bmV3", "bmV3"}) {
    expect_look(password);
    ASSERT_TRUE(turn());
  }
  EXPECT_THAT(passwords_used(), ElementsAre("old", "new")) << "and connections are kept meanwhile";
}

TEST_F(RedisClusterAdapter, ARefusedPasswordHoldsThePlanWithItsJournal) {
  expect_look("b2xk");
  const auto held = turn();
  ASSERT_TRUE(held) << held.error().message;
  ASSERT_TRUE(held->plan);
  EXPECT_EQ(held->plan->journal, plan_.journal);
  EXPECT_EQ(held->plan->reason, "WrongPassword");
  EXPECT_THAT(held->plan->message, HasSubstr("pod #0"));
  EXPECT_GE(held->next, std::chrono::seconds(1)) << "it is not asked again at once";
}

TEST_F(RedisClusterAdapter, AJournalOfALaterVersionHoldsThePlanWithoutALook) {
  plan_.journal = R"({"version":99})";
  const auto held = turn();
  ASSERT_TRUE(held) << held.error().message;
  EXPECT_EQ(held->plan->reason, "OtherJournal");
  EXPECT_EQ(held->plan->journal, R"({"version":99})");
}

TEST_F(RedisClusterAdapter, WhatKubernetesDoesNotSayIsAnErrorOfTheTurnAndNoEndOfThePlan) {
  api_.expect(Verb::Get, kSet, fail(ErrorKind::NotFound, "statefulsets \"cache\" not found"));
  const auto gone = turn();
  ASSERT_FALSE(gone);
  EXPECT_EQ(gone.error().message, "StatefulSet ml/cache: statefulsets \"cache\" not found");
}

TEST_F(RedisClusterAdapter, OneWriteIsNoWayToScaleIt) {
  api::TargetObservation seen;
  seen.spec_replicas = 8;
  const auto refused = target_.step_towards({"ml", "cache"}, seen, 6, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Invalid);
}

TEST_F(RedisClusterAdapter, WhoDoesNotLeadSendsNothingToANode) {
  RedisClusterTarget fenced(api_, cache_, clock_, &connect, [] { return false; });
  expect_look("b2xk");
  const auto turned =
      fenced.take_turn({{"ml", "cache"}, &tier_, clock_.wall()}, plan_, PlanIntent::GoOn, {});
  ASSERT_TRUE(turned) << turned.error().message;
  EXPECT_THAT(turned->plan->message, HasSubstr("does not lead"));
}

}  // namespace
}  // namespace evalscaler::targets
