// SPDX-License-Identifier: Apache-2.0
// ObjectCache<T>: the objects of one resource as a watch last showed them, decoded to T.
//
// T has a member `ObjectMeta meta` and keeps only what somebody reads. Readers get shared
// pointers to immutable objects; the watcher's thread is the only writer. Same name with a
// new uid is a delete and a create (R19). Thread-safe.
#pragma once

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

  bool synced() const {
    return state_.with([](const State& state) { return state.synced; });
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
    state_.with([&](State& state) { state.objects.insert_or_assign(key, pointer); });
    tell(key, pointer);
  }
  void erase(const ObjectKey& key) {
    const bool existed = state_.with([&](State& state) { return state.objects.erase(key) > 0; });
    if (existed) tell(key, {});
  }
  // Everything there is, as a finished list showed it (R18): what is not in it is gone.
  // Objects whose resourceVersion did not change are not announced again.
  void replace(std::vector<T> objects) {
    std::vector<std::pair<ObjectKey, Pointer>> changes;
    state_.with([&](State& state) {
      std::unordered_map<ObjectKey, Pointer> fresh;
      fresh.reserve(objects.size());
      for (T& object : objects) {
        auto pointer = std::make_shared<const T>(std::move(object));
        const ObjectKey key = pointer->meta.key;
        const auto old = state.objects.find(key);
        if (old != state.objects.end() &&
            old->second->meta.resource_version == pointer->meta.resource_version) {
          pointer = old->second;
        } else {
          changes.emplace_back(key, pointer);
        }
        fresh.insert_or_assign(key, std::move(pointer));
      }
      for (const auto& entry : state.objects) {
        if (!fresh.contains(entry.first)) changes.emplace_back(entry.first, Pointer{});
      }
      state.objects = std::move(fresh);
      state.synced = true;
    });
    for (const auto& [key, pointer] : changes) tell(key, pointer);
  }

 private:
  struct State {
    std::unordered_map<ObjectKey, Pointer> objects;
    bool synced = false;
  };
  void tell(const ObjectKey& key, const Pointer& object) const {
    for (const Listener& listener : listeners_) listener(key, object);
  }

  Guarded<State> state_;
  std::vector<Listener> listeners_;
};

}  // namespace evalscaler::kube
