// SPDX-License-Identifier: Apache-2.0
// One page of a list: its revision, the token of the next page, and its items one by one.
#pragma once

#include <string>
#include <string_view>

#include "core/function_ref.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

struct ListPage {
  std::string revision;
  std::string next_page;  // empty: this was the last one
};

// Calls `item` with the JSON of each item. Invalid if the body is not a `kind`List with a
// revision: what is no list must not be taken for an empty one.
Result<ListPage> read_list_page(wire::JsonReader& reader, std::string& body, std::string_view kind,
                                FunctionRef<void(std::string json)> item);

}  // namespace evalscaler::kube
