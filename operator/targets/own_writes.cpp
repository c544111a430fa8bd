// SPDX-License-Identifier: Apache-2.0
#include "targets/own_writes.hpp"

#include <compare>
#include <utility>

#include "kube/revision.hpp"

namespace evalscaler::targets {
namespace {

bool shows(const api::TargetObservation& cached, const OwnWrite& write) {
  if (cached.uid != write.uid) return true;  // re-created: our write went with the old one
  if (!write.resource_version) return false;
  const auto order = kube::compare_revisions(cached.resource_version, *write.resource_version);
  return order ? std::is_gteq(*order) : cached.spec_replicas == write.replicas;
}

}  // namespace

void OwnWrites::record(const ObjectKey& key, OwnWrite write) {
  writes_.with([&](auto& writes) { writes.insert_or_assign(key, std::move(write)); });
}

void OwnWrites::forget(const ObjectKey& key) {
  writes_.with([&](auto& writes) { writes.erase(key); });
}

OwnWrites::Seen OwnWrites::check(const ObjectKey& key, const api::TargetObservation& cached,
                                 SteadyTime now) {
  return writes_.with([&](auto& writes) {
    const auto at = writes.find(key);
    if (at == writes.end()) return Seen::Yes;
    const OwnWrite& write = at->second;
    if (shows(cached, write)) {
      writes.erase(at);
      return Seen::Yes;
    }
    const bool patient = (write.resource_version && now - write.steady < kCacheGrace) ||
                         (write.looked && now - *write.looked < kLiveLookSpacing);
    return patient ? Seen::Awaited : Seen::Overdue;
  });
}

std::optional<OwnWrite> OwnWrites::last(const ObjectKey& key) const {
  return writes_.with([&](const auto& writes) {
    const auto at = writes.find(key);
    return at == writes.end() ? std::optional<OwnWrite>() : at->second;
  });
}

}  // namespace evalscaler::targets
