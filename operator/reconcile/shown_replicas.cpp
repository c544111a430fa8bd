// SPDX-License-Identifier: Apache-2.0
#include "reconcile/shown_replicas.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace evalscaler::reconcile {

using telemetry::Metric;

ShownReplicas::~ShownReplicas() {
  for (const auto& [tier, shown] : tiers_) end(tier, shown);
}

void ShownReplicas::show(telemetry::Metrics& metrics, PerService per_service,
                         const ServiceVisit& visit, const api::ServiceStatus& status) {
  metrics_ = &metrics;
  service_ = visit.service->meta.key;
  std::map<std::string, Shown> before = std::exchange(tiers_, {});
  for (const TierVisit& tier : visit.tiers) {
    const std::string& name = tier.tier->name;
    const auto known = std::find_if(status.tiers.begin(), status.tiers.end(),
                                    [&](const api::TierStatus& each) { return each.name == name; });
    if (!tier.seen || known == status.tiers.end()) continue;
    const bool planned = tier.target != nullptr && tier.target->planned() != nullptr;
    const bool runs = known->plan && !known->plan->journal.empty();
    const Shown shown{tier.tier->target.kind,  known->current,
                      known->desired,          planned,
                      planned && runs ? 1 : 0, per_service == PerService::Exported};
    if (const auto old = before.find(name); old != before.end()) {
      add(old->second, -1);
      before.erase(old);
    }
    add(shown, 1);
    if (shown.own_series) {
      const auto labels = {std::string_view(service_.space), std::string_view(service_.name),
                           std::string_view(name)};
      metrics.set(Metric::TierCurrentReplicas, labels, shown.current);
      metrics.set(Metric::TierDesiredReplicas, labels, shown.desired);
    }
    tiers_.emplace(name, shown);
  }
  for (const auto& [tier, shown] : before) end(tier, shown);
}

void ShownReplicas::add(const Shown& shown, int sign) {
  metrics_->add(Metric::CurrentReplicas, {shown.kind}, sign * static_cast<double>(shown.current));
  metrics_->add(Metric::DesiredReplicas, {shown.kind}, sign * static_cast<double>(shown.desired));
  if (shown.planned) metrics_->add(Metric::PlansRunning, {shown.kind}, sign * shown.plans);
}

void ShownReplicas::end(const std::string& tier, const Shown& shown) {
  add(shown, -1);
  if (!shown.own_series) return;
  metrics_->remove(Metric::TierCurrentReplicas, {service_.space, service_.name, tier});
  metrics_->remove(Metric::TierDesiredReplicas, {service_.space, service_.name, tier});
}

}  // namespace evalscaler::reconcile
