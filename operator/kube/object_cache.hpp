// SPDX-License-Identifier: Apache-2.0
// ObjectCache<T>: the objects of one resource as a watch last showed them, decoded to T.
//
// T has a member `ObjectMeta meta` and keeps only what somebody reads. Readers get shared
// pointers to immutable objects; the watcher's thread is the only writer. Same name with a
// new uid is a delete and a create (R19). Several watchers, one per namespace, may fill one
// cache. Thread-safe.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "kube/object_meta.hpp"

namespace evalscaler::kube {

template <typename T>
class ObjectCache {
 public:
  using Pointer = std::shared_ptr<const T>;
  // Called after the change is visible, outside the lock, on the watcher's thread. `object`
  // is null for a deletion.
  using Listener = std::function<void(const ObjectKey& key, const Pointer& object)>;

  // Before the watcher starts.
  void listen(Listener listener) { listeners_.push_back(std::move(listener)); }

  // Before the watchers start: how many namespaces fill this cache (1 for "all of them").
  void expect_spaces(std::size_t count) {
    state_.with([&](State& state) { state.spaces = count; });
  }

  // Every namespace has been listed once (R20).
  bool synced() const {
    return state_.with([](const State& state) { return state.filled.size() >= state.spaces; });
  }
  // The namespace of an object has been listed once: what is not found there does not exist.
  bool knows(const std::string& space) const {
    return state_.with([&](const State& state) {
      return state.filled.contains(space) || state.filled.contains(std::string());
    });
  }
  // Why the server does not let us list `space` (its own words); empty: nothing is known of that.
  std::string refusal(const std::string& space) const {
    return state_.with([&](const State& state) {
      const auto at = state.refusals.find(state.refusals.contains(space) ? space : "");
      return at == state.refusals.end() ? std::string() : at->second;
    });
  }
  Pointer find(const ObjectKey& key) const {
    return state_.with([&](const State& state) {
      const auto at = state.objects.find(key);
      return at == state.objects.end() ? Pointer{} : at->second;
    });
  }
  std::vector<Pointer> all() const {
    return state_.with([](const State& state) {
      std::vector<Pointer> out;
      out.reserve(state.objects.size());
      for (const auto& entry : state.objects) out.push_back(entry.second);
      return out;
    });
  }
  std::size_t size() const {
    return state_.with([](const State& state) { return state.objects.size(); });
  }

  void put(T object) {
    auto pointer = std::make_shared<const T>(std::move(object));
    const ObjectKey key = pointer->meta.key;
    const bool another = state_.with([&](State& state) {
      Pointer& place = state.objects[key];
      const bool other_uid = place && place->meta.uid != pointer->meta.uid;
      place = pointer;
      return other_uid;
    });
    if (another) tell(key, {});
    tell(key, pointer);
  }
  void erase(const ObjectKey& key) {
    const bool existed = state_.with([&](State& state) { return state.objects.erase(key) > 0; });
    if (existed) tell(key, {});
  }
  // `space` (empty = all) may not be listed; holds until it has been.
  void refuse(const std::string& space, const std::string& why) {
    state_.with([&](State& state) { state.refusals.insert_or_assign(space, why); });
  }
  // Everything there is in `space` (empty = in all), as a finished list showed it (R18): what
  // is not in it is gone. Objects whose resourceVersion did not change are not announced.
  void replace(std::vector<T> objects, const std::string& space = {}) {
    std::vector<std::pair<ObjectKey, Pointer>> changes;
    state_.with([&](State& state) {
      Objects old = std::exchange(state.objects, {});
      state.objects.reserve(objects.size());
      for (T& object : objects) {
        auto pointer = std::make_shared<const T>(std::move(object));
        const ObjectKey key = pointer->meta.key;
        const auto before = old.find(key);
        if (before != old.end()) {
          if (same_state(*before->second, *pointer)) {
            pointer = before->second;
          } else {
            if (before->second->meta.uid != pointer->meta.uid) changes.emplace_back(key, Pointer{});
            changes.emplace_back(key, pointer);
          }
          old.erase(before);
        } else {
          changes.emplace_back(key, pointer);
        }
        state.objects.insert_or_assign(key, std::move(pointer));
      }
      for (auto& [key, pointer] : old) {
        if (space.empty() || key.space == space) {
          changes.emplace_back(key, Pointer{});
        } else {
          state.objects.emplace(key, std::move(pointer));
        }
      }
      state.filled.insert(space);
      state.refusals.erase(space);
    });
    for (const auto& [key, pointer] : changes) tell(key, pointer);
  }

 private:
  using Objects = std::unordered_map<ObjectKey, Pointer>;
  struct State {
    Objects objects;
    std::unordered_set<std::string> filled;                 // namespaces that were listed
    std::unordered_map<std::string, std::string> refusals;  // namespace -> why it was not
    std::size_t spaces = 1;
  };
  static bool same_state(const T& a, const T& b) {
    return a.meta.uid == b.meta.uid && a.meta.resource_version == b.meta.resource_version;
  }
  void tell(const ObjectKey& key, const Pointer& object) const {
    for (const Listener& listener : listeners_) listener(key, object);
  }

  Guarded<State> state_;
  std::vector<Listener> listeners_;
};

}  // namespace evalscaler::kube
