// SPDX-License-Identifier: Apache-2.0
// What every row of targets::target_kinds() must do. A new row needs a row in kCases.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "core/time_text.hpp"
#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"
#include "fakes/workload_json.hpp"
#include "targets/registry.hpp"

namespace evalscaler::targets {
namespace {

using fakes::scale_json;
using Verb = fakes::ScriptedKubeApi::Verb;

enum class How { ByAWrite, ByPlans };

// The world that one kind's adapter looks at.
struct World {
  fakes::ManualClock clock;
  fakes::ScriptedKubeApi api;
  kube::ObjectCache<WorkloadObject> deployments;
  kube::ObjectCache<WorkloadObject> stateful_sets;
};

struct Case {
  std::string_view kind;
  const char* write_path;
  // Puts ml/app, made of this text, into its cache.
  void (*show)(World& world, fakes::WorkloadText text);
  void (*show_nothing)(World& world);
  How how = How::ByAWrite;
};

void show_deployment(World& world, fakes::WorkloadText text) {
  auto object = fakes::decode_deployment(text.json());
  ASSERT_TRUE(object) << object.error().message;
  world.deployments.replace({std::move(object).value()});
}

void show_stateful_set(World& world, fakes::WorkloadText text) {
  text.kind = "StatefulSet";
  auto object = fakes::decode_stateful_set(text.json());
  ASSERT_TRUE(object) << object.error().message;
  world.stateful_sets.replace({std::move(object).value()});
}

const std::array kCases{
    Case{"Deployment", "/apis/apps/v1/namespaces/ml/deployments/app/scale", show_deployment,
         [](World& world) { world.deployments.replace({}); }},
    Case{"StatefulSet", "/apis/apps/v1/namespaces/ml/statefulsets/app/scale", show_stateful_set,
         [](World& world) { world.stateful_sets.replace({}); }},
    Case{"RedisCluster", "/apis/apps/v1/namespaces/ml/statefulsets/app/scale", show_stateful_set,
         [](World& world) { world.stateful_sets.replace({}); }, How::ByPlans},
};

const ObjectKey kKey{"ml", "app"};

class ScaleTargets : public ::testing::TestWithParam<Case> {
 protected:
  void SetUp() override {
    for (const TargetKind& kind : target_kinds()) {
      if (kind.name == GetParam().kind) {
        target_ =
            kind.make({&world_.api, &world_.deployments, &world_.stateful_sets, &world_.clock});
      }
    }
    ASSERT_NE(target_, nullptr);
  }
  // `replicas` is JSON text; empty: there is no such field.
  void show(const std::string& replicas, const std::string& extra_meta = {}) {
    fakes::WorkloadText text;
    text.replicas = replicas;
    text.extra_meta = extra_meta;
    GetParam().show(world_, std::move(text));
  }
  api::TargetObservation seen() { return target_->observe(kKey, {}).value(); }
  Result<Replicas> step(Replicas wanted) { return target_->step_towards(kKey, seen(), wanted, {}); }
  void expect_write(std::string answer) {
    world_.api.expect(Verb::Patch, GetParam().write_path, std::move(answer));
  }
  void expect_write(Error error) {
    world_.api.expect(Verb::Patch, GetParam().write_path, std::move(error));
  }
  void expect_read(std::string answer) {
    world_.api.expect(Verb::Get, GetParam().write_path, std::move(answer));
  }

