// SPDX-License-Identifier: Apache-2.0
#include "api/problems.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::api {
namespace {

constexpr std::size_t kMaxMetrics = 10;
constexpr std::size_t kMaxQuery = 4096;

bool lower_alnum(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

// Lower-case letters and digits, with any of `inner` between them.
bool is_label(std::string_view text, std::string_view inner) {
  if (text.empty() || !lower_alnum(text.front()) || !lower_alnum(text.back())) return false;
  for (const char c : text) {
    if (!lower_alnum(c) && inner.find(c) == std::string_view::npos) return false;
  }
  return true;
}

bool is_metric_name(std::string_view text) {
  constexpr std::string_view kInner = "_:.-";
  if (text.empty()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    const bool later = (c >= '0' && c <= '9') || kInner.find(c) != std::string_view::npos;
    if (!letter && (i == 0 || !later)) return false;
  }
  return true;
}

}  // namespace

void Problems::add(std::string field, std::string message, std::string fix) {
  found_.push_back({std::move(field), std::move(message), std::move(fix)});
}

void Problems::whole(std::string field, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value >= least && value <= most) return;
  const std::string fix =
      field.substr(field.rfind('.') + 1) + ": " + std::to_string(std::clamp(value, least, most));
  add(std::move(field),
      "must be from " + std::to_string(least) + " to " + std::to_string(most) + ", is " +
          std::to_string(value),
      fix);
}

void Problems::length(std::string field, std::string_view text, std::size_t most) {
  if (text.size() <= most) return;
  add(std::move(field), "must be at most " + std::to_string(most) + " characters long, has " +
                            std::to_string(text.size()));
}

void Problems::name(std::string field, std::string_view text, std::size_t most,
                    std::string_view inner) {
  length(field, text, most);
  if (is_label(text, inner)) return;
  add(std::move(field), text.empty() ? "is missing"
                                     : "'" + one_line(text, 64) +
                                           "' must be lower-case letters and digits, with '-' "
                                           "between them");
}

void Problems::count(std::string field, std::size_t size, std::size_t most) {
  if (size >= 1 && size <= most) return;
  add(std::move(field),
      "must have 1 to " + std::to_string(most) + " items, has " + std::to_string(size));
}

void Problems::not_negative(std::string field, const std::optional<Quantity>& quantity) {
  if (!quantity || (std::isfinite(quantity->value) && quantity->value >= 0)) return;
  add(std::move(field), "must be a number of at least 0");
}

void Problems::metrics(const std::string& list, const std::vector<MetricDemand>& metrics) {
  count(list, metrics.size(), kMaxMetrics);
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    const std::string field = at(list, i);
    const std::string_view text = metrics[i].name;
    length(field + ".name", text, kMaxName);
    if (!is_metric_name(text)) {
      add(field + ".name",
          text.empty()
              ? "is missing"
              : "'" + one_line(text, 64) +
                    "' must be letters, digits, '_', ':', '.' and '-', and begin with a letter");
    }
    length(field + ".query", metrics[i].query, kMaxQuery);
    for (std::size_t j = 0; j < i; ++j) {
      if (metrics[j].name != text) continue;
      add(field + ".name", "is the name of an earlier metric, too");
      break;
    }
  }
}

std::string at(std::string_view list, std::size_t index) {
  return std::string(list) + "[" + std::to_string(index) + "]";
}

}  // namespace evalscaler::api
