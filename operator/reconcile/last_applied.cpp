// SPDX-License-Identifier: Apache-2.0
#include "reconcile/last_applied.hpp"

#include <algorithm>

#include "scaling/decision.hpp"

namespace evalscaler::reconcile {
namespace {

// How a write changed the number, where that is known.
std::optional<scaling::Direction> direction(api::Replicas from, api::Replicas to) {
  if (from == to) return std::nullopt;
  return to > from ? scaling::Direction::Up : scaling::Direction::Down;
}

void note(scaling::History& history, const std::optional<scaling::Direction>& direction,
          WallTime time) {
  if (direction != scaling::Direction::Down) {
    history.last_scale_up = std::max(history.last_scale_up, std::optional(time));
  }
  if (direction != scaling::Direction::Up) {
    history.last_scale_down = std::max(history.last_scale_down, std::optional(time));
  }
}

}  // namespace

scaling::History later_of(const scaling::History& left, const scaling::History& right) {
  return {std::max(left.last_scale_up, right.last_scale_up),
          std::max(left.last_scale_down, right.last_scale_down)};
}

LastApplied last_applied(const scaling::History& known,
                         const std::optional<api::Replicas>& status_replicas,
                         const api::DecisionRecord* newest, const api::TargetObservation& target) {
  LastApplied out{known, known};
  const auto write = target.our_last_write;
  if (!write || write <= std::max(known.last_scale_up, known.last_scale_down)) return out;
  if (newest != nullptr && newest->to == target.spec_replicas) {
    // The same write by the API server's clock; status keeps the time it has.
    note(out.deciding, direction(newest->from, newest->to), *write);
    return out;
  }
  const auto since_status =
      status_replicas ? direction(*status_replicas, target.spec_replicas) : std::nullopt;
  note(out.deciding, since_status, *write);
  out.recording = out.deciding;
  return out;
}

}  // namespace evalscaler::reconcile
