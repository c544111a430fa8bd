// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <utility>
#include <vector>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "redis/cluster_view.hpp"
#include "redis/node_report.hpp"
#include "wire/redis_decoder.hpp"

namespace evalscaler::fuzz {
namespace {

using wire::RedisReply;

std::size_t size_of(const RedisReply& reply) {
  std::size_t size = 1 + reply.text.size();
  for (const RedisReply& item : reply.items) size += size_of(item);
  return size;
}

// The view is made of whatever a node says, and asked right away.
void look_at(redis::NodeReport report) {
  claim(report.keys >= 0 && report.used_bytes >= 0 && report.max_bytes >= 0, "less than nothing");
  claim(report.node_timeout.count() > 0, "no time to fail in");
  std::vector<redis::Member> members(1);
  members[0].report = std::move(report);
  const redis::ClusterView view(std::move(members));
  const redis::Member& member = view.members().front();
  claim(view.find(member.report->id()) == &member, "a node does not find itself");
  for (const redis::Slot slot : redis::to_list(view.slots_of(member))) {
    claim(view.owner_seen_by(member, slot) == member.report->id(), "a slot of nobody");
  }
  if (const auto gap = view.coverage()) claim_message(gap->message);
  if (const auto differing = view.disagreement()) claim_message(differing->message);
}

}  // namespace

void redis_answers(std::string_view input) {
  std::vector<RedisReply> replies;
  if (!wire::decode_replies(input, replies)) return;
  std::size_t size = 0;
  for (const RedisReply& reply : replies) size += size_of(reply);
  claim(size <= 2 * input.size() + 2, "replies are larger than what was sent");
  for (const RedisReply& reply : replies) {
    if (reply.is_error()) claim(!to_text(wire::redis_fault(reply.text)).empty(), "no fault");
  }
  if (replies.size() < redis::report_commands().size()) return;
  replies.resize(redis::report_commands().size());
  auto report = redis::read_report(replies);
  if (!report) return claim_message(report.error().message);
  look_at(std::move(*report));
}

}  // namespace evalscaler::fuzz
