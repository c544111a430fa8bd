// SPDX-License-Identifier: Apache-2.0
// One EvaluationService in front of a Reconciler, with a target that does what it is told and
// an API server that answers status writes. Time moves only when a test says so.
#pragma once

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/conditions.hpp"
#include "api/service_json.hpp"
#include "fakes/fixed_readings.hpp"
#include "fakes/manual_clock.hpp"
#include "fakes/recorded_events.hpp"
#include "fakes/scripted_kube_api.hpp"
#include "reconcile/reconciler.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::reconcile {

inline const ObjectKey kWeb{"ml", "web"};
inline constexpr const char* kStatusPath =
    "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/web/status";

inline constexpr const char* kServicePath =
    "/apis/evalscaler.io/v1alpha1/namespaces/ml/evaluationservices/web";

class StubTarget final : public targets::ScaleTarget {
 public:
  StubTarget() {
    seen.uid = "target-1";
    seen.spec_replicas = seen.ready_replicas = 5;
  }
  Result<api::TargetObservation> observe(const ObjectKey&, const std::stop_token&) override {
    if (observe_error) return *observe_error;
    return seen;
  }
  Result<targets::Replicas> step_towards(const ObjectKey&, const api::TargetObservation& based_on,
                                         targets::Replicas wanted,
                                         const std::stop_token&) override {
    writes.push_back(std::to_string(based_on.spec_replicas) + "->" + std::to_string(wanted));
    if (on_its_way) on_its_way();
    if (step_error) return *step_error;
    seen.spec_replicas = seen.ready_replicas = wanted;
    // As a write through /scale shows: by whom, but not when.
    seen.last_writer = api::ReplicasWriter{api::kFieldManager, std::nullopt};
    return wanted;
  }

  api::TargetObservation seen;
  std::optional<Error> observe_error;
  std::function<void()> on_its_way;  // called while a write is under way
  std::optional<Error> step_error;
  std::vector<std::string> writes;
};

class VisitFixture : public ::testing::Test {
 protected:
  static constexpr std::chrono::seconds kInterval{15};

  VisitFixture() {
    api::ThresholdMetric metric;
    metric.name = "cpu";
    metric.scale_up = Quantity{70};
    metric.scale_down = Quantity{30};
    api::Tier tier;
    tier.name = "app";
    tier.target.name = "web";
    tier.min_replicas = 2;
    tier.max_replicas = 20;
    tier.threshold = api::ThresholdPolicy{};
    tier.threshold->metrics.push_back(metric);
    tier.threshold->scale_up.step = 3;
    service_.meta.key = kWeb;
    service_.meta.uid = "uid-1";
    service_.meta.resource_version = "100";
    service_.meta.generation = 1;
    service_.spec.tiers.push_back(tier);
    readings_.set("cpu", 50);
    make_reconciler();
  }

  // A new process: it knows what the API server holds, and nothing else.
  void make_reconciler(api::Replicas limit = 1000) {
    Surroundings with;
    with.services = &cache_;
    with.find_target = [this](const api::Tier& tier) -> Result<targets::ScaleTarget*> {
      if (tier.redis_cluster) return planned_;
      if (tier.target.kind != "Deployment") return fail(ErrorKind::Invalid, "kind Job cannot");
      return &target_;
    };
    with.readings = &readings_;
    with.api = &api_;
    with.events = &events_;
    with.metrics = &metrics_;
    with.max_replicas_limit = limit;
    with.relieves = [this] { return relieves_; };
    with.wall = [this] { return clock_.wall(); };
    with.steady = [this] { return clock_.steady(); };
    with.per_service_metrics = per_service_metrics_;
    with.pause = operator_pause_;
    with.max_scale_downs_per_minute = downs_per_minute_;
    with.other_autoscaler = [this](const ObjectKey&, const api::Tier&) { return other_; };
    reconciler_.emplace(with);
  }

