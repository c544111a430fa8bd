// SPDX-License-Identifier: Apache-2.0
#include "simulation/oracles.hpp"

#include <algorithm>
#include <cmath>
#include <set>
#include <tuple>
#include <variant>

#include "simulation/operator_process.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::seconds;

// How long a process may not learn what became of its write: watches are late by so much.
constexpr seconds kUnknownFor{60};

std::string text_of(const ScaleWrite& write) {
  return write.origin.writer + " scales " + write.target.name + " " + std::to_string(write.from) +
         " -> " + std::to_string(write.to);
}

const TierSettings* tier_of(const ServiceSettings& spec, const ObjectKey& target) {
  for (const TierSettings& tier : spec.tiers) {
    if (tier.target == target.name) return &tier;
  }
  return nullptr;
}

bool is_up(const ScaleWrite& write) {
  return write.to > write.from;
}

}  // namespace

void Oracles::scaled(const ScaleWrite& write) {
  history_.add(write.origin.writer, {"effect:", text_of(write)});
  if (write.origin.writer != "user") {
    ++scale_writes_;
    if (!write.origin.held_lease) violated(text_of(write) + " without holding the lease");
    check_fence(write);
    if (!write.origin.autoscaler.empty()) {
      violated(text_of(write) + " though " + write.origin.autoscaler + " scales it, too");
    }
    if (write.origin.service_uid.empty()) violated(text_of(write) + " outside of any visit");
    const auto& specs = cluster_.specs(write.origin.service_uid);
    std::string first;
    bool allowed = false;
    for (auto i = static_cast<std::size_t>(write.origin.generation - 1); i < specs.size(); ++i) {
      const std::string problem = forbidden(specs[i], write);
      allowed = allowed || problem.empty();
      if (first.empty()) first = problem;
    }
    if (!allowed) violated(text_of(write) + ": " + first);
  }
  effects_[write.target].push_back(
      {write, clock_.steady(), status_shows(write.target, write.from)});
}

// Whoever was late on his way must not act on what somebody else has changed meanwhile.
void Oracles::check_fence(const ScaleWrite& write) const {
  const auto known = effects_.find(write.target);
  if (known == effects_.end()) return;
  for (const Effect& effect : known->second) {
    const Origin& other = effect.write.origin;
    const bool since = effect.write.uid == write.uid && effect.at > write.origin.sent;
    if (since && other.writer != write.origin.writer) {
      violated(text_of(write) + ", sent before and effective after " + text_of(effect.write));
    }
  }
}

std::string Oracles::forbidden(const ServiceSettings& spec, const ScaleWrite& write) const {
  const TierSettings* tier = tier_of(spec, write.target);
  if (tier == nullptr) return "the spec has no such target";
  if (spec.mode != "Auto") return "mode is " + spec.mode;
  if (write.from == 0) return "the target was switched off by hand";
  if (write.from < tier->min && write.to == tier->min) return "";
  if (write.from > tier->max && write.to == tier->max) return "";
  if (write.to < tier->min || write.to > tier->max) return "out of bounds";
  const int step = is_up(write) ? tier->up_step : tier->down_step;
  if (std::abs(write.to - write.from) > step)
    return "the step is larger than " + std::to_string(step);
  if (is_up(write) && !write.origin.may_grow) return "no metric asked for it";
  if (!is_up(write) && !write.origin.may_not_shrink.empty()) return write.origin.may_not_shrink;
  return in_cooldown(*tier, write);
}

std::string Oracles::in_cooldown(const TierSettings& tier, const ScaleWrite& write) const {
  const auto known = effects_.find(write.target);
  if (known == effects_.end()) return "";
  const int length = is_up(write) ? tier.up_cooldown : tier.down_cooldown;
  for (const Effect& effect : known->second) {
    const ScaleWrite& before = effect.write;
    const bool same = before.uid == write.uid && before.origin.writer != "user" &&
                      before.origin.service_uid == write.origin.service_uid;
    const bool counts = !is_up(write) || tier.shared_cooldown || is_up(before);
    if (!same || !counts) continue;
    // Status keeps whole seconds.
    const WallTime since = std::chrono::floor<seconds>(before.origin.visit_wall);
    if (write.origin.visit_wall < since + seconds(length) && !may_be_forgotten(effect, write)) {
      return "within the cooldown of " + std::to_string(length) + " s after " + text_of(before);
    }
  }
  return "";
}

