// SPDX-License-Identifier: Apache-2.0
// Runs a decoder of operator/api on the text of one JSON value.
#pragma once

#include <string>

#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::api {

// `read` gets the value as the member `name` of a document, so that paths begin with it.
template <typename Read>
auto read_member(const std::string& name, const std::string& json, Read read)
    -> decltype(read(std::declval<wire::JsonCursor&>())) {
  decltype(read(std::declval<wire::JsonCursor&>())) out = fail(ErrorKind::Invalid, "not read");
  wire::JsonReader reader;
  const auto done = reader.read_copy(
      "{\"" + name + "\":" + json + "}", [&](wire::JsonCursor& root) -> Result<void> {
        return root.members([&](std::string_view, wire::JsonCursor& value) -> Result<void> {
          out = read(value);
          if (!out) return out.error();
          return {};
        });
      });
  if (!done) return done.error();
  return out;
}

}  // namespace evalscaler::api
