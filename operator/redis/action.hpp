// SPDX-License-Identifier: Apache-2.0
// Action: the closed list of what one visit may do to a Redis Cluster or its StatefulSet.
//
// Each is bounded (about one second at most) and may be done twice, or by two, without harm.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "redis/cluster_nodes.hpp"
#include "redis/reason.hpp"
#include "redis/shrink_proof.hpp"

namespace evalscaler::redis {

struct NodePlace {
  std::string id;
  Address address;
  auto operator<=>(const NodePlace&) const = default;
};

struct SetConfig {  // cluster-allow-replica-migration
  std::vector<NodePlace> nodes;
  std::string value;
};

struct Meet {
  NodePlace via;
  std::vector<NodePlace> newcomers;
};

struct Replicate {
  NodePlace node;
  std::string master_id;
};

// Plain, agreed with the master; never FORCE, never TAKEOVER.
struct Failover {
  NodePlace replica;
};

// Slots of one source to one target. As many as fit into the visit's time, in this order; a
// slot that was begun is gone on with first.
struct MoveSlots {
  NodePlace source;
  NodePlace target;
  std::vector<Slot> slots;
  std::vector<Slot> misled{};  // of `slots`: the target imports them, and sees another owner
};

// The target owns them already; it says so again, with an epoch that nobody can doubt, and who
// still has them open closes them once it has heard.
struct FinishSlots {
  NodePlace target;
  std::vector<Slot> slots;
  std::optional<NodePlace> source;  // who still has them open
  std::vector<Slot> imported{};  // of `slots`: the source imports them, and hears nothing of them
};

// Keys of slots that `holder`, a master without any, does not own are brought to those who do.
struct TakeBack {
  struct Owned {
    NodePlace owner;
    std::vector<SlotRange> slots;
  };
  NodePlace holder;
  std::vector<Owned> owners;
  std::vector<Slot> open;  // marked at the holder by an attempt before
};

struct Forget {
  std::vector<NodePlace> by;
  std::vector<std::string> ids;  // replicas before masters
};

struct ResetSoft {
  NodePlace node;
};

struct GrowStatefulSet {
  int to_pods = 0;
};

struct ShrinkStatefulSet {
  ShrinkProof proof;
};

// Look again soon. If it lasts longer than `patience`, tell people.
struct Wait {
  Refusal why;
  std::chrono::milliseconds patience{60'000};
};

// Nothing more happens until somebody has mended it.
struct Hold {
  Refusal why;
};

struct Done {};

using Action =
    std::variant<SetConfig, Meet, Replicate, Failover, MoveSlots, FinishSlots, TakeBack, Forget,
                 ResetSoft, GrowStatefulSet, ShrinkStatefulSet, Wait, Hold, Done>;

std::string_view name_of(const Action& action);
// One line for events and logs.
std::string describe(const Action& action);

}  // namespace evalscaler::redis
