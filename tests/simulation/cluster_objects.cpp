// SPDX-License-Identifier: Apache-2.0
#include "simulation/cluster_objects.hpp"

#include "core/time_text.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::simulation {
namespace {

using wire::JsonWriter;

void write_meta(JsonWriter& json, const ObjectKey& key, const std::string& uid, Revision revision) {
  json.member("name", key.name).member("namespace", key.space).member("uid", uid);
  json.member("resourceVersion", std::to_string(revision));
}

void write_owner(JsonWriter& json, const FieldOwner& owner) {
  json.begin_object().member("manager", owner.manager).member("operation", "Update");
  json.member_if_set("subresource", owner.subresource);
  if (owner.time) json.member("time", time_text(*owner.time));
  json.key("fieldsV1").raw(R"({"f:spec":{"f:replicas":{}}})").end_object();
}

void write_metric(JsonWriter& json, const char* name, double high, double low) {
  json.begin_object().member("name", name);
  json.member("scaleUpThreshold", high).member("scaleDownThreshold", low).end_object();
}

void write_rule(JsonWriter& json, const char* name, int step, int cooldown) {
  json.key(name).begin_object().member("step", step).member("cooldownSeconds", cooldown);
  json.end_object();
}

void write_tier(JsonWriter& json, const TierSettings& tier) {
  json.begin_object().member("name", tier.name);
  json.key("scaleTargetRef").begin_object().member("name", tier.target).end_object();
  json.member("minReplicas", tier.min).member("maxReplicas", tier.max);
  json.key("threshold").begin_object().key("metrics").begin_array();
  write_metric(json, "load", tier.load_high, tier.load_low);
  write_metric(json, "errors", kErrorsHigh, kErrorsLow);
  json.end_array();
  write_rule(json, "scaleUp", tier.up_step, tier.up_cooldown);
  write_rule(json, "scaleDown", tier.down_step, tier.down_cooldown);
  json.member("cooldown", tier.shared_cooldown ? "Shared" : "PerDirection");
  json.end_object().end_object();
}

}  // namespace

std::string json_of(const SimulatedDeployment& it) {
  JsonWriter json;
  json.begin_object().member("apiVersion", "apps/v1").member("kind", "Deployment");
  json.key("metadata").begin_object();
  write_meta(json, it.key, it.uid, it.revision);
  json.member("creationTimestamp", time_text(it.created));
  json.member("generation", it.generation).key("managedFields").begin_array();
  if (it.owner) write_owner(json, *it.owner);
  json.end_array().end_object();
  json.key("spec").begin_object().member("replicas", it.replicas).end_object();
  json.key("status").begin_object().member("observedGeneration", it.observed_generation);
  json.member("replicas", it.pods).member("readyReplicas", it.ready);
  json.member("updatedReplicas", it.pods).end_object().end_object();
  return std::move(json).text();
}

std::string status_json(const SimulatedService& service) {
  JsonWriter json;
  json.begin_object();
  for (const auto& [member, value] : service.status) json.key(member).raw(value);
  json.end_object();
  return std::move(json).text();
}

std::string json_of(const SimulatedService& it) {
  JsonWriter json;
  json.begin_object().member("apiVersion", "evalscaler.io/v1alpha1");
  json.member("kind", "EvaluationService").key("metadata").begin_object();
  write_meta(json, it.spec.key(), it.uid, it.revision);
  json.member("generation", it.generation).end_object();
  json.key("spec").begin_object().member("mode", it.spec.mode);
  json.member("intervalSeconds", it.spec.interval).key("tiers").begin_array();
  for (const TierSettings& tier : it.spec.tiers) write_tier(json, tier);
  json.end_array().end_object();
  if (!it.status.empty()) json.key("status").raw(status_json(it));
  json.end_object();
  return std::move(json).text();
}

std::string json_of(const SimulatedAutoscaler& it) {
  JsonWriter json;
  json.begin_object().member("apiVersion", "autoscaling/v2");
  json.member("kind", "HorizontalPodAutoscaler").key("metadata").begin_object();
  write_meta(json, it.key, it.uid, it.revision);
  json.end_object().key("spec").begin_object().key("scaleTargetRef").begin_object();
  json.member("apiVersion", "apps/v1").member("kind", "Deployment").member("name", it.target);
  json.end_object().end_object().end_object();
  return std::move(json).text();
}

std::string scale_json(const SimulatedDeployment& it) {
  JsonWriter json;
  json.begin_object().member("kind", "Scale").member("apiVersion", "autoscaling/v1");
  json.key("metadata").begin_object();
  write_meta(json, it.key, it.uid, it.revision);
  json.end_object().key("spec").begin_object();
  if (it.replicas != 0) json.member("replicas", it.replicas);
  json.end_object().key("status").begin_object().member("replicas", it.pods);
  json.end_object().end_object();
  return std::move(json).text();
}

}  // namespace evalscaler::simulation
