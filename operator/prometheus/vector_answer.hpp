// SPDX-License-Identifier: Apache-2.0
// VectorAnswer: one answer of /api/v1/query, read into rows without building a copy of it.
//
// Protocol: https://prometheus.io/docs/prometheus/latest/querying/api/ (instant queries).
// Prometheus answers 200 "success" for NaN, an empty vector, a scalar, a string or a matrix,
// so what can be used is decided here. Nothing of the answer's text gets into a reason but
// words of the protocol. Buffers are kept from answer to answer. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/reading.hpp"
#include "prometheus/catalogue.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::prometheus {

// What a row's value turned out to be.
enum class SampleKind : std::uint8_t { Number, NotANumber, Infinite, Unreadable };

struct AnswerRow {
  std::string_view space;  // value of the identity's namespace label; empty = no such label
  std::string_view name;   // value of the identity's name label; empty = no such label
  SampleKind kind = SampleKind::Unreadable;
  double value = 0;  // when Number
};

class VectorAnswer {
 public:
  // Replaces what was read before. `json` is parsed in place and stays as it is.
  void read(wire::JsonReader& reader, std::string& json, const IdentityLabels& labels);

  // Fresh: a vector, of any number of rows. Missing: Prometheus says it failed. Invalid: not
  // JSON, cut short, or not a vector; then there are no rows.
  ReadingState state() const { return state_; }
  const std::string& why() const { return why_; }                         // unless Fresh
  bool partial() const { return partial_; }                               // came with warnings
  std::optional<WallTime> evaluated_at() const { return evaluated_at_; }  // unless empty

  std::size_t size() const { return rows_.size(); }
  AnswerRow row(std::size_t index) const;  // views live until the next read()

 private:
  struct Row {
    std::size_t text_at = 0;  // in text_: namespace, then name
    std::uint32_t space_size = 0;
    std::uint32_t name_size = 0;
    SampleKind kind = SampleKind::Unreadable;
    double value = 0;
  };
  void clear();
  void refuse(ReadingState state, std::string why);
  Result<void> member(std::string_view key, wire::JsonCursor& value, const IdentityLabels& labels);
  Result<void> data(wire::JsonCursor& at, const IdentityLabels& labels);
  Result<void> row(wire::JsonCursor& at, const IdentityLabels& labels);
  Result<void> labels_of(wire::JsonCursor& at, const IdentityLabels& labels, Row& out);
  Result<void> sample(wire::JsonCursor& at, Row& out);
  Result<void> warnings(wire::JsonCursor& at);

  ReadingState state_ = ReadingState::Missing;
  std::string why_;
  std::string status_;
  std::string error_type_;
  std::string result_type_;
  bool partial_ = false;
  std::optional<WallTime> evaluated_at_;
  std::vector<Row> rows_;
  std::string text_;
};

}  // namespace evalscaler::prometheus
