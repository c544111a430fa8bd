// SPDX-License-Identifier: Apache-2.0
#include "redis/action.hpp"

#include "redis/cluster_view.hpp"

namespace evalscaler::redis {
namespace {

std::string place(const NodePlace& node) {
  return node_ref(node.id) + " (" + to_text(node.address) + ")";
}

std::string count(std::size_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

struct Describe {
  std::string operator()(const SetConfig& a) const {
    return "set cluster-allow-replica-migration " + a.value + " on " +
           count(a.nodes.size(), "node");
  }
  std::string operator()(const Meet& a) const {
    return "introduce " + count(a.newcomers.size(), "node") + " to the cluster";
  }
  std::string operator()(const Replicate& a) const {
    return "make " + place(a.node) + " a replica of " + node_ref(a.master_id);
  }
  std::string operator()(const Failover& a) const {
    return "let replica " + place(a.replica) + " take over from its master";
  }
  std::string operator()(const MoveSlots& a) const {
    return "move " + count(a.slots.size(), "slot") + " from " + place(a.source) + " to " +
           place(a.target);
  }
  std::string operator()(const FinishSlots& a) const {
    return "finish the move of " + count(a.slots.size(), "slot") + " to " + place(a.target);
  }
  std::string operator()(const TakeBack& a) const {
    return "bring keys that " + place(a.holder) + " has no slots for to their owners";
  }
  std::string operator()(const Forget& a) const {
    return count(a.by.size(), "node") + " forget " + count(a.ids.size(), "node");
  }
  std::string operator()(const ResetSoft& a) const { return "reset " + place(a.node); }
  std::string operator()(const GrowStatefulSet& a) const {
    return "scale the StatefulSet to " + count(static_cast<std::size_t>(a.to_pods), "pod");
  }
  std::string operator()(const ShrinkStatefulSet& a) const {
    return "scale the StatefulSet down to " +
           count(static_cast<std::size_t>(a.proof.to_pods()), "pod");
  }
  std::string operator()(const Wait& a) const { return "wait: " + a.why.message; }
  std::string operator()(const Hold& a) const { return "held: " + a.why.message; }
  std::string operator()(const Done&) const { return "done"; }
};

struct Name {
  std::string_view operator()(const SetConfig&) const { return "SetConfig"; }
  std::string_view operator()(const Meet&) const { return "Meet"; }
  std::string_view operator()(const Replicate&) const { return "Replicate"; }
  std::string_view operator()(const Failover&) const { return "Failover"; }
  std::string_view operator()(const MoveSlots&) const { return "MoveSlots"; }
  std::string_view operator()(const FinishSlots&) const { return "FinishSlots"; }
  std::string_view operator()(const TakeBack&) const { return "TakeBack"; }
  std::string_view operator()(const Forget&) const { return "Forget"; }
  std::string_view operator()(const ResetSoft&) const { return "ResetSoft"; }
  std::string_view operator()(const GrowStatefulSet&) const { return "GrowStatefulSet"; }
  std::string_view operator()(const ShrinkStatefulSet&) const { return "ShrinkStatefulSet"; }
  std::string_view operator()(const Wait&) const { return "Wait"; }
  std::string_view operator()(const Hold&) const { return "Hold"; }
  std::string_view operator()(const Done&) const { return "Done"; }
};

}  // namespace

std::string_view name_of(const Action& action) {
  return std::visit(Name{}, action);
}

std::string describe(const Action& action) {
  return std::visit(Describe{}, action);
}

}  // namespace evalscaler::redis
