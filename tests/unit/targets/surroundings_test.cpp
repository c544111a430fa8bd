// SPDX-License-Identifier: Apache-2.0
// What Kubernetes says of a Redis StatefulSet, from answers as an API server gives them.
#include "targets/redis_cluster/surroundings.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fakes/scripted_kube_api.hpp"
#include "fakes/workload_json.hpp"

namespace evalscaler::targets {
namespace {

using fakes::ScriptedKubeApi;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Verb = ScriptedKubeApi::Verb;

constexpr const char* kSet = "/apis/apps/v1/namespaces/ml/statefulsets/cache";
constexpr const char* kPods = "/api/v1/namespaces/ml/pods";
constexpr const char* kBudgets = "/apis/policy/v1/namespaces/ml/poddisruptionbudgets";
constexpr const char* kSecret = "/api/v1/namespaces/ml/secrets/redis-secret";
const ObjectKey kKey{"ml", "cache"};

// Exporter first, so that who serves Redis is told by its port and not by its place.
constexpr const char* kContainers =
    R"({"name":"exporter","ports":[{"containerPort":9121}],"resources":{"limits":{"memory":"64Mi"}}},
{"name":"redis","ports":[{"containerPort":6379},{"containerPort":16379}],
"resources":{"requests":{"memory":"1Gi"},"limits":{"cpu":"1","memory":"512Mi"}}})";

std::string stateful_set(const std::string& containers = kContainers,
                         const std::string& extra_status = "") {
  fakes::WorkloadText text;
  text.kind = "StatefulSet";
  text.name = "cache";
  text.replicas = "6";
  text.ready = 6;
  text.extra_spec = R"(,"template":{"metadata":{"labels":{"a":"b","tier":"cache"}},)"
                    R"("spec":{"containers":[)" +
                    containers + "]}}";
  text.extra_status = R"(,"currentRevision":"r1","updateRevision":"r1")" + extra_status;
  return text.json();
}

std::string list_of(const std::string& kind, const std::string& items,
                    const std::string& next_page = "") {
  return R"({"kind":")" + kind + R"(List","apiVersion":"v1","metadata":{"resourceVersion":"9")" +
         (next_page.empty() ? "" : R"(,"continue":")" + next_page + "\"") + R"(},"items":[)" +
         items + "]}";
}

std::string pod(const std::string& name, const std::string& address,
                const std::string& owner = "cache") {
  return R"({"metadata":{"name":")" + name + R"(","namespace":"ml","uid":"u-)" + name +
         R"(","resourceVersion":"3","ownerReferences":[{"apiVersion":"apps/v1",)"
         R"("kind":"StatefulSet","name":")" +
         owner + R"(","uid":"s","controller":true}]},"spec":{"nodeName":"node-of-)" + name +
         R"("},"status":{)" + (address.empty() ? "" : R"("podIP":")" + address + "\"") + "}}";
}

std::string budget(const std::string& selector, int allowed) {
  return R"({"metadata":{"name":"b","namespace":"ml"},"spec":{)" +
         (selector.empty() ? "" : R"("selector":)" + selector) +
         R"(},"status":{"disruptionsAllowed":)" + std::to_string(allowed) + "}}";
}

class SurroundingsTest : public ::testing::Test {
 protected:
  Result<Surroundings> look(const std::string& pods, const std::string& budgets = "",
                            const std::string& set = stateful_set()) {
    api_.expect(Verb::Get, kSet, set);
    api_.expect(Verb::List, kPods, list_of("Pod", pods));
    api_.expect(Verb::List, kBudgets, list_of("PodDisruptionBudget", budgets));
    return look_around(api_, kKey, {}, {});
  }

  ScriptedKubeApi api_;
};

