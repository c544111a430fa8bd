// SPDX-License-Identifier: Apache-2.0
#include "prometheus/catalogue_fields.hpp"

#include "core/text.hpp"

namespace evalscaler::prometheus {

using wire::JsonCursor;

Result<void> unknown_field(const JsonCursor& at, std::string_view known) {
  return at.error("is not a field of the catalogue; known here: " + std::string(known));
}

Result<void> plain_text(JsonCursor& at, std::string& out) {
  EVALSCALER_TRY(into(at.text(), out));
  if (out.empty()) return at.error("must not be empty");
  if (one_line(out) != out) return at.error("must be one line of at most 1024 printable bytes");
  return {};
}

Result<void> promql(JsonCursor& at, std::string& out) {
  EVALSCALER_TRY(into(at.text(), out));
  out = std::string(trim(out));
  if (out.empty()) return at.error("must be a PromQL expression, not empty");
  if (out.size() > kMaxQueryLength) {
    return at.error("is " + std::to_string(out.size()) +
                    " bytes long; at most 4096 are taken: use a recording rule");
  }
  return {};
}

Result<void> seconds_between(JsonCursor& at, std::int64_t least, std::int64_t most,
                             std::chrono::seconds& out) {
  std::int64_t number = 0;
  EVALSCALER_TRY(into(at.integer(), number));
  if (number < least || number > most) {
    return at.error("must be from " + std::to_string(least) + " to " + std::to_string(most) +
                    ", not " + std::to_string(number));
  }
  out = std::chrono::seconds(number);
  return {};
}

Result<void> quantity(JsonCursor& at, std::optional<Quantity>& out) {
  std::string text;
  EVALSCALER_TRY(into(at.text_or_number(), text));
  const auto parsed = parse_quantity(text);
  if (!parsed) return at.error(parsed.error().message);
  out = *parsed;
  return {};
}

}  // namespace evalscaler::prometheus
