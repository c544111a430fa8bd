// SPDX-License-Identifier: Apache-2.0
// What must be true once faults are over and everything had time to settle.
#include <algorithm>
#include <array>
#include <cstdlib>

#include "api/conditions.hpp"
#include "api/service_json.hpp"
#include "simulation/oracles.hpp"

namespace evalscaler::simulation {
namespace {

// Whether a run without faults would stay at these replicas too.
std::string wants_to_move(const TierSettings& tier, const MetricsServer::Truth& truth,
                          std::int64_t replicas) {
  const auto value = [&](std::int64_t pods) { return truth.load / static_cast<double>(pods); };
  if (replicas < tier.min || replicas > tier.max) return "it is out of bounds";
  const bool high = value(replicas) > tier.load_high || truth.errors > kErrorsHigh;
  if (high) return replicas < tier.max ? "the metrics ask for more" : "";
  const bool low = value(replicas) < tier.load_low && truth.errors < kErrorsLow;
  if (!low || replicas == tier.min) return "";
  const std::int64_t after = std::max<std::int64_t>(replicas - tier.down_step, tier.min);
  return value(after) > tier.load_high ? "" : "the metrics ask for less";
}

}  // namespace

api::ServiceStatus status_of(const SimulatedService& service) {
  wire::JsonReader reader;
  api::ServiceStatus status;
  const auto read = reader.read_copy(status_json(service), [&](wire::JsonCursor& root) {
    auto decoded = api::read_status(root);
    if (!decoded) return Result<void>(std::move(decoded).error());
    status = std::move(decoded).value();
    return Result<void>();
  });
  if (!read) throw Violation("a status that cannot be read: " + read.error().message);
  return status;
}

std::size_t Oracles::reversals_on(const ObjectKey& target) const {
  std::size_t count = 0;
  const ScaleWrite* before = nullptr;
  const auto known = effects_.find(target);
  if (known == effects_.end()) return 0;
  for (const Effect& effect : known->second) {
    const ScaleWrite& now = effect.write;
    const bool undoes = before != nullptr && before->uid == now.uid &&
                        before->origin.writer != "user" && now.origin.writer == "user" &&
                        (before->to > before->from) == (now.to < now.from);
    count += undoes ? 1 : 0;
    before = &now;
  }
  return count;
}

void Oracles::check_tier(const SimulatedService& service, const TierSettings& tier,
                         const api::ServiceStatus& status, const MetricsServer& metrics) const {
  const ObjectKey key{kSpace, tier.target};
  const SimulatedDeployment* target = cluster_.deployment(key);
  if (target == nullptr) violated(tier.target + " is gone at the end");
  const auto told = std::find_if(status.tiers.begin(), status.tiers.end(),
                                 [&](const auto& each) { return each.name == tier.name; });
  const std::string where = "status of " + service.spec.name + ", tier " + tier.name + ": ";
  if (told == status.tiers.end()) violated(where + "is missing");
  const std::string problem = wants_to_move(tier, metrics.truths.at(key), target->replicas);
  const bool stands_back = told->contest && told->contest->since;
  if (stands_back && reversals_on(key) < told->contest->reversals.size()) {
    violated(where + "stands back though nobody undid its changes");
  }
  if (!problem.empty() && !stands_back) {
    violated(tier.target + " ends at " + std::to_string(target->replicas) + ": " + problem);
  }
  if (told->current != target->replicas) violated(where + "current is not true");
  if (told->ready != target->ready) violated(where + "ready is not true");
  if (told->desired != target->replicas) violated(where + "desired is not true");
}

void Oracles::has_converged(const MetricsServer& metrics) const {
  for (const auto& [key, service] : cluster_.services()) {
    const api::ServiceStatus status = status_of(service);
    if (status.observed_generation != service.generation) {
      violated("status of " + key.name + " is of an old generation");
    }
    const api::Condition* ready = api::find_condition(status.conditions, "Ready");
    const bool contested = ready != nullptr && ready->reason == "Contested";  // see check_tier
    if (ready == nullptr || (ready->status != api::ConditionStatus::True && !contested)) {
      violated("status of " + key.name + " is not Ready at the end: " +
               (ready == nullptr ? "no such condition" : ready->reason + ", " + ready->message));
    }
    for (const TierSettings& tier : service.spec.tiers) {
      check_tier(service, tier, status, metrics);
    }
  }
}

}  // namespace evalscaler::simulation
