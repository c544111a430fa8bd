// SPDX-License-Identifier: Apache-2.0
// Readers of the catalogue file's fields; each error begins with the field's path.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/quantity.hpp"
#include "core/result.hpp"
#include "prometheus/catalogue.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::prometheus {

template <typename T, typename U>
Result<void> into(Result<T> read, U& out) {
  if (!read) return read.error();
  out = *std::move(read);
  return {};
}

// The refusal of a field that is not one of `known`.
Result<void> unknown_field(const wire::JsonCursor& at, std::string_view known);

// One line of printable text: it ends up in requests, logs and status.
Result<void> plain_text(wire::JsonCursor& at, std::string& out);
Result<void> promql(wire::JsonCursor& at, std::string& out);
Result<void> seconds_between(wire::JsonCursor& at, std::int64_t least, std::int64_t most,
                             std::chrono::seconds& out);
Result<void> quantity(wire::JsonCursor& at, std::optional<Quantity>& out);

Result<void> read_server(wire::JsonCursor& at, Server& out);
Result<void> read_metric(wire::JsonCursor& at, CatalogueMetric& out);

}  // namespace evalscaler::prometheus
