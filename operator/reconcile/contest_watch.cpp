// SPDX-License-Identifier: Apache-2.0
#include "reconcile/contest_watch.hpp"

#include <cstddef>
#include <utility>

#include "api/evaluation_service.hpp"
#include "core/text.hpp"

namespace evalscaler::reconcile {
namespace {

constexpr std::chrono::minutes kMemory{60};
constexpr std::size_t kReversals = 3;
constexpr std::size_t kMostOfAName = 128;  // what status takes

bool undoes(const ForeignWrite& write, const api::DecisionRecord* ours) {
  if (ours == nullptr || !ours->applied || ours->to != write.from) return false;
  return ours->to > ours->from ? write.to < write.from : write.to > write.from;
}

void forget_old(std::optional<api::Contest>& contest, WallTime now) {
  if (!contest) return;
  if (contest->since) {
    if (now - *contest->since >= kMemory) contest.reset();
    return;
  }
  std::erase_if(contest->reversals, [&](WallTime time) { return now - time >= kMemory; });
  if (contest->reversals.empty()) contest.reset();
}

bool was_undone(const std::optional<api::Contest>& contest, const api::DecisionRecord& ours) {
  return contest && !contest->reversals.empty() && contest->reversals.back() > ours.time;
}

}  // namespace

std::optional<ForeignWrite> foreign_write(std::optional<api::Replicas> known,
                                          const api::TargetObservation& target) {
  if (!known || *known == target.spec_replicas) return std::nullopt;
  if (!target.last_writer) return ForeignWrite{*known, target.spec_replicas, {}};
  if (target.last_writer->manager == api::kFieldManager) return std::nullopt;
  return ForeignWrite{*known, target.spec_replicas, target.last_writer->manager};
}

scaling::History cooldown_after(const ForeignWrite& write, WallTime now) {
  scaling::History out;
  const bool up = write.direction() == scaling::Direction::Up;
  (up ? out.last_scale_up : out.last_scale_down) = now;
  return out;
}

std::optional<api::Contest> contest_after(std::optional<api::Contest> known,
                                          const std::optional<ForeignWrite>& write,
                                          const api::DecisionRecord* newest, WallTime now) {
  forget_old(known, now);
  if (!write || !undoes(*write, newest)) return known;
  if ((known && known->since) || was_undone(known, *newest)) return known;
  api::Contest contest = std::move(known).value_or(api::Contest{});
  contest.manager = one_line(write->manager, kMostOfAName);
  contest.reversals.push_back(std::chrono::floor<std::chrono::seconds>(now));
  if (contest.reversals.size() >= kReversals) contest.since = contest.reversals.back();
  return contest;
}

}  // namespace evalscaler::reconcile
