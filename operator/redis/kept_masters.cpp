// SPDX-License-Identifier: Apache-2.0
#include "redis/kept_masters.hpp"

#include <algorithm>
#include <utility>

namespace evalscaler::redis {
namespace {

// Gone for good, or left without slots by who took over from it; new pods have none yet.
bool lost_its_place(const Journal& journal, const ClusterView& view, const std::string& ref) {
  const Member* member = view.find(ref);
  if (member == nullptr) return true;
  const bool is_target =
      std::any_of(journal.batch.begin(), journal.batch.end(),
                  [&](const Assignment& assignment) { return assignment.target == ref; });
  return !is_target && member->pod.ordinal < journal.from_pods && member->report->master &&
         member->report->keys == 0 && view.slots_of(*member).none() && !view.disagreement();
}

// A master with slots that neither stays nor goes by the plan.
const Member* owner_without_place(const Journal& journal, const ClusterView& view) {
  for (const Member& member : view.members()) {
    if (member.pod.ordinal >= journal.to_pods || !member.report || !member.report->master) continue;
    const std::string& id = member.report->id();
    if (view.slots_of(member).any() && !journal.keeps(id) && !journal.is_victim(id)) return &member;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string> choose_kept(const ClusterView& view, int pods, std::size_t masters) {
  std::vector<const Member*> staying;
  std::vector<const Member*> heirs;  // replicas that stay, of masters that go
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master || view.slots_of(member).none()) continue;
    if (member.pod.ordinal < pods) {
      staying.push_back(&member);
      continue;
    }
    for (const Member* replica : view.replicas_of(member.report->id())) {
      if (replica->pod.ordinal >= pods || !replica->report->master_link_up) continue;
      heirs.push_back(replica);
      break;
    }
  }
  // Nothing is moved to a master that is alone if there are others. The ones with the most keys
  // stay: the others are the cheapest to drain.
  const auto worth = [&](const Member* member) {
    const auto replicas = view.replicas_of(member->report->id());
    const bool alone = std::none_of(replicas.begin(), replicas.end(), [](const Member* replica) {
      return replica->report->master_link_up;
    });
    return std::pair(!alone, member->report->keys);
  };
  std::stable_sort(staying.begin(), staying.end(),
                   [&](const Member* a, const Member* b) { return worth(a) > worth(b); });
  staying.insert(staying.end(), heirs.begin(), heirs.end());
  if (staying.size() > masters) staying.resize(masters);
  std::vector<std::string> refs;
  refs.reserve(staying.size());
  for (const Member* member : staying) refs.push_back(node_ref(member->report->id()));
  std::sort(refs.begin(), refs.end());
  return refs;
}

std::vector<std::string> choose_masters(const Journal& journal, const ClusterView& view) {
  const auto masters = static_cast<std::size_t>(journal.to_pods / (journal.replicas_per_shard + 1));
  auto refs = choose_kept(view, journal.to_pods, masters);
  for (const Member& member : view.members()) {
    if (refs.size() == masters) break;
    if (!member.report || !member.report->master || view.slots_of(member).any()) continue;
    refs.push_back(node_ref(member.report->id()));
  }
  return refs;
}

void replace_lost(Journal& journal, const ClusterView& view) {
  for (std::string& lost : journal.keep) {
    if (!lost_its_place(journal, view, lost)) continue;
    if (const Member* heir = owner_without_place(journal, view)) {
      lost = node_ref(heir->report->id());
    }
  }
}

}  // namespace evalscaler::redis
