// SPDX-License-Identifier: Apache-2.0
// What is to be known of a write of an operator process: the visit it belongs to, and whether
// what the process had been told allowed it.
#include <algorithm>

#include "simulation/evidence.hpp"
#include "simulation/operator_process.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// The longest that an answer may count: maxAge and three intervals of any service are less.
constexpr Nanos kLongestAge = seconds(60);

}  // namespace

std::string OperatorProcess::autoscaler_on(const ObjectKey& target) const {
  for (const auto& each : autoscalers_.all()) {
    const bool same = each->meta.key.space == target.space && each->target_name == target.name;
    if (same) return each->meta.uid;
  }
  return {};
}

// The visit that is about this object or, of a target, about its service.
Origin OperatorProcess::origin_of(const ObjectKey& key) {
  Origin origin;
  for (const VisitInHand& visit : visits_) {
    const bool target = visit.ready.contains(key);
    if (visit.key != key && !target) continue;
    note_evidence(visit);
    origin.visit_began = visit.began.steady;
    origin.visit_wall = visit.began.wall;
    origin.service_uid = visit.service_uid;
    origin.generation = visit.generation;
    if (!target) continue;
    const auto known = visit.autoscalers.find(key);
    const bool all_the_while =
        known != visit.autoscalers.end() && known->second == autoscaler_on(key);
    if (all_the_while) origin.autoscaler = known->second;
    add_evidence(origin, visit, key);
  }
  if (election_) {
    const auto lease = world_.cluster.leases().find({kSpace, "evalscaler"});
    origin.held_lease =
        lease != world_.cluster.leases().end() && lease->second.holder == state_.name;
  }
  return origin;
}

void OperatorProcess::note_evidence(const VisitInHand& visit) {
  for (const auto& [target, ready] : visit.ready) {
    Evidence evidence(prometheus_, target, kLongestAge);
    if (!evidence.not_good(world_.clock.steady()).empty()) continue;
    good_rounds_[{visit.service_uid, target}][readings_.rounds(visit.key)] = true;
  }
}

// A visit that failed, or that waits for something, may have evaluated nothing: only one that is
// content can have seen that something was not good.
void OperatorProcess::end_visit(const ObjectKey& key, const Result<reconcile::NextVisit>& outcome) {
  const auto visit = std::find_if(visits_.begin(), visits_.end(),
                                  [&](const VisitInHand& each) { return each.key == key; });
  note_evidence(*visit);
  const bool content = outcome && outcome->value_or(Nanos(0)) > milliseconds(100);
  for (const auto& [target, ready] : visit->ready) {
    if (!content) break;
    good_rounds_[{visit->service_uid, target}].try_emplace(readings_.rounds(key), false);
  }
  visits_.erase(visit);
}

bool OperatorProcess::good_three_times(const VisitInHand& visit, const ObjectKey& target) const {
  const auto known = good_rounds_.find({visit.service_uid, target});
  if (known == good_rounds_.end()) return false;
  const auto& rounds = known->second;
  std::size_t good = 0;
  for (auto at = rounds.rbegin(); at != rounds.rend() && at->second; ++at) ++good;
  return good >= 3;
}

void OperatorProcess::add_evidence(Origin& origin, const VisitInHand& visit,
                                   const ObjectKey& target) {
  const auto& specs = world_.cluster.specs(visit.service_uid);
  const ServiceSettings& spec = specs.at(static_cast<std::size_t>(visit.generation - 1));
  const auto tier = std::find_if(spec.tiers.begin(), spec.tiers.end(),
                                 [&](const auto& each) { return each.target == target.name; });
  if (tier == spec.tiers.end()) return;
  const auto cached = deployments_.find(target);
  Evidence evidence(prometheus_, target, kLongestAge);
  std::vector<std::int64_t> ready{visit.ready.at(target)};
  if (cached) ready.push_back(cached->ready_replicas);
  origin.may_grow = evidence.may_grow(*tier, ready, visit.began.steady, world_.clock.steady());
  origin.may_not_shrink =
      evidence.may_not_shrink(*tier, ready, visit.began.steady, world_.clock.steady());
  if (!good_three_times(visit, target))
    origin.may_not_shrink = "not three good evaluations in a row";
}

}  // namespace evalscaler::simulation
