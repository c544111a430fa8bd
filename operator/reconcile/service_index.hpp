// SPDX-License-Identifier: Apache-2.0
// ServiceIndex: which services a changed object concerns. Thread-safe.
//
// Answers for the watchers' threads: which visits this change of a service calls for (our own
// status writes for none: R35), and which services scale this target.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
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
  // `object` is null for a deletion. Returns whom this concerns: nobody, or the service itself
  // and the others that name one of its targets, before or now.
  std::vector<ObjectKey> update(const ObjectKey& key, const ServiceObject* object);

  // `kind` as in scaleTargetRef.kind.
  std::vector<ObjectKey> services_of(const std::string& kind, const ObjectKey& target) const;

  // The oldest service on this target, if that is not `service`; of equally old ones (creation
  // times are whole seconds) the first by name counts as older. One that is being deleted has
  // none any more.
  std::optional<ObjectKey> older_on(const std::string& kind, const ObjectKey& target,
                                    const ObjectKey& service) const;

  std::size_t count(api::Mode mode) const;

 private:
  using Target = std::pair<std::string, ObjectKey>;
  struct Entry {
    std::string uid;
    std::optional<WallTime> created;
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
    void add_users(const Entry& entry, std::set<ObjectKey>& into) const;
  };
  Guarded<State> state_;
};

}  // namespace evalscaler::reconcile
