// SPDX-License-Identifier: Apache-2.0
#include "redis/slots.hpp"

#include <charconv>
#include <optional>

#include "core/text.hpp"

namespace evalscaler::redis {
namespace {

std::optional<Slot> parse_slot(std::string_view text) {
  unsigned value = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, value);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end || value >= kSlotCount) {
    return {};
  }
  return static_cast<Slot>(value);
}

}  // namespace

std::vector<SlotRange> to_ranges(const SlotSet& slots) {
  std::vector<SlotRange> ranges;
  for (std::size_t i = slots._Find_first(); i < kSlotCount; i = slots._Find_next(i)) {
    const auto slot = static_cast<Slot>(i);
    if (!ranges.empty() && ranges.back().last + 1 == slot) {
      ranges.back().last = slot;
    } else {
      ranges.push_back({slot, slot});
    }
  }
  return ranges;
}

SlotSet to_set(const std::vector<SlotRange>& ranges) {
  SlotSet slots;
  for (const SlotRange& range : ranges) {
    // All ones, cut to the length of the range, moved to its place.
    slots |= (~SlotSet{} >> (kSlotCount - range.size())) << range.first;
  }
  return slots;
}

std::vector<Slot> to_list(const SlotSet& slots) {
  std::vector<Slot> list;
  for (std::size_t i = slots._Find_first(); i < kSlotCount; i = slots._Find_next(i)) {
    list.push_back(static_cast<Slot>(i));
  }
  return list;
}

std::string to_text(const std::vector<SlotRange>& ranges) {
  std::string text;
  for (const SlotRange& range : ranges) {
    if (!text.empty()) text += ',';
    text += std::to_string(range.first);
    if (range.last != range.first) text += "-" + std::to_string(range.last);
  }
  return text;
}

Result<SlotRange> parse_slot_range(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto first = parse_slot(text.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : parse_slot(text.substr(dash + 1));
  if (!first || !last || *last < *first) {
    return fail(ErrorKind::Invalid, "\"" + one_line(text, 40) + "\" is no range of slots 0-16383");
  }
  return SlotRange{*first, *last};
}

Result<std::vector<SlotRange>> parse_slot_ranges(std::string_view text) {
  std::vector<SlotRange> ranges;
  if (text.empty()) return ranges;
  for (const std::string_view part : split(text, ',')) {
    const auto range = parse_slot_range(part);
    if (!range) return range.error();
    ranges.push_back(*range);
  }
  return ranges;
}

}  // namespace evalscaler::redis
