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

// Of the last change in this direction, or in any. What is known is not only of ours: somebody
// else's change the other way says nothing about this one.
std::optional<WallTime> known_time(const scaling::History& known,
                                   const std::optional<scaling::Direction>& direction) {
  if (direction == scaling::Direction::Up) return known.last_scale_up;
  if (direction == scaling::Direction::Down) return known.last_scale_down;
  return std::max(known.last_scale_up, known.last_scale_down);
}

bool is_ours(const api::TargetObservation& target) {
  return target.last_writer && target.last_writer->manager == api::kFieldManager;
}

// How the number changed since this process saw or set it last or, at its first look, since the
// status was written: that has the replicas which its newest decision led to, so that an older
// one, which led to the same number, explains nothing.
std::optional<scaling::Direction> untold_change(const Remembered& remembered,
                                                const api::TargetObservation& target) {
  const auto before = remembered.last_seen ? remembered.last_seen : remembered.status_replicas;
  return before ? direction(*before, target.spec_replicas) : std::nullopt;
}

// A status that was just written may know more than the watch has shown of the target so far:
// what then appears is what it tells of.
constexpr std::chrono::seconds kWatchDelay{60};

std::optional<api::ScaleEvent> untold_event(const Remembered& remembered,
                                            const api::TargetObservation& target, WallTime time) {
  const auto before = remembered.last_seen ? remembered.last_seen : remembered.status_replicas;
  if (!before || *before == target.spec_replicas) return std::nullopt;
  const api::DecisionRecord* newest = remembered.newest;
  const bool told = newest != nullptr && newest->from == *before &&
                    newest->to == target.spec_replicas &&
                    remembered.now - newest->time < kWatchDelay;
  if (told) return std::nullopt;
  return api::ScaleEvent{time, target.spec_replicas - *before};
}

}  // namespace

scaling::History later_of(const scaling::History& left, const scaling::History& right) {
  return {std::max(left.last_scale_up, right.last_scale_up),
          std::max(left.last_scale_down, right.last_scale_down)};
}

LastApplied last_applied(const Remembered& remembered, const api::TargetObservation& target) {
  const scaling::History& known = remembered.known;
  LastApplied out{known, known, {}};
  const auto change = untold_change(remembered, target);
  if (!target.our_last_write) {
    const bool may_be_ours = is_ours(target) || (!remembered.last_seen && !target.last_writer);
    if (!change || !may_be_ours) return out;
    note(out.deciding, change, remembered.now);
    out.recording = out.deciding;
    out.untold = untold_event(remembered, target, remembered.now);
    return out;
  }
  if (target.our_last_write <= known_time(known, change)) return out;
  const bool explained =
      remembered.newest != nullptr && remembered.newest->to == target.spec_replicas;
  if (!change && explained) {
    // The same write by the API server's clock; status keeps the time it has.
    note(out.deciding, direction(remembered.newest->from, remembered.newest->to),
         *target.our_last_write);
    return out;
  }
  note(out.deciding, change, *target.our_last_write);
  out.recording = out.deciding;
  if (is_ours(target)) out.untold = untold_event(remembered, target, *target.our_last_write);
  return out;
}

}  // namespace evalscaler::reconcile