  api::Tier& tier() { return service_.spec.tiers.front(); }
  void apply() { cache_.put(service_); }
  void apply_new_spec() {
    ++service_.meta.generation;
    next_revision();
    apply();
  }
  Result<NextVisit> visit() {
    return reconciler_->visit(kWeb, {clock_.wall(), clock_.steady()}, {});
  }
  // What the API server does with a status write: keeps it, and the watch shows it.
  void expect_status_write() {
    api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath, [this](const auto& call) {
      next_revision();
      service_.status = status_in(call.body);
      apply();
      return Result(R"({"metadata":{"name":"web","namespace":"ml","resourceVersion":")" +
                    service_.meta.resource_version + R"("}})");
    });
  }
  void expect_status_write_with_lost_answer() {
    api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath,
                [this](const auto& call) -> Result<std::string> {
                  next_revision();
                  service_.status = status_in(call.body);
                  apply();
                  return fail(ErrorKind::OutcomeUnknown, "no answer");
                });
  }
  void expect_status_write(Error error) {
    api_.expect(fakes::ScriptedKubeApi::Verb::Patch, kStatusPath, std::move(error));
  }
  // The object as the API server has it, which the cache need not show.
  void expect_look(const ServiceObject& live) {
    wire::JsonWriter json;
    json.begin_object().key("metadata").begin_object().member("name", live.meta.key.name);
    json.member("namespace", live.meta.key.space).member("uid", live.meta.uid);
    json.member("resourceVersion", live.meta.resource_version);
    json.member("generation", live.meta.generation).end_object().key("status");
    api::write_status(json, live.status);
    json.end_object();
    api_.expect(fakes::ScriptedKubeApi::Verb::Get, kServicePath, std::move(json).text());
  }
  // The next poll is complete; visits once and expects a write of the status.
  void evaluate() {
    next_round();
    expect_status_write();
    const auto next = visit();
    ASSERT_TRUE(next) << next.error().message;
  }
  void evaluate_quietly() {
    next_round();
    const auto next = visit();
    ASSERT_TRUE(next) << next.error().message;
  }
  void next_round() {
    clock_.advance(kInterval);
    readings_.complete_round();
  }
  // Gets past the cold start and the streak that a scale-down needs.
  void warm_up() {
    apply();
    readings_.complete_round();
    expect_status_write();
    ASSERT_TRUE(visit());
    evaluate();
    evaluate_quietly();
  }

  const api::ServiceStatus& status() const { return service_.status; }
  std::string condition(std::string_view type) const {
    const auto* found = api::find_condition(status().conditions, type);
    if (found == nullptr) return "absent";
    const char* text = found->status == api::ConditionStatus::True    ? "True"
                       : found->status == api::ConditionStatus::False ? "False"
                                                                      : "Unknown";
    return std::string(text) + "/" + found->reason;
  }
  std::string message(std::string_view type) const {
    const auto* found = api::find_condition(status().conditions, type);
    return found == nullptr ? std::string() : found->message;
  }

  fakes::ManualClock clock_;
  fakes::FixedReadings readings_;
  fakes::ScriptedKubeApi api_;
  fakes::RecordedEvents events_;
  telemetry::Metrics metrics_;
  kube::ObjectCache<ServiceObject> cache_;
  StubTarget target_;
  targets::ScaleTarget* planned_ = nullptr;  // of a tier with a redisCluster block
  ServiceObject service_;
  bool relieves_ = false;
  PerService per_service_metrics_ = PerService::Left;
  std::string operator_pause_;        // the next process is started with it
  std::size_t downs_per_minute_ = 0;  // likewise
  std::string other_;                 // who else scales the target
  std::optional<Reconciler> reconciler_;

 private:
  void next_revision() {
    service_.meta.resource_version = std::to_string(std::stoi(service_.meta.resource_version) + 1);
  }
  static api::ServiceStatus status_in(const std::string& body) {
    api::ServiceStatus out;
    wire::JsonReader reader;
    const auto read = reader.read_copy(body, [&](wire::JsonCursor& root) {
      return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
        if (key != "status") return {};
        auto status = api::read_status(value);
        if (!status) return status.error();
        out = std::move(status).value();
        return {};
      });
    });
    EXPECT_TRUE(read) << read.error().message;
    return out;
  }
};

}  // namespace evalscaler::reconcile