TEST_F(SurroundingsTest, AreTheStatefulSetItsPodsAndTheLimitOfWhatServesRedis) {
  const auto around = look(pod("cache-0", "10.0.0.1") + "," + pod("cache-11", "10.0.0.2"));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->facts.uid, "uid-1");
  EXPECT_EQ(around->facts.replicas, 6);
  EXPECT_FALSE(around->facts.updating);
  EXPECT_EQ(around->facts.owner, "");
  EXPECT_EQ(around->facts.disruptions_allowed, std::nullopt);
  EXPECT_EQ(around->resource_version, "100");
  ASSERT_EQ(around->pods.size(), 2U);
  EXPECT_EQ(around->pods[1].ordinal, 11);
  EXPECT_EQ(around->pods[1].address, (wire::RedisAddress{"10.0.0.2", 6379}));
  EXPECT_EQ(around->pods[1].memory_limit, 512LL << 20);
  EXPECT_EQ(around->pods[1].host, "node-of-cache-11");
  EXPECT_EQ(api_.calls().at(1).list_query.label_selector, "a=b");
}

TEST_F(SurroundingsTest, WithoutANamedPortTheFirstContainerServesRedis) {
  const auto around = look(pod("cache-0", "10.0.0.1"), "",
                           stateful_set(R"({"resources":{"limits":{"memory":"1Gi"}}},{})"));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->pods.at(0).memory_limit, 1LL << 30);
}

TEST_F(SurroundingsTest, AContainerWithoutALimitHasNone) {
  const auto around = look(pod("cache-0", "10.0.0.1"), "", stateful_set("{}"));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->pods.at(0).memory_limit, std::nullopt);
}

TEST_F(SurroundingsTest, OnlyPodsOfThisStatefulSetWithAnOrdinalCount) {
  const auto around = look(pod("cache-0", "10.0.0.1") + "," + pod("cache-1", "10.0.0.2", "other") +
                           "," + pod("cache-bootstrap", "10.0.0.3") + "," +
                           pod("cache--1", "10.0.0.4") + "," + pod("cached-2", "10.0.0.5"));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->pods.size(), 1U);
}

TEST_F(SurroundingsTest, APodWithoutAnAddressIsKnownByName) {
  const auto around = look(pod("cache-0", "10.0.0.1") + "," + pod("cache-1", ""));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->pods.size(), 1U);
  EXPECT_THAT(around->addressless, ElementsAre("cache-1"));
}

TEST_F(SurroundingsTest, PodsAreReadToTheLastPage) {
  api_.expect(Verb::Get, kSet, stateful_set());
  api_.expect(Verb::List, kPods, list_of("Pod", pod("cache-0", "10.0.0.1"), "more"));
  api_.expect(Verb::List, kPods, [](const ScriptedKubeApi::Call& call) {
    EXPECT_EQ(call.list_query.continue_token, "more");
    return Result(list_of("Pod", pod("cache-1", "10.0.0.2")));
  });
  api_.expect(Verb::List, kBudgets, list_of("PodDisruptionBudget", ""));
  const auto around = look_around(api_, kKey, {}, {});
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->pods.size(), 2U);
}

TEST_F(SurroundingsTest, OfTheBudgetsThatSelectThePodsTheStrictestCounts) {
  const auto around =
      look(pod("cache-0", "10.0.0.1"), budget(R"({"matchLabels":{"a":"b"}})", 2) + "," +
                                           budget(R"({"matchLabels":{"tier":"cache"}})", 1) + "," +
                                           budget(R"({"matchLabels":{"tier":"web"}})", 0) + "," +
                                           budget("", 0));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->facts.disruptions_allowed, 1) << "others' budgets and empty ones are nothing";
}

TEST_F(SurroundingsTest, ABudgetWithExpressionsMaySelectThePods) {
  const auto around = look(
      pod("cache-0", "10.0.0.1"),
      budget(R"({"matchExpressions":[{"key":"tier","operator":"In","values":["cache"]}]})", 0));
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_EQ(around->facts.disruptions_allowed, 0) << "where it is not certain, the safe side";
}

