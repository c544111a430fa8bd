// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/labels.hpp"

#include <utility>

namespace evalscaler::targets {

using wire::JsonCursor;

Result<Labels> read_labels(JsonCursor& object) {
  Labels out;
  EVALSCALER_TRY(object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    auto text = value.text();
    if (!text) return text.error();
    out.insert_or_assign(std::string(key), std::move(text).value());
    return {};
  }));
  return out;
}

Result<Selector> read_selector(JsonCursor& object) {
  Selector out;
  EVALSCALER_TRY(object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "matchLabels") {
      auto labels = read_labels(value);
      if (!labels) return labels.error();
      out.match_labels = std::move(labels).value();
    }
    if (key == "matchExpressions") {
      return value.items([&](std::size_t, JsonCursor&) -> Result<void> {
        out.has_expressions = true;
        return {};
      });
    }
    return {};
  }));
  return out;
}

bool may_select(const Selector& selector, const Labels& labels) {
  for (const auto& [key, value] : selector.match_labels) {
    const auto at = labels.find(key);
    if (at == labels.end() || at->second != value) return false;
  }
  return true;
}

std::string to_query(const Labels& labels) {
  std::string out;
  for (const auto& [key, value] : labels) {
    if (!out.empty()) out += ',';
    out += key + '=' + value;
  }
  return out;
}

}  // namespace evalscaler::targets
