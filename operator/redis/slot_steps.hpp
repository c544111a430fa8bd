// SPDX-License-Identifier: Apache-2.0
// The part of a step that concerns slots: which are open, half finished, or next.
#pragma once

#include <optional>

#include "redis/action.hpp"
#include "redis/cluster_view.hpp"
#include "redis/journal.hpp"

namespace evalscaler::redis {

// A slot that is open and not on its way by the journal; or one that the journal moves and
// that nobody, or two, own.
std::optional<Refusal> foreign_slot(const Journal& journal, const ClusterView& view);

// Slots whose target owns them while others do not know it, or still have them open.
std::optional<Action> finish_slots(const Journal& journal, const ClusterView& view);

enum class Which { Any, OnlyOpen };
// The next slots of the batch with the same source and target, those that are open first.
std::optional<Action> move_slots(const Journal& journal, const ClusterView& view, Which which);

NodePlace place_of(const Member& member);

}  // namespace evalscaler::redis
