// SPDX-License-Identifier: Apache-2.0
// Hash slots of a Redis Cluster, sets of them, and the short text of a set ("0-5460,5462").
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::redis {

using Slot = std::uint16_t;
inline constexpr std::size_t kSlotCount = 16384;

struct SlotRange {
  Slot first = 0;
  Slot last = 0;  // inclusive
  std::size_t size() const { return static_cast<std::size_t>(last - first) + 1; }
  auto operator<=>(const SlotRange&) const = default;
};

using SlotSet = std::bitset<kSlotCount>;

// Sorted, as few ranges as possible.
std::vector<SlotRange> to_ranges(const SlotSet& slots);
SlotSet to_set(const std::vector<SlotRange>& ranges);
std::vector<Slot> to_list(const SlotSet& slots);

std::string to_text(const std::vector<SlotRange>& ranges);
// "7" or "0-5460"; Invalid beyond 16383 or if the ends are swapped.
Result<SlotRange> parse_slot_range(std::string_view text);
Result<std::vector<SlotRange>> parse_slot_ranges(std::string_view text);

}  // namespace evalscaler::redis
