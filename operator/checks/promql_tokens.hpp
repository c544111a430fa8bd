// SPDX-License-Identifier: Apache-2.0
// PromQL cut into tokens: what is code, what is a string and what is a comment. Pure.
//
// Authority: prometheus promql/parser/lex.go. Knows no grammar; keywords are names. Borrows
// from the text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::checks {

enum class TokenKind {
  Number,    // 1, 0.5, 1e3, 0x1f, Inf and NaN are names
  Duration,  // 5m, 1h30m
  String,    // with its quotes
  Name,      // metric, label, function, keyword; may hold colons
  Symbol,    // ( ) { } [ ] , @ : and the operators, the longest that fits
  End,
};

struct Token {
  TokenKind kind = TokenKind::End;
  std::string_view text;
  std::size_t at = 0;  // byte in the query

  bool is(std::string_view symbol) const { return kind == TokenKind::Symbol && text == symbol; }
};

// Ends in a token of kind End. Invalid, naming the byte, for a character or a string that no
// PromQL has.
Result<std::vector<Token>> tokens_of(std::string_view query);

// The text between the quotes; escapes stay as they are written.
std::string_view unquoted(std::string_view text);

}  // namespace evalscaler::checks
