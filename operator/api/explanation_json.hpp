// SPDX-License-Identifier: Apache-2.0
// Explanation as JSON: the running operator answers with it and `explain -o json` prints it, so
// its names are stable.
//
// Texts of others are cut to one line; lists are as long as schema and status allow: a document is
// bounded.
#pragma once

#include "api/explanation.hpp"
#include "core/result.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::api {

void write_tier(wire::JsonWriter& out, const TierExplanation& tier);
void write_explanation(wire::JsonWriter& out, const ServiceExplanation& service);
// Unknown members are skipped: an operator may be newer. Invalid, with the path, for the rest.
Result<ServiceExplanation> read_explanation(wire::JsonCursor& root);

}  // namespace evalscaler::api