TEST_F(SurroundingsTest, ARollingUpdateAndAnOwnerAreSeen) {
  fakes::WorkloadText text;
  text.kind = "StatefulSet";
  text.name = "cache";
  text.replicas = "6";
  text.ready = 6;
  text.extra_meta = R"(,"ownerReferences":[{"apiVersion":"redis.example.com/v1",)"
                    R"("kind":"RedisFailover","name":"cache","uid":"o","controller":true}])";
  text.extra_spec = R"(,"template":{"spec":{"containers":[{}]}})";
  text.extra_status = R"(,"currentRevision":"r1","updateRevision":"r2")";
  const auto around = look("", "", text.json());
  ASSERT_TRUE(around) << around.error().message;
  EXPECT_TRUE(around->facts.updating);
  EXPECT_THAT(around->facts.owner, HasSubstr("RedisFailover"));
}

TEST_F(SurroundingsTest, ASelectorThatCannotBeAskedForIsRefused) {
  std::string set = stateful_set();
  const std::string plain = R"("selector":{"matchLabels":{"a":"b"}})";
  set.replace(set.find(plain), plain.size(),
              R"("selector":{"matchExpressions":[{"key":"a","operator":"Exists"}]})");
  api_.expect(Verb::Get, kSet, set);
  const auto around = look_around(api_, kKey, {}, {});
  ASSERT_FALSE(around);
  EXPECT_EQ(around.error().message,
            "StatefulSet ml/cache: spec.selector: only matchLabels is supported here");
}

TEST_F(SurroundingsTest, WhatCannotBeReadIsNamedAndNeverTakenForAbsent) {
  api_.expect(Verb::Get, kSet, stateful_set());
  api_.expect(Verb::List, kPods, list_of("Pod", pod("cache-0", "10.0.0.1")));
  api_.expect(Verb::List, kBudgets, fail(ErrorKind::Forbidden, "may not list them"));
  const auto around = look_around(api_, kKey, {}, {});
  ASSERT_FALSE(around);
  EXPECT_EQ(around.error().kind, ErrorKind::Forbidden);
  EXPECT_EQ(around.error().message, "poddisruptionbudgets: may not list them");
}

class PasswordTest : public ::testing::Test {
 protected:
  Result<std::string> password(const std::string& secret) {
    api_.expect(Verb::Get, kSecret, secret);
    return read_password(api_, "ml", block_, {});
  }
  PasswordTest() { block_.password_secret = api::SecretKeyRef{"redis-secret", "password"}; }

  ScriptedKubeApi api_;
  api::RedisClusterBlock block_;
};

TEST_F(PasswordTest, IsTheDecodedValueOfItsKey) {
  EXPECT_EQ(password(R"({"kind":"Secret","data":{"other":"eA==","password":"cMOkc3N3w7ZyZA=="}})")
                .value(),
            "pässwörd");
}

TEST_F(PasswordTest, ABlockWithoutASecretAsksNobody) {
  EXPECT_EQ(read_password(api_, "ml", {}, {}).value(), "");
}

TEST_F(PasswordTest, AKeyThatIsMissingIsNamedAndNoValueIsShown) {
  const auto answer = password(R"({"data":{"pass":"c2VjcmV0"}})");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::Invalid);
  EXPECT_EQ(answer.error().message,
            "Secret ml/redis-secret: has no key 'password'; correct redisCluster.passwordSecret");
}

TEST_F(PasswordTest, WhatIsNoBase64IsSaidWithoutIt) {
  const auto answer = password(R"({"data":{"password":"s3cret!"}})");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, HasSubstr("not base64"));
  EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(PasswordTest, ADocumentThatBreaksShowsNothingOfIt) {
  const auto answer = password(R"({"data":{"password":{"s3cret":1}}})");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(PasswordTest, ARightThatIsMissingIsSaid) {
  api_.expect(Verb::Get, kSecret, fail(ErrorKind::Forbidden, "cannot get secrets"));
  const auto answer = read_password(api_, "ml", block_, {});
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().message, "Secret ml/redis-secret: cannot get secrets");
}

}  // namespace
}  // namespace evalscaler::targets