// What nobody can know (decision 5): a user changed the replicas after the write, so that they are
// no longer what it left, and its answer was lost with it or with its process; or, at a restart,
// just before it, which no status has told of yet.
bool Oracles::may_be_forgotten(const Effect& before, const ScaleWrite& write) const {
  const bool restarted = before.write.origin.writer != write.origin.writer;
  const auto& all = effects_.at(write.target);
  const bool overtaken = std::any_of(all.begin(), all.end(), [&](const Effect& effect) {
    const bool soon = restarted || effect.at < before.at + kUnknownFor;
    return effect.write.origin.writer == "user" && effect.at >= before.at && soon;
  });
  return overtaken || (restarted && !before.status_knew);
}

bool Oracles::status_shows(const ObjectKey& target, int replicas) const {
  for (const auto& [key, service] : cluster_.services()) {
    const TierSettings* tier = tier_of(service.spec, target);
    if (tier == nullptr) continue;
    for (const api::TierStatus& each : status_of(service).tiers) {
      if (each.name == tier->name) return each.current == replicas;
    }
  }
  return false;
}

void Oracles::status_written(const StatusWrite& write) {
  ++status_writes_;
  history_.add(write.origin.writer, {"effect: status of", write.service.name});
  if (!write.origin.held_lease) violated("status written without holding the lease");
  if (!write.changed) violated("a status write that changes nothing");
  const SimulatedService* service = cluster_.service(write.service);
  if (service != nullptr) check_decisions(*service);
}

void Oracles::check_decisions(const SimulatedService& service) const {
  std::set<std::tuple<std::string, WallTime, int, int, bool, std::string>> seen;
  for (const api::DecisionRecord& each : status_of(service).recent_decisions) {
    const std::string text = "decision " + std::to_string(each.from) + " -> " +
                             std::to_string(each.to) + " " + each.reason;
    if (!seen.insert({each.tier, each.time, each.from, each.to, each.applied, each.reason})
             .second) {
      violated("status holds a " + text + " twice");
    }
    if (!each.applied || each.from == each.to) continue;
    const auto known = effects_.find({kSpace, service.spec.name + "-" + each.tier});
    const bool happened =
        known != effects_.end() &&
        std::any_of(known->second.begin(), known->second.end(),
                    [&](const Effect& effect) { return effect.write.to == each.to; });
    if (!happened) violated("status holds an applied " + text + " that never was");
  }
}

void Oracles::cache_is(Collection collection, const kube::WatchState& state,
                       const OperatorProcess& process) const {
  const auto* watching = std::get_if<kube::Watching>(&state);
  if (watching == nullptr) return;
  std::map<ObjectKey, std::string> cached;
  const auto add_all = [&](const auto& cache) {
    for (const auto& each : cache.all()) {
      cached[each->meta.key] = each->meta.uid + "@" + each->meta.resource_version;
    }
  };
  switch (collection) {
    case Collection::Services:
      add_all(process.services());
      break;
    case Collection::Deployments:
      add_all(process.deployments());
      break;
    case Collection::Autoscalers:
      add_all(process.autoscalers());
      break;
  }
  const auto stored = cluster_.log(collection).snapshot(std::stoull(watching->revision));
  std::string wanted;
  bool same = stored.size() == cached.size();
  for (const Version* version : stored) {
    const std::string text = version->uid + "@" + std::to_string(version->revision);
    const auto found = cached.find(version->key);
    same = same && found != cached.end() && found->second == text;
    wanted += " " + version->key.name + "=" + text;
  }
  if (same) return;
  std::string have;
  for (const auto& [key, text] : cached) have += " " + key.name + "=" + text;
  violated("a cache is not the store at revision " + watching->revision + ": it has" + have +
           ", there was" + wanted);
}

}  // namespace evalscaler::simulation
