// SPDX-License-Identifier: Apache-2.0
// step: from the journal and the live state of all nodes to the next bounded action.
//
// Pure, and it starts over every time: what has been done is read from the cluster, so a plan
// may be killed between any two commands, be gone on with by another program, or be stepped by
// two at once. If the returned journal differs from the given one it has to be stored, by
// compare-and-swap, before the action is carried out.
#pragma once

#include "redis/action.hpp"
#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"
#include "redis/slot_shares.hpp"
#include "redis/stateful_set_facts.hpp"

namespace evalscaler::redis {

enum class Intent {
  Continue,
  // Finish the slots that are open, set back what was set, and end. The cluster stays whole;
  // a new plan starts from what it then finds.
  Stop,
};

struct StepContext {
  const StatefulSetFacts& facts;
  const SlotWeights& weights;
  WallTime now;
  Intent intent = Intent::Continue;
  // Of a plan that is stopped: what find_begun() found. Marks are lost with the node that has
  // them, keys that were moved are not.
  SlotSet begun{};
};

struct Step {
  Journal journal;
  Action action;
};

Step next_step(Journal journal, const ClusterView& view, const StepContext& context);

}  // namespace evalscaler::redis
