// SPDX-License-Identifier: Apache-2.0
// The part of a step that concerns slots: which are open, half finished, or next.
#pragma once

#include <optional>
#include <string_view>

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
// `begun`: slots that count as open without a mark.
std::optional<Action> move_slots(const Journal& journal, const ClusterView& view, Which which,
                                 const SlotSet& begun = {});

// Keys left on a master that owns no slot and does not stay one; the journal names it first. Maps
// must agree. None, and none in the journal, if there is no such master.
std::optional<Action> take_keys_back(Journal& journal, const ClusterView& view);

// The node that serves what was that node's: itself while it is a master, else the master it
// follows. That one has its slots, and the keys of its open slots, but not its marks. Null if
// neither is in the view.
const Member* heir_of(const ClusterView& view, std::string_view id_or_ref);

enum class Adopted { All, OnlyOfOthers };
// Slots on their way to a node that was taken over from go on to its heir; with OnlyOfOthers not
// those on their way to a kept master, which is handed back what it had.
void adopt_heirs(Journal& journal, const ClusterView& view, Adopted which);

NodePlace place_of(const Member& member);

}  // namespace evalscaler::redis
