// SPDX-License-Identifier: Apache-2.0
#include "reconcile/service_index.hpp"

namespace evalscaler::reconcile {

void ServiceIndex::State::remove(const ObjectKey& key) {
  const auto at = services.find(key);
  if (at == services.end()) return;
  for (const Target& target : at->second.targets) {
    const auto users = by_target.find(target);
    if (users == by_target.end()) continue;
    users->second.erase(key);
    if (users->second.empty()) by_target.erase(users);
  }
  --by_mode[at->second.mode];
  services.erase(at);
}

void ServiceIndex::State::add(const ObjectKey& key, Entry entry) {
  for (const Target& target : entry.targets) by_target[target].insert(key);
  ++by_mode[entry.mode];
  services.insert_or_assign(key, std::move(entry));
}

void ServiceIndex::State::add_users(const Entry& entry, std::set<ObjectKey>& into) const {
  for (const Target& target : entry.targets) {
    const auto users = by_target.find(target);
    if (users != by_target.end()) into.insert(users->second.begin(), users->second.end());
  }
}

std::vector<ObjectKey> ServiceIndex::update(const ObjectKey& key, const ServiceObject* object) {
  return state_.with([&](State& state) -> std::vector<ObjectKey> {
    std::set<ObjectKey> concerned{key};
    const auto known = state.services.find(key);
    if (known != state.services.end()) state.add_users(known->second, concerned);
    if (object == nullptr) {
      state.remove(key);
      return {concerned.begin(), concerned.end()};
    }
    const bool same = known != state.services.end() && known->second.uid == object->meta.uid &&
                      known->second.generation == object->meta.generation &&
                      known->second.being_deleted == object->meta.being_deleted &&
                      known->second.paused == object->paused;
    if (same) return {};
    Entry entry{object->meta.uid,
                object->meta.created,
                object->meta.generation,
                object->meta.being_deleted,
                object->spec.mode,
                object->paused,
                {}};
    for (const api::Tier& tier : object->spec.tiers) {
      entry.targets.push_back({tier.target.kind, {key.space, tier.target.name}});
    }
    state.remove(key);
    state.add_users(entry, concerned);
    state.add(key, std::move(entry));
    return {concerned.begin(), concerned.end()};
  });
}

std::optional<ObjectKey> ServiceIndex::older_on(const std::string& kind, const ObjectKey& target,
                                                const ObjectKey& service) const {
  return state_.with([&](const State& state) -> std::optional<ObjectKey> {
    const auto users = state.by_target.find({kind, target});
    if (users == state.by_target.end()) return std::nullopt;
    const ObjectKey* oldest = nullptr;
    std::optional<WallTime> since;
    for (const ObjectKey& user : users->second) {  // by name
      const Entry& entry = state.services.at(user);
      if (entry.being_deleted || (oldest != nullptr && entry.created >= since)) continue;
      oldest = &user;
      since = entry.created;
    }
    return oldest == nullptr || *oldest == service ? std::nullopt : std::optional(*oldest);
  });
}

std::vector<ObjectKey> ServiceIndex::services_of(const std::string& kind,
                                                 const ObjectKey& target) const {
  return state_.with([&](const State& state) {
    const auto at = state.by_target.find({kind, target});
    return at == state.by_target.end()
               ? std::vector<ObjectKey>()
               : std::vector<ObjectKey>(at->second.begin(), at->second.end());
  });
}

std::size_t ServiceIndex::count(api::Mode mode) const {
  return state_.with([&](const State& state) {
    const auto at = state.by_mode.find(mode);
    return at == state.by_mode.end() ? std::size_t{0} : at->second;
  });
}

}  // namespace evalscaler::reconcile
