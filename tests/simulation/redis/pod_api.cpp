// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/pod_api.hpp"

#include <algorithm>

#include "wire/json_reader.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using wire::JsonCursor;

struct PatchOp {
  std::string op;
  std::string path;
  std::string value;
};

std::vector<PatchOp> read_ops(const std::string& json) {
  std::vector<PatchOp> ops;
  wire::JsonReader reader;
  const auto read = reader.read_copy(json, [&](JsonCursor& root) {
    return root.items([&](std::size_t, JsonCursor& item) {
      PatchOp& one = ops.emplace_back();
      return item.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
        auto text = value.text_or_number();
        if (!text) return text.error();
        (key == "op" ? one.op : key == "path" ? one.path : one.value) = std::string(*text);
        return {};
      });
    });
  });
  if (!read) throw Violation("a patch is no JSON patch: " + json);
  return ops;
}

std::string quoted(const std::string& text) {
  return "\"" + text + "\"";
}

}  // namespace

PodApi::PodApi(RedisWorld& world, const PlanSettings& settings)
    : world_(world),
      settings_(settings),
      random_(settings.seed, "pods"),
      replicas_(settings.shards * 2) {
  for (int pod = 0; pod < replicas_; ++pod) pods_[pod] = {true, false};
}

int PodApi::ready() const {
  return static_cast<int>(std::count_if(pods_.begin(), pods_.end(), [](const auto& entry) {
    return entry.second.addressed && !entry.second.leaving;
  }));
}

std::string PodApi::stateful_set() const {
  const std::string ready_pods = std::to_string(ready());
  return R"({"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"redis",)"
         R"("namespace":"cache","uid":)" +
         quoted(uid()) + R"(,"generation":1,"resourceVersion":)" +
         quoted(std::to_string(revision_)) + R"(},"spec":{"replicas":)" +
         std::to_string(replicas_) +
         R"(,"selector":{"matchLabels":{"app":"redis"}},"template":{"metadata":{"labels":)"
         R"({"app":"redis"}},"spec":{"containers":[{"name":"redis","ports":[{"containerPort":6379}],)"
         R"("resources":{"limits":{"memory":"1Gi"}}}]}}},"status":{"observedGeneration":1,)"
         R"("replicas":)" +
         ready_pods + R"(,"readyReplicas":)" + ready_pods + R"(,"updatedReplicas":)" + ready_pods +
         R"(,"currentRevision":"r1","updateRevision":"r1"}})";
}

std::string PodApi::pods() const {
  std::string items;
  for (const auto& [ordinal, pod] : pods_) {
    if (!items.empty()) items += ',';
    items += R"({"metadata":{"name":"redis-)" + std::to_string(ordinal) +
             R"(","namespace":"cache","uid":"pod","resourceVersion":"7","ownerReferences":[)"
             R"({"apiVersion":"apps/v1","kind":"StatefulSet","name":"redis","uid":"sts-uid-1",)"
             R"("controller":true}]},"status":{)" +
             (pod.addressed ? R"("podIP":"10.0.0.)" + std::to_string(ordinal + 10) + "\"" : "") +
             "}}";
  }
  return R"({"kind":"PodList","apiVersion":"v1","metadata":{"resourceVersion":"9"},"items":[)" +
         items + "]}";
}

std::string PodApi::budgets() {
  return R"({"kind":"PodDisruptionBudgetList","apiVersion":"policy/v1","metadata":)"
         R"({"resourceVersion":"9"},"items":[{"metadata":{"name":"redis","namespace":"cache"},)"
         R"("spec":{"selector":{"matchLabels":{"app":"redis"}}},"status":)"
         R"({"disruptionsAllowed":1}}]})";
}

int PodApi::scale(const std::string& patch) {
  int to = -1;
  for (const PatchOp& one : read_ops(patch)) {
    if (one.op != "test") {
      to = std::stoi(one.value);
      continue;
    }
    const bool holds = one.path == "/metadata/uid" ? one.value == uid()
                       : one.path == "/metadata/resourceVersion"
                           ? one.value == std::to_string(revision_)
                       : one.path == "/spec/replicas" ? one.value == std::to_string(replicas_)
                                                      : false;
    if (!holds) return 422;
  }
  world_.history().add("scale", {std::to_string(replicas_), "->", std::to_string(to)});
  check_journal(to);
  if (to < replicas_) check_shrink(to);
  replicas_ = to;
  ++revision_;
  ++scale_writes;
  settle();
  return 0;
}

// What nobody may get past: no pod goes that anything rests on.
void PodApi::check_shrink(int to) const {
  if (to < 6) throw Violation("shrinks below three shards");
  for (RedisNode& node : world_.nodes()) {
    if (node.pod < to) continue;
    const std::string name = "pod " + std::to_string(node.pod);
    if (!node.data.empty()) {
      throw Violation("shrinks " + name + " that holds " + std::to_string(node.data.size()) +
                      " keys");
    }
    if (!node.migrating.empty() || !node.importing.empty()) {
      throw Violation("shrinks " + name + " that has open slots");
    }
    for (const RedisNode& other : world_.nodes()) {
      if (other.pod < 0) continue;
      const auto owned =
          std::count(other.owner.begin(), other.owner.end(), static_cast<std::int8_t>(node.index));
      if (owned != 0) {
        throw Violation("shrinks " + name + " that owns " + std::to_string(owned) +
                        " slots in the eyes of pod " + std::to_string(other.pod));
      }
      const Peer& peer = other.peers[static_cast<std::size_t>(node.index)];
      if (other.pod < to && peer.known) {
        throw Violation("shrinks " + name + " that pod " + std::to_string(other.pod) + " knows");
      }
    }
  }
}

void PodApi::check_journal(int to) const {
  const bool planned = std::any_of(journals_.begin(), journals_.end(), [&](const auto& journal) {
    return journal.from_pods == replicas_ && journal.to_pods == to;
  });
  if (!planned) throw Violation("scales to " + std::to_string(to) + " without a journal of it");
}

bool PodApi::write_plan(const std::optional<api::PlanStatus>& plan, std::int64_t based_on) {
  if (based_on != plan_revision_) return false;
  plan_ = plan;
  ++plan_revision_;
  ++status_writes;
  if (plan && !plan->journal.empty()) {
    const auto journal = redis::parse_journal(plan->journal);
    if (!journal) throw Violation("writes a journal it cannot read: " + journal.error().message);
    if (plan->journal.size() > redis::kJournalLimit) throw Violation("writes too large a journal");
    const bool kept = settings_.broken != BrokenPlan::JournalIsNotWritten;
    if (!kept) return true;
    if (journals_.empty() || !(journals_.back() == *journal)) journals_.push_back(*journal);
    world_.history().add("status", {plan->phase, plan->reason, plan->message});
  } else {
    world_.history().add("status", {plan ? plan->phase + " " + plan->message : "no plan"});
  }
  return true;
}

// One pod at a time, the highest ordinal first on the way down.
void PodApi::settle() {
  const auto wait = random_.time(milliseconds(500), seconds(4));
  world_.schedule().after(wait, [this] {
    const int highest = pods_.rbegin()->first;
    if (highest >= replicas_) {
      world_.remove_pod(highest);
      pods_.erase(highest);
      ++revision_;
      settle();
      return;
    }
    for (int pod = 0; pod < replicas_; ++pod) {
      if (pods_.contains(pod)) continue;
      pods_[pod] = {true, false};
      world_.add_node(pod);
      ++revision_;
      settle();
      return;
    }
  });
}

}  // namespace evalscaler::simulation
