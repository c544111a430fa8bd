// SPDX-License-Identifier: Apache-2.0
// JsonCursor: reads one JSON document front to back, without building a copy of it.
//
// Forward only: each value can be read once, in document order; what a callback does not
// read is skipped. Depth and width of skipped parts cost no stack. Every failure is
// Invalid with the path of the value ("spec.tiers[2].minReplicas: must be an integer").
// Views stay valid only while the callback that received them runs. Not thread-safe.
// Duplicate keys reach the callback twice; the last one wins in the decoders.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "core/function_ref.hpp"
#include "core/result.hpp"

namespace evalscaler::wire {

enum class JsonType { Null, Boolean, Number, String, Array, Object };

class JsonCursor {
 public:
  using MemberCallback = FunctionRef<Result<void>(std::string_view key, JsonCursor& value)>;
  using ItemCallback = FunctionRef<Result<void>(std::size_t index, JsonCursor& value)>;

  Result<JsonType> type();
  // Null counts as an empty object or array: the API server writes both.
  Result<void> members(MemberCallback each);
  Result<void> items(ItemCallback each);

  Result<std::string> text();
  Result<std::string_view> text_view();  // until the next read on this document
  Result<std::int64_t> integer();
  Result<double> number();
  Result<bool> boolean();
  Result<std::string> text_or_number();  // int-or-string fields: 70 and "70" are the same
  Result<std::string> raw();             // the value's JSON text

  std::string path() const;                  // "spec.tiers[2].minReplicas"
  Error error(std::string_view what) const;  // Invalid, with the path in front

 private:
  friend class JsonReader;
  struct Step {  // one link of the path; lives on the stack of the caller
    const Step* parent = nullptr;
    std::string_view key;
    std::size_t index = 0;
    bool is_index = false;
  };
  JsonCursor() = default;
  Result<void> fault(int code) const;
  Result<void> members_of(void* object, MemberCallback each);
  Result<void> items_of(void* array, ItemCallback each);

  // Storage of the parser library's value or document, so that its header stays inside
  // json_reader.cpp (it costs a second of compile time per file).
  alignas(std::max_align_t) std::array<std::byte, 32> value_{};
  void* document_ = nullptr;  // set for the root only
  const Step* step_ = nullptr;
};

// Owns the parser's memory, which is reused from document to document. One per thread.
class JsonReader {
 public:
  JsonReader();
  ~JsonReader();
  JsonReader(JsonReader&&) noexcept;
  JsonReader& operator=(JsonReader&&) noexcept;

  // Calls `read` with the root. `json` gets spare capacity behind its end, so that it is
  // parsed in place; its content does not change. Text after the root value is an error.
  Result<void> read(std::string& json, FunctionRef<Result<void>(JsonCursor& root)> use);
  Result<void> read_copy(std::string_view json, FunctionRef<Result<void>(JsonCursor& root)> use);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace evalscaler::wire
