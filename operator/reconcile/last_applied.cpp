// SPDX-License-Identifier: Apache-2.0
#include "reconcile/last_applied.hpp"

#include <algorithm>

#include "api/evaluation_service.hpp"
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

bool is_ours(const api::TargetObservation& target) {
  return target.last_writer && target.last_writer->manager == api::kFieldManager;
}

// How a write changed the number that left no other trace.
std::optional<scaling::Direction> untold_change(const Remembered& remembered,
                                                const api::TargetObservation& target) {
  if (remembered.last_seen) {
    return is_ours(target) ? direction(*remembered.last_seen, target.spec_replicas) : std::nullopt;
  }
  // Status has the replicas that its newest decision led to: an older one, that led to the same
  // number, explains nothing.
  const bool may_be_ours = is_ours(target) || !target.last_writer;
  if (!may_be_ours || !remembered.status_replicas) return std::nullopt;
  return direction(*remembered.status_replicas, target.spec_replicas);
}

}  // namespace

scaling::History later_of(const scaling::History& left, const scaling::History& right) {
  return {std::max(left.last_scale_up, right.last_scale_up),
          std::max(left.last_scale_down, right.last_scale_down)};
}

LastApplied last_applied(const Remembered& remembered, const api::TargetObservation& target) {
  const scaling::History& known = remembered.known;
  LastApplied out{known, known};
  if (!target.our_last_write) {
    const auto change = untold_change(remembered, target);
    if (!change) return out;
    note(out.deciding, change, remembered.now);
    out.recording = out.deciding;
    return out;
  }
  if (target.our_last_write <= std::max(known.last_scale_up, known.last_scale_down)) return out;
  const bool explained =
      remembered.newest != nullptr && remembered.newest->to == target.spec_replicas;
  if (explained) {
    // The same write by the API server's clock; status keeps the time it has.
    note(out.deciding, direction(remembered.newest->from, remembered.newest->to),
         *target.our_last_write);
    return out;
  }
  const auto since_status = remembered.status_replicas
                                ? direction(*remembered.status_replicas, target.spec_replicas)
                                : std::nullopt;
  note(out.deciding, since_status, *target.our_last_write);
  out.recording = out.deciding;
  return out;
}

}  // namespace evalscaler::reconcile