  World world_;
  std::unique_ptr<ScaleTarget> target_;
};

class WrittenTargets : public ScaleTargets {};
class PlannedTargets : public ScaleTargets {};

TEST(ScaleTargetConformance, EveryRegistryRowHasACase) {
  for (const TargetKind& kind : target_kinds()) {
    bool found = false;
    for (const Case& one : kCases) found = found || one.kind == kind.name;
    EXPECT_TRUE(found) << kind.name;
  }
}

TEST_P(ScaleTargets, ControllerThatOwnsItIsSeenAndNobodyElse) {
  show("5", R"(,"ownerReferences":[{"kind":"ConfigMap","name":"settings"},)"
            R"({"kind":"Rollout","name":"web","controller":true}])");
  EXPECT_EQ(seen().controller_owner, "Rollout/web");
  GetParam().show_nothing(world_);
  show("5", R"(,"ownerReferences":[{"kind":"ConfigMap","name":"settings","controller":false}])");
  EXPECT_FALSE(seen().controller_owner);
}

TEST_P(ScaleTargets, KnowsWhenItWasMade) {
  show("5", R"(,"creationTimestamp":"2026-01-01T00:00:07Z")");
  EXPECT_EQ(seen().created, parse_time("2026-01-01T00:00:07Z").value());
}

TEST_P(ScaleTargets, UnchangedMeansNoRequest) {
  show("5");
  EXPECT_EQ(step(5).value(), 5);
  EXPECT_TRUE(world_.api.calls().empty());
}

TEST_P(WrittenTargets, WriteIsFencedOnUidRevisionAndTheReplicasItWasBasedOn) {
  show("5");
  expect_write(scale_json("uid-1", "101", 8));
  EXPECT_EQ(step(8).value(), 8);
  const auto call = world_.api.last_call();
  EXPECT_EQ(call.patch, kube::PatchType::Json);
  EXPECT_NE(call.body.find(R"({"op":"test","path":"/metadata/uid","value":"uid-1"})"),
            std::string::npos);
  EXPECT_NE(call.body.find(R"({"op":"test","path":"/metadata/resourceVersion","value":"100"})"),
            std::string::npos);
  EXPECT_NE(call.body.find(R"({"op":"test","path":"/spec/replicas","value":5})"),
            std::string::npos);
}

// A writer that moved nothing the decision was based on: a status write, an annotation.
TEST_P(WrittenTargets, R31MovedRevisionIsFollowedWhileTheDecisionHolds) {
  show("5");
  expect_write(fail(ErrorKind::Conflict, "test failed"));
  expect_read(scale_json("uid-1", "102", 5));
  expect_write(fail(ErrorKind::Conflict, "test failed"));
  expect_read(scale_json("uid-1", "104", 5));
  expect_write(scale_json("uid-1", "105", 8));
  EXPECT_EQ(step(8).value(), 8);
  EXPECT_NE(world_.api.last_call().body.find(
                R"({"op":"test","path":"/metadata/resourceVersion","value":"104"})"),
            std::string::npos);
}

TEST_P(WrittenTargets, P15EndlessCompetitorCostsFiveSendsAtMost) {
  show("5");
  for (int sends = 1; sends <= 5; ++sends) {
    expect_write(fail(ErrorKind::Conflict, "test failed"));
    if (sends < 5) expect_read(scale_json("uid-1", std::to_string(100 + sends), 5));
  }
  EXPECT_EQ(step(8).error().kind, ErrorKind::Conflict);
}

TEST_P(WrittenTargets, ConflictWithAnotherDecisionIsHandedOnAndNothingMoreIsWritten) {
  for (const std::string& live :
       {scale_json("uid-1", "102", 6), scale_json("uid-2", "102", 5), std::string("no Scale")}) {
    show("5");
    expect_write(fail(ErrorKind::Conflict, "test failed"));
    expect_read(live);
    EXPECT_EQ(step(8).error().kind, ErrorKind::Conflict) << live;
  }
}

TEST_P(WrittenTargets, RefusalOfTheRevisionThatIsCurrentIsNotSentAgain) {
  show("5");
  expect_write(fail(ErrorKind::Conflict, "refused by a webhook"));
  expect_read(scale_json("uid-1", "100", 5));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Conflict);
}

// The gate of the leadership answers Cancelled: the process that lost it stops in the middle.
TEST_P(WrittenTargets, LostLeadershipBetweenTwoSendsEndsThem) {
  show("5");
  expect_write(fail(ErrorKind::Conflict, "test failed"));
  expect_read(scale_json("uid-1", "102", 5));
  expect_write(fail(ErrorKind::Cancelled, "not the leader"));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Cancelled);
}

