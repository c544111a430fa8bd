// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/plan_text.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "redis/forecast.hpp"
#include "redis/slot_shares.hpp"

namespace evalscaler::targets {
namespace {

struct PhaseOf {
  const std::string& reached;

  std::string operator()(const redis::SetConfig& set) const {
    return set.value == "no" ? "Prepare" : "Finish";
  }
  std::string operator()(const redis::Meet&) const { return "Join"; }
  std::string operator()(const redis::Replicate&) const { return "PlaceReplicas"; }
  std::string operator()(const redis::Failover&) const { return "Failover"; }
  std::string operator()(const redis::MoveSlots&) const { return "MoveSlots"; }
  std::string operator()(const redis::FinishSlots&) const { return "MoveSlots"; }
  std::string operator()(const redis::Forget&) const { return "Forget"; }
  std::string operator()(const redis::TakeBack&) const { return "MoveSlots"; }
  std::string operator()(const redis::ResetSoft&) const { return "Forget"; }
  std::string operator()(const redis::GrowStatefulSet&) const { return "Grow"; }
  std::string operator()(const redis::ShrinkStatefulSet&) const { return "Shrink"; }
  std::string operator()(const redis::Done&) const { return "Done"; }
  std::string operator()(const redis::Wait& wait) const { return by_reason(wait.why.reason); }
  std::string operator()(const redis::Hold& hold) const { return by_reason(hold.why.reason); }

  std::string by_reason(redis::Reason reason) const {
    if (reason == redis::Reason::PodsStarting) return "Grow";
    if (reason == redis::Reason::PodsLeaving) return "Shrink";
    if (reason == redis::Reason::Verifying) return "Verify";
    if (reason == redis::Reason::HandshakePending) return "Join";
    if (reason == redis::Reason::ReplicaSyncing) return "PlaceReplicas";
    return reached == kPreflight ? "Prepare" : reached;
  }
};

constexpr std::size_t kMostTold = 512;
constexpr std::size_t kMostMessages = 3;

}  // namespace

std::string phase_of(const redis::Action& action, const std::string& reached) {
  return std::visit(PhaseOf{reached}, action);
}

std::string goal_of(const api::PlanStatus& plan) {
  const std::int64_t slots = plan.progress.slots_total;
  return "from " + std::to_string(plan.from) + " to " + std::to_string(plan.to) + " shards" +
         (slots == 0 ? "" : ", " + std::to_string(slots) + " slots to move");
}

void tell(const std::vector<redis::Refusal>& refusals, api::PlanStatus& plan) {
  std::vector<std::string> messages;
  for (const redis::Refusal& refusal : refusals) {
    if (messages.size() < kMostMessages) messages.push_back(refusal.message);
  }
  if (refusals.size() > kMostMessages) {
    messages.push_back("and " + std::to_string(refusals.size() - kMostMessages) + " more");
  }
  plan.reason = refusals.empty() ? "" : std::string(redis::to_text(refusals.front().reason));
  plan.message = one_line(join(messages, "; "), kMostTold);
}

redis::Refusal failure_of(const redis::Action& action, const Error& error) {
  const bool scales = std::holds_alternative<redis::GrowStatefulSet>(action) ||
                      std::holds_alternative<redis::ShrinkStatefulSet>(action);
  const bool silent =
      error.kind == ErrorKind::Unavailable || error.kind == ErrorKind::OutcomeUnknown;
  const redis::Reason reason = scales   ? redis::Reason::ScaleRefused
                               : silent ? redis::Reason::NodeUnreachable
                                        : redis::Reason::CommandRefused;
  return {reason, "", 0, redis::describe(action) + ": " + error.message};
}

void measure(const redis::ClusterView& view, const redis::Journal& journal, api::PlanStatus& plan) {
  std::int64_t moved = journal.moved_slots;
  for (const redis::Assignment& assignment : journal.batch) {
    const redis::Member* target = view.find(assignment.target);
    // What it has is not known: what was told last stands.
    if (target == nullptr || !target->report) return;
    const redis::SlotSet there = view.slots_of(*target) & redis::to_set(assignment.slots);
    moved += static_cast<std::int64_t>(there.count());
  }
  plan.progress.slots_moved = moved;
  plan.progress.slots_total = std::max(journal.total_slots, moved);
  set_eta(plan.progress);
}

void set_eta(api::PlanProgress& progress) {
  progress.eta_seconds.reset();
  const std::int64_t left = progress.slots_total - progress.slots_moved;
  const std::int64_t rate = progress.slots_per_second.value_or(0);
  if (left > 0 && rate > 0) progress.eta_seconds = (left + rate - 1) / rate;
}

void foretell(const redis::Journal& journal, const redis::ClusterView& view,
              const redis::SlotWeights& weights, const PlanRequest& request,
              api::PlanPreview& preview) {
  const auto pod = [&](const redis::Member& member) {
    return request.key.name + "-" + std::to_string(member.pod.ordinal);
  };
  for (const redis::Member& member : view.members()) {
    if (member.pod.ordinal < journal.to_pods || !member.report) continue;
    const auto slots = view.slots_of(member).count();
    preview.leaving.push_back(
        pod(member) + (member.report->master ? ", a master with " + std::to_string(slots) + " slots"
                                             : std::string(", a replica")));
  }
  for (const redis::ForecastMove& move : redis::forecast(journal, view, weights)) {
    preview.moves.push_back({pod(*move.from), move.to ? pod(*move.to) : "new shards", move.slots,
                             move.keys, move.bytes});
  }
  if (preview.to != preview.wanted) {
    preview.notes.push_back("one shard at a time: this is the plan from " +
                            std::to_string(preview.from) + " to " + std::to_string(preview.to) +
                            ", others follow until there are " + std::to_string(preview.wanted));
  }
}

std::map<std::string, std::int64_t> evictions(const redis::ClusterView& view) {
  std::map<std::string, std::int64_t> out;
  for (const redis::Member& member : view.members()) {
    if (member.report) out[member.report->id()] = member.report->evicted_keys;
  }
  return out;
}

redis::MigrationLimits limits_of(const PlanRequest& request) {
  redis::MigrationLimits limits;
  limits.max_key_bytes = request.tier->redis_cluster->max_key_bytes;
  return limits;
}

int pods_per_shard(const PlanRequest& request) {
  return std::max(1, request.tier->redis_cluster->pods_per_shard());
}

}  // namespace evalscaler::targets
