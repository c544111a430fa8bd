// SPDX-License-Identifier: Apache-2.0
#include "core/time_text.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>

#include "core/text.hpp"

namespace evalscaler {
namespace {

using std::chrono::microseconds;
using std::chrono::seconds;

// Reads exactly `digits` decimal digits from the front of `text`.
std::optional<unsigned> take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return std::nullopt;
  unsigned value = 0;
  for (const char c : text.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<microseconds> take_fraction(std::string_view& text) {
  if (!take(text, '.')) return microseconds{0};
  std::int64_t value = 0;
  std::size_t digits = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9') {
    if (++digits <= 6) value = value * 10 + (text.front() - '0');
    text.remove_prefix(1);
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (std::size_t i = digits; i < 6; ++i) value *= 10;
  return microseconds{value};
}

std::optional<seconds> take_offset(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return seconds{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, '-') && !take(text, '+')) return std::nullopt;
  const auto hours = take_number(text, 2);
  if (!hours || !take(text, ':')) return std::nullopt;
  const auto minutes = take_number(text, 2);
  if (!minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  const auto offset = std::chrono::hours(*hours) + std::chrono::minutes(*minutes);
  return west ? -offset : offset;
}

std::optional<WallTime> read_time(std::string_view text) {
  const auto year = take_number(text, 4);
  if (!year || !take(text, '-')) return std::nullopt;
  const auto month = take_number(text, 2);
  if (!month || !take(text, '-')) return std::nullopt;
  const auto day = take_number(text, 2);
  if (!day || (!take(text, 'T') && !take(text, 't'))) return std::nullopt;
  const auto hour = take_number(text, 2);
  if (!hour || !take(text, ':')) return std::nullopt;
  const auto minute = take_number(text, 2);
  if (!minute || !take(text, ':')) return std::nullopt;
  const auto second = take_number(text, 2);
  if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(static_cast<int>(*year)),
                                         std::chrono::month(*month), std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const WallTime time = WallTime{std::chrono::sys_days{date}.time_since_epoch()} +
                        std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                        seconds(*second) + *fraction - *offset;
  // An offset or a leap second may lead out of the years that four digits can write.
  const std::chrono::year year_of_utc =
      std::chrono::year_month_day{std::chrono::floor<std::chrono::days>(time)}.year();
  if (year_of_utc < std::chrono::year(0) || year_of_utc > std::chrono::year(9999)) {
    return std::nullopt;
  }
  return time;
}

void pad(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::string date_time(WallTime time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{std::chrono::floor<seconds>(time - day)};
  std::string out;
  pad(out, static_cast<int>(date.year()), 4);
  pad(out += '-', static_cast<unsigned>(date.month()), 2);
  pad(out += '-', static_cast<unsigned>(date.day()), 2);
  pad(out += 'T', clock.hours().count(), 2);
  pad(out += ':', clock.minutes().count(), 2);
  pad(out += ':', clock.seconds().count(), 2);
  return out;
}

struct Unit {
  std::string_view text;
  double milliseconds;
};
// "ms" before "m": the first match wins.
constexpr std::array<Unit, 4> kUnits{{{"ms", 1}, {"s", 1000}, {"m", 60'000}, {"h", 3'600'000}}};

const Unit* take_unit(std::string_view& text) {
  for (const Unit& unit : kUnits) {
    if (!text.starts_with(unit.text)) continue;
    text.remove_prefix(unit.text.size());
    return &unit;
  }
  return nullptr;
}

}  // namespace

Result<WallTime> parse_time(std::string_view text) {
  if (const auto time = read_time(text)) return *time;
  return fail(ErrorKind::Invalid, "'" + one_line(text, 64) +
                                      "' is not a time (write RFC 3339, such as "
                                      "2026-01-01T00:00:00Z)");
}

std::string time_text(WallTime time) {
  return date_time(time) + "Z";
}

std::string micro_time_text(WallTime time) {
  const auto fraction = time - std::chrono::floor<seconds>(time);
  std::string out = date_time(time) + ".";
  pad(out, fraction.count(), 6);
  return out + "Z";
}

Result<std::chrono::milliseconds> parse_duration(std::string_view text) {
  const Error bad = fail(ErrorKind::Invalid,
                         "'" + one_line(text, 64) + "' is not a duration (write 20s, 5m or 1h30m)");
  if (text.empty()) return bad;
  double total = 0;
  for (std::string_view rest = text; !rest.empty();) {
    if (rest.front() < '0' || rest.front() > '9') return bad;
    double number = 0;
    const auto [end, problem] =
        std::from_chars(rest.data(), rest.data() + rest.size(), number, std::chars_format::fixed);
    if (problem != std::errc{}) return bad;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const Unit* unit = take_unit(rest);
    if (unit == nullptr) return bad;
    total += number * unit->milliseconds;
  }
  constexpr double kCentury = 100.0 * 366 * 24 * 3'600'000;
  if (!(total <= kCentury)) return bad;
  return std::chrono::milliseconds(static_cast<std::int64_t>(std::llround(total)));
}

std::string duration_text(seconds duration) {
  const std::int64_t total = duration.count() < 0 ? 0 : duration.count();
  const std::array<std::pair<std::int64_t, char>, 4> units{
      {{86'400, 'd'}, {3'600, 'h'}, {60, 'm'}, {1, 's'}}};
  for (std::size_t i = 0; i + 1 < units.size(); ++i) {
    if (total < units[i].first) continue;
    std::string out = std::to_string(total / units[i].first) + units[i].second;
    const std::int64_t rest = total % units[i].first / units[i + 1].first;
    if (rest > 0) out += std::to_string(rest) + units[i + 1].second;
    return out;
  }
  return std::to_string(total) + "s";
}

}  // namespace evalscaler