TEST_P(WrittenTargets, UnknownOutcomeThatWasExecutedIsSuccess) {
  show("5");
  expect_write(fail(ErrorKind::OutcomeUnknown, "no answer"));
  expect_read(scale_json("uid-1", "101", 8));
  EXPECT_EQ(step(8).value(), 8);
}

TEST_P(WrittenTargets, UnknownOutcomeThatWasNotExecutedIsNoSuccess) {
  show("5");
  expect_write(fail(ErrorKind::OutcomeUnknown, "no answer"));
  expect_read(scale_json("uid-1", "100", 5));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Unavailable);
}

TEST_P(WrittenTargets, UnknownOutcomeOvertakenBySomebodyElseIsAConflict) {
  show("5");
  expect_write(fail(ErrorKind::OutcomeUnknown, "no answer"));
  expect_read(scale_json("uid-1", "101", 3));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Conflict);
}

TEST_P(WrittenTargets, UnknownOutcomeOnAnObjectThatWasRecreatedIsAConflict) {
  show("5");
  expect_write(fail(ErrorKind::OutcomeUnknown, "no answer"));
  expect_read(scale_json("uid-2", "101", 8));
  EXPECT_EQ(step(8).error().kind, ErrorKind::Conflict);
}

TEST_P(ScaleTargets, DeletedTargetIsNotFound) {
  show("5");
  GetParam().show_nothing(world_);
  EXPECT_EQ(target_->observe(kKey, {}).error().kind, ErrorKind::NotFound);
}

TEST_P(WrittenTargets, TargetDeletedUnderTheWriteIsNotFound) {
  show("5");
  expect_write(fail(ErrorKind::NotFound, "gone"));
  EXPECT_EQ(step(8).error().kind, ErrorKind::NotFound);
}

TEST_P(ScaleTargets, CorruptReplicasAreAnErrorAndNeverAWrite) {
  for (const char* replicas : {"-1", "2147483648", ""}) {
    show(replicas);
    const auto observed = target_->observe(kKey, {});
    ASSERT_FALSE(observed) << replicas;
    EXPECT_EQ(observed.error().kind, ErrorKind::Invalid);
    GetParam().show_nothing(world_);
  }
  EXPECT_TRUE(world_.api.calls().empty());
}

TEST_P(ScaleTargets, NegativeReplicasAreNeverAskedFor) {
  show("5");
  EXPECT_EQ(step(-1).error().kind, ErrorKind::Invalid);
  EXPECT_TRUE(world_.api.calls().empty());
}

TEST_P(WrittenTargets, StopRequestedMeansNoWrite) {
  show("5");
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(target_->step_towards(kKey, seen(), 8, stop.get_token()).error().kind,
            ErrorKind::Cancelled);
  EXPECT_TRUE(world_.api.calls().empty());
}

TEST_P(PlannedTargets, AreChangedByPlansOnly) {
  show("6");
  EXPECT_NE(target_->planned(), nullptr);
  EXPECT_EQ(step(8).error().kind, ErrorKind::Invalid);
  EXPECT_TRUE(world_.api.calls().empty());
}

std::vector<Case> cases(How how) {
  std::vector<Case> out;
  std::copy_if(kCases.begin(), kCases.end(), std::back_inserter(out),
               [&](const Case& one) { return one.how == how; });
  return out;
}
std::string name_of(const ::testing::TestParamInfo<Case>& row) {
  return std::string(row.param.kind);
}
INSTANTIATE_TEST_SUITE_P(EveryKind, ScaleTargets, ::testing::ValuesIn(kCases), name_of);
INSTANTIATE_TEST_SUITE_P(EveryKind, WrittenTargets, ::testing::ValuesIn(cases(How::ByAWrite)),
                         name_of);
INSTANTIATE_TEST_SUITE_P(EveryKind, PlannedTargets, ::testing::ValuesIn(cases(How::ByPlans)),
                         name_of);

}  // namespace
}  // namespace evalscaler::targets
