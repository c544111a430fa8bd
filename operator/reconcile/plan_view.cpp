// SPDX-License-Identifier: Apache-2.0
#include "reconcile/plan_view.hpp"

#include <algorithm>

#include "targets/planned_target.hpp"

namespace evalscaler::reconcile {
namespace {

constexpr std::chrono::seconds kPatience{2};

}  // namespace

Result<api::PlanPreview> PlanView::preview(const ObjectKey& service, const std::string& tier,
                                           api::Replicas wanted, const std::stop_token& stop) {
  const auto found = services_.find(service);
  const std::string what = "service " + service.text() + ": ";
  if (found == nullptr) {
    return fail(ErrorKind::NotFound, what + "this operator does not look after it");
  }
  const auto& tiers = found->spec.tiers;
  const auto at = std::find_if(tiers.begin(), tiers.end(),
                               [&](const api::Tier& each) { return each.name == tier; });
  if (at == tiers.end()) return fail(ErrorKind::NotFound, what + "no tier '" + tier + "'");
  const auto target = find_target_(*at);
  if (!target) return fail(target.error().kind, what + target.error().message);
  targets::PlannedTarget* planned = (*target)->planned();
  if (planned == nullptr) {
    return fail(ErrorKind::Invalid, what + "tier " + tier + " is a " + at->target.kind +
                                        ", which is scaled by one write, not by a plan");
  }
  if (!turn_.take_before(clock_.steady() + kPatience, clock_, stop)) {
    return fail(ErrorKind::Unavailable, what + "another plan is being looked at; ask again");
  }
  const TurnHolder turn(turn_);
  const ObjectKey key{service.space, at->target.name};
  auto preview = planned->preview({key, &*at, clock_.wall()}, wanted, stop);
  if (!preview) return fail(preview.error().kind, what + preview.error().message);
  return preview;
}

}  // namespace evalscaler::reconcile
