// SPDX-License-Identifier: Apache-2.0
#include "prometheus/vector_answer.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

namespace evalscaler::prometheus {
namespace {

using wire::JsonCursor;
using wire::JsonType;

// Words the protocol defines; anything else in their place is not repeated.
constexpr std::array<std::string_view, 8> kErrorTypes = {
    "timeout",  "canceled",    "execution", "bad_data",
    "internal", "unavailable", "not_found", "not_acceptable"};
constexpr std::array<std::string_view, 3> kOtherResults = {"scalar", "string", "matrix"};

template <std::size_t N>
std::string known_word(const std::array<std::string_view, N>& words, const std::string& text,
                       std::string_view otherwise) {
  const bool known = std::find(words.begin(), words.end(), text) != words.end();
  return known ? text : std::string(otherwise);
}

SampleKind parse_sample(std::string_view text, double& value) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const char* end = text.data() + text.size();
  const auto [stop, problem] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty()) return SampleKind::Unreadable;
  if (problem == std::errc::result_out_of_range) return SampleKind::Infinite;
  if (problem != std::errc{}) return SampleKind::Unreadable;
  if (std::isnan(value)) return SampleKind::NotANumber;
  return std::isinf(value) ? SampleKind::Infinite : SampleKind::Number;
}

std::optional<WallTime> to_wall(double seconds) {
  // Years 1970 to 9999: also keeps the conversion below from overflowing.
  if (!(seconds >= 0 && seconds < 253'402'300'800.0)) return std::nullopt;
  return WallTime{std::chrono::microseconds(static_cast<std::int64_t>(seconds * 1e6))};
}

Result<std::string> text_or_nothing(JsonCursor& at) {
  const auto type = at.type();
  if (!type) return type.error();
  return *type == JsonType::String ? at.text() : Result<std::string>(std::string());
}

}  // namespace

AnswerRow VectorAnswer::row(std::size_t index) const {
  const Row& row = rows_[index];
  const std::string_view text = std::string_view(text_).substr(row.text_at);
  return {text.substr(0, row.space_size), text.substr(row.space_size, row.name_size), row.kind,
          row.value};
}

void VectorAnswer::clear() {
  state_ = ReadingState::Fresh;
  why_.clear();
  status_.clear();
  error_type_.clear();
  result_type_.clear();
  partial_ = false;
  evaluated_at_.reset();
  rows_.clear();
  text_.clear();
}

void VectorAnswer::refuse(ReadingState state, std::string why) {
  state_ = state;
  why_ = std::move(why);
  rows_.clear();
}

void VectorAnswer::read(wire::JsonReader& reader, std::string& json, const IdentityLabels& labels) {
  clear();
  const auto first = json.find_first_not_of(" \t\r\n");
  const bool object = first != std::string::npos && json[first] == '{';
  const auto done = reader.read(json, [&](JsonCursor& root) {
    return root.members(
        [&](std::string_view key, JsonCursor& value) { return member(key, value, labels); });
  });
  if (!done) {
    refuse(ReadingState::Invalid,
           object ? "the answer is JSON that is cut short or malformed" : "the answer is not JSON");
  } else if (status_ == "error") {
    refuse(ReadingState::Missing,
           "the query failed (" + known_word(kErrorTypes, error_type_, "no known reason") + ")");
  } else if (status_ != "success") {
    refuse(ReadingState::Invalid, "the answer is not Prometheus' (no status)");
  } else if (result_type_ != "vector") {
    refuse(ReadingState::Invalid,
           "the query gives a " +
               known_word(kOtherResults, result_type_, "result of unknown type") +
               ", not a vector");
  }
}

Result<void> VectorAnswer::member(std::string_view key, JsonCursor& value,
                                  const IdentityLabels& labels) {
  const auto keep = [&](std::string& out) -> Result<void> {
    auto text = text_or_nothing(value);
    if (!text) return text.error();
    out = *std::move(text);
    return {};
  };
  if (key == "status") return keep(status_);
  if (key == "errorType") return keep(error_type_);
  if (key == "warnings") return warnings(value);
  if (key == "isPartial") {  // VictoriaMetrics
    const auto flag = value.boolean();
    partial_ = partial_ || (flag && *flag);
    return {};
  }
  if (key == "data") return data(value, labels);
  return {};
}

Result<void> VectorAnswer::warnings(JsonCursor& at) {
  const auto type = at.type();
  if (!type) return type.error();
  if (*type != JsonType::Array) return {};
  return at.items([&](std::size_t, JsonCursor& value) -> Result<void> {
    const auto text = value.text_view();
    // Remarks on the query's style came as warnings before they got a list of their own.
    if (!text || !text->starts_with("PromQL info:")) partial_ = true;
    return {};
  });
}

Result<void> VectorAnswer::data(JsonCursor& at, const IdentityLabels& labels) {
  const auto type = at.type();
  if (!type) return type.error();
  if (*type != JsonType::Object) return {};
  return at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "resultType") {
      auto text = text_or_nothing(value);
      if (!text) return text.error();
      result_type_ = *std::move(text);
      return {};
    }
    // Servers write the type first; rows of another type are not worth reading.
    const bool wanted = key == "result" && (result_type_.empty() || result_type_ == "vector");
    if (!wanted) return {};
    return value.items([&](std::size_t, JsonCursor& item) { return row(item, labels); });
  });
}

Result<void> VectorAnswer::row(JsonCursor& at, const IdentityLabels& labels) {
  const auto type = at.type();
  if (!type) return type.error();
  if (*type != JsonType::Object) return {};  // a scalar's two numbers, the type yet to come
  Row out;
  out.text_at = text_.size();
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metric") return labels_of(value, labels, out);
    if (key == "value") return sample(value, out);
    return {};
  }));
  rows_.push_back(out);
  return {};
}

Result<void> VectorAnswer::labels_of(JsonCursor& at, const IdentityLabels& labels, Row& out) {
  // The parser's views live until its next read: each is copied at once, in whatever order
  // the labels come.
  text_.resize(out.text_at);
  out.space_size = 0;
  out.name_size = 0;
  return at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    const bool is_name = key == labels.name;
    if (!is_name && (labels.space.empty() || key != labels.space)) return {};
    const auto text = value.text_view();
    if (!text) return text.error();
    const auto size = static_cast<std::uint32_t>(text->size());
    if (is_name) {
      text_.resize(out.text_at + out.space_size);
      text_.append(*text);
      out.name_size = size;
    } else {
      text_.replace(out.text_at, out.space_size, *text);
      out.space_size = size;
    }
    return {};
  });
}

Result<void> VectorAnswer::sample(JsonCursor& at, Row& out) {
  return at.items([&](std::size_t index, JsonCursor& value) -> Result<void> {
    if (index == 0 && !evaluated_at_) {
      const auto seconds = value.number();
      if (seconds) evaluated_at_ = to_wall(*seconds);
      return {};
    }
    if (index != 1) return {};
    const auto text = value.text_view();
    out.kind = text ? parse_sample(*text, out.value) : SampleKind::Unreadable;
    return {};
  });
}

}  // namespace evalscaler::prometheus
