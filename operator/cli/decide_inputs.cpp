// SPDX-License-Identifier: Apache-2.0
#include "cli/decide_inputs.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <limits>

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::cli {
namespace {

using wire::JsonCursor;
using wire::JsonType;

Error unknown_field(const JsonCursor& at, std::string_view known) {
  return at.error("unknown field; known here: " + std::string(known));
}

Result<bool> is_null(JsonCursor& at) {
  return at.type().transform([](JsonType type) { return type == JsonType::Null; });
}

Result<api::Replicas> read_count(JsonCursor& at) {
  const auto number = at.integer();
  if (!number) return number.error();
  if (*number < 0 || *number > std::numeric_limits<api::Replicas>::max()) {
    return at.error("must be between 0 and 2147483647, not " + std::to_string(*number));
  }
  return static_cast<api::Replicas>(*number);
}

Result<WallTime> read_time(JsonCursor& at) {
  const auto text = at.text();
  if (!text) return text.error();
  const auto time = parse_time(*text);
  return time ? time : at.error(time.error().message);
}

Result<void> read_optional_time(JsonCursor& at, std::optional<WallTime>& out) {
  const auto null = is_null(at);
  if (!null) return null.error();
  if (*null) return {};
  const auto time = read_time(at);
  if (!time) return time.error();
  out = *time;
  return {};
}

Result<void> read_one(JsonCursor& at, Reading& out) {
  const auto null = is_null(at);
  if (!null) return null.error();
  if (*null) return {};
  const auto text = at.text_or_number();
  if (!text) return text.error();
  auto reading = parse_reading(*text);
  if (!reading) return at.error(reading.error().message);
  out = std::move(*reading);
  return {};
}

Result<void> read_ago(JsonCursor& at, Past& out) {
  const auto text = at.text_or_number();
  if (!text) return text.error();
  const auto ago = parse_duration(*text);
  if (!ago) return at.error(ago.error().message);
  out.ago = *ago;
  return {};
}

Result<void> read_change(JsonCursor& at, Past& out) {
  const auto change = at.integer();
  if (!change) return change.error();
  constexpr std::int64_t kMost = std::numeric_limits<api::Replicas>::max();
  if (*change < -kMost || *change > kMost) {
    return at.error("must be between -2147483647 and 2147483647, not " + std::to_string(*change));
  }
  out.number = static_cast<api::Replicas>(*change);
  return {};
}

Result<void> read_replicas(JsonCursor& at, Past& out) {
  const auto count = read_count(at);
  if (!count) return count.error();
  out.number = *count;
  return {};
}

// Entries {ago, `number`}.
Result<void> read_past(JsonCursor& list, std::string_view number,
                       Result<void> (*read)(JsonCursor& at, Past& out), std::vector<Past>& out) {
  return list.items([&](std::size_t, JsonCursor& entry) -> Result<void> {
    std::size_t found = 0;
    Past& past = out.emplace_back();
    EVALSCALER_TRY(entry.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      ++found;
      if (key == "ago") return read_ago(value, past);
      if (key == number) return read(value, past);
      return unknown_field(value, "ago, " + std::string(number));
    }));
    if (found == 2) return {};
    return entry.error("must have both ago and " + std::string(number));
  });
}

struct TierDraft {
  TierFacts facts;
  std::optional<api::Replicas> replicas;
  std::optional<api::Replicas> ready;
};

Result<void> read_number(JsonCursor& at, std::optional<api::Replicas>& out) {
  const auto null = is_null(at);
  if (!null) return null.error();
  if (*null) return {};
  const auto count = read_count(at);
  if (!count) return count.error();
  out = *count;
  return {};
}

Result<void> read_member(std::string_view key, JsonCursor& at, TierDraft& out) {
  if (key == "replicas") return read_number(at, out.replicas);
  if (key == "readyReplicas") return read_number(at, out.ready);
  if (key == "lastScaleUp") return read_optional_time(at, out.facts.history.last_scale_up);
  if (key == "lastScaleDown") return read_optional_time(at, out.facts.history.last_scale_down);
  if (key == "scaleEvents") {
    return read_past(at, "change", read_change, out.facts.scale_events);
  }
  if (key == "recommendations") {
    return read_past(at, "replicas", read_replicas, out.facts.recommendations);
  }
  if (key == "readings") {
    return at.members([&](std::string_view metric, JsonCursor& value) {
      Reading& reading = out.facts.readings[std::string(metric)];
      reading = Reading::missing("null in the inputs");
      return read_one(value, reading);
    });
  }
  return unknown_field(at,
                       "replicas, readyReplicas, readings, lastScaleUp, lastScaleDown, "
                       "scaleEvents, recommendations");
}

Result<void> read_tier(JsonCursor& at, TierFacts& out) {
  TierDraft draft;
  EVALSCALER_TRY(at.members(
      [&](std::string_view key, JsonCursor& value) { return read_member(key, value, draft); }));
  if (!draft.replicas) {
    return fail(ErrorKind::Invalid, at.path() +
                                        ".replicas: is missing; it is what the target's "
                                        "spec says");
  }
  out = std::move(draft.facts);
  out.replicas = *draft.replicas;
  out.ready = draft.ready.value_or(out.replicas);
  return {};
}

}  // namespace

Result<Reading> parse_reading(const std::string& text) {
  if (text == "Missing") return Reading::missing("said to be missing");
  if (text == "Invalid") return Reading::invalid("said to be invalid");
  if (text == "Immature") return Reading::immature("said to be immature");
  if (text.empty()) return Reading::invalid("the value is empty");
  if (const auto quantity = parse_quantity(text)) return Reading::fresh_value(quantity->value);
  std::string_view word = text;
  if (word.front() == '+' || word.front() == '-') word.remove_prefix(1);
  if (!word.empty() && word.front() == '.') word.remove_prefix(1);  // YAML writes .nan and .inf
  std::string lower(word);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  if (lower == "nan") return Reading::invalid("the value is NaN");
  if (lower == "inf" || lower == "infinity") return Reading::invalid("the value is infinite");
  double number = 0;
  const char* const last = word.data() + word.size();
  const auto [end, problem] = std::from_chars(word.data(), last, number);
  if (problem == std::errc::result_out_of_range && end == last) {
    return Reading::invalid("the value is too large for a number");
  }
  return fail(ErrorKind::Invalid, "'" + one_line(text, 64) +
                                      "' is not a reading; write a number, Missing, Invalid or "
                                      "Immature");
}

Result<DecideInputs> read_decide_inputs(const wire::YamlDocument& document) {
  if (document.json == "null") {
    return fail(ErrorKind::Invalid, "is empty; write now and tiers");
  }
  std::optional<WallTime> now;
  DecideInputs inputs;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read_copy(document.json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "now") return read_optional_time(value, now);
      if (key != "tiers") return unknown_field(value, "now, tiers");
      return value.members([&](std::string_view name, JsonCursor& tier) {
        return read_tier(tier, inputs.tiers[std::string(name)]);
      });
    });
  }));
  if (!now) {
    return fail(ErrorKind::Invalid,
                "now: is missing; write the time of the decision, such as 2026-01-01T00:00:00Z");
  }
  inputs.now = *now;
  return inputs;
}

}  // namespace evalscaler::cli
