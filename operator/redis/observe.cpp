// SPDX-License-Identifier: Apache-2.0
#include "redis/observe.hpp"

#include <algorithm>

#include "redis/mean_key_size.hpp"
#include "redis/slot_commands.hpp"
#include "redis/slot_steps.hpp"

namespace evalscaler::redis {
namespace {

using wire::RedisFault;
using wire::RedisReply;

Reason reason_of(const Error& error) {
  if (error.kind == ErrorKind::Forbidden) return Reason::WrongPassword;
  return error.kind == ErrorKind::Invalid ? Reason::AnswerUnreadable : Reason::NodeUnreachable;
}

// Why there is no report of a node that did answer.
Refusal refusal_of(const std::vector<RedisReply>& replies, const std::string& name) {
  for (const RedisReply& reply : replies) {
    if (!reply.is_error()) continue;
    const RedisFault fault = wire::redis_fault(reply.text);
    if (fault == RedisFault::Loading) {
      return {Reason::NodeLoading, name, 0, "pod " + name + " loads its data"};
    }
    if (fault == RedisFault::NotAuthorized) {
      return {Reason::WrongPassword, name, 0, "pod " + name + " wants another password"};
    }
    if (fault == RedisFault::NotPermitted) {
      return {Reason::NotPermitted, name, 0,
              "pod " + name + " does not let this user run CLUSTER, INFO or CONFIG"};
    }
  }
  InfoFields info = parse_info(replies[2].text);
  if (info["redis_mode"] == "sentinel") {
    return {Reason::ClusterModeOff, name, 0,
            "pod " + name + " is a Sentinel: neither it nor what it watches is scaled"};
  }
  if (info["cluster_enabled"] == "0") {
    return {Reason::ClusterModeOff, name, 0,
            "pod " + name + " runs without cluster mode: standalone Redis is not scaled"};
  }
  return {Reason::AnswerUnreadable, name, 0, "pod " + name + " refuses to describe the cluster"};
}

}  // namespace

Result<ClusterView> observe(const std::vector<PodPlace>& pods, NodeConnections& connections,
                            const std::stop_token& stop) {
  std::vector<Member> members;
  for (const PodPlace& pod : pods) {
    Member member{pod, {}, {}};
    const auto replies = connections.to(pod.address).pipeline(report_commands(), stop);
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
    if (!replies) {
      member.trouble = {reason_of(replies.error()), member.name(), 0,
                        "pod " + member.name() + ": " + replies.error().message};
    } else if (std::any_of(replies->begin(), replies->end(),
                           [](const RedisReply& reply) { return reply.is_error(); })) {
      member.trouble = refusal_of(*replies, member.name());
    } else if (auto report = read_report(*replies); report) {
      member.report = std::move(*report);
    } else {
      const bool passing = report.error().kind == ErrorKind::Unavailable;
      member.trouble = {passing ? Reason::FailoverPending : Reason::AnswerUnreadable, member.name(),
                        0, "pod " + member.name() + ": " + report.error().message};
    }
    members.push_back(std::move(member));
  }
  return ClusterView(std::move(members));
}

Result<std::vector<std::uint64_t>> weigh_slots(const ClusterView& view,
                                               NodeConnections& connections,
                                               const std::stop_token& stop) {
  std::vector<std::uint64_t> weights(kSlotCount);
  const MeanKeySize mean(view);
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master) continue;
    const auto slots = to_list(view.slots_of(member));
    if (slots.empty()) continue;
    const auto counts = connections.ask(member.pod.address, count_keys_in(slots), stop);
    if (!counts) return counts.error();
    const std::int64_t each = mean.of(*member.report);
    for (std::size_t i = 0; i < slots.size(); ++i) {
      const auto count = std::max<std::int64_t>((*counts)[i].integer, 0);
      weights[slots[i]] = static_cast<std::uint64_t>(count * each);
    }
  }
  return weights;
}

Result<SlotSet> find_begun(const Journal& journal, const ClusterView& view,
                           NodeConnections& connections, const std::stop_token& stop) {
  SlotSet begun;
  for (const Assignment& assignment : journal.batch) {
    const Member* target = heir_of(view, assignment.target);
    if (target == nullptr || target->report->keys == 0) continue;
    const auto slots = to_list(to_set(assignment.slots) & ~view.slots_of(*target));
    if (slots.empty()) continue;
    const auto counts = connections.ask(target->pod.address, count_keys_in(slots), stop);
    if (!counts) return counts.error();
    for (std::size_t i = 0; i < slots.size(); ++i) {
      if ((*counts)[i].integer > 0) begun.set(slots[i]);
    }
  }
  return begun;
}

}  // namespace evalscaler::redis
