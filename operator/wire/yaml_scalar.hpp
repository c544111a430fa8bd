// SPDX-License-Identifier: Apache-2.0
// What a YAML scalar is as JSON. Pure.
//
// YAML 1.2's core schema, but for numbers RFC 8259's narrower form, so that their text can be
// copied as it is; whatever is neither true, false nor such a number is text.
#pragma once

#include <string_view>

namespace evalscaler::wire {

inline constexpr std::string_view kCoreTag = "tag:yaml.org,2002:";

enum class ScalarKind {
  Text,
  True,
  False,
  Number,
  Null,
  NotAsTagged,  // "!!int x"
  UnknownTag,
};

// `tag` as the parser resolves it: "?" for a plain scalar, "!" for a quoted one.
ScalarKind scalar_kind(std::string_view tag, std::string_view text);

}  // namespace evalscaler::wire
