// SPDX-License-Identifier: Apache-2.0
// ServiceIndex: which services a changed object concerns. Thread-safe.
//
// Answers two questions for the watchers' threads: does this change of a service call for a
// visit (our own status writes do not: R35), and which services scale this target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "api/evaluation_service.hpp"
#include "core/guarded.hpp"
#include "core/object_key.hpp"
#include "reconcile/service_object.hpp"

namespace evalscaler::reconcile {

class ServiceIndex {
 public:
  enum class Change { Irrelevant, NeedsVisit };

  // `object` is null for a deletion.
  Change update(const ObjectKey& key, const ServiceObject* object);

  // `kind` as in scaleTargetRef.kind.
  std::vector<ObjectKey> services_of(const std::string& kind, const ObjectKey& target) const;

  std::size_t count(api::Mode mode) const;

 private:
  using Target = std::pair<std::string, ObjectKey>;
  struct Entry {
    std::string uid;
    std::int64_t generation = 0;
    bool being_deleted = false;
    api::Mode mode = api::Mode::Auto;
    std::string paused;
    std::vector<Target> targets;
  };
  struct State {
    std::unordered_map<ObjectKey, Entry> services;
    std::map<Target, std::set<ObjectKey>> by_target;
    std::map<api::Mode, std::size_t> by_mode;

    void remove(const ObjectKey& key);
    void add(const ObjectKey& key, Entry entry);
  };
  Guarded<State> state_;
};

}  // namespace evalscaler::reconcile
