// SPDX-License-Identifier: Apache-2.0
#include "checks/promql_tokens.hpp"

#include <array>

#include "core/text.hpp"

namespace evalscaler::checks {
namespace {

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// The longer ones first.
constexpr std::array<std::string_view, 28> kSymbols{
    "==", "!=", "<=", ">=", "=~", "!~", "=", "<", ">", "+", "-", "*", "/", "%",
    "^",  "(",  ")",  "{",  "}",  "[",  "]", ",", ":", "@", "|", "&", ";", "?"};

std::size_t end_of_name(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_letter(text[at]) || is_digit(text[at]) || text[at] == ':')) ++at;
  return at;
}

// Digits, letters of units and exponents, points, and the sign of an exponent.
std::size_t end_of_number(std::string_view text, std::size_t at) {
  const bool hexadecimal = text.substr(at).starts_with("0x") || text.substr(at).starts_with("0X");
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (is_digit(c) || is_letter(c) || c == '.') continue;
    const bool exponent = !hexadecimal && (text[at - 1] == 'e' || text[at - 1] == 'E');
    if ((c == '+' || c == '-') && exponent && at + 1 < text.size() && is_digit(text[at + 1])) {
      continue;
    }
    break;
  }
  return at;
}

// 1h30m; not 1e3, 0x1f or 15.
bool is_duration(std::string_view text) {
  if (!is_letter(text.back())) return false;
  bool unit = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (is_digit(text[i])) continue;
    if (i == 0) return false;
    const std::string_view rest = text.substr(i);
    std::size_t length = rest.starts_with("ms") ? 2 : 1;
    if (length == 1 && std::string_view("smhdwy").find(rest.front()) == std::string_view::npos) {
      return false;
    }
    if (!is_digit(text[i - 1])) return false;
    i += length - 1;
    unit = true;
  }
  return unit;
}

// One past the closing quote; npos if there is none.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (text[at] == quote) return at + 1;
    if (quote == '`') continue;
    if (text[at] == '\n') break;
    if (text[at] == '\\') ++at;
  }
  return std::string_view::npos;
}

Error bad(std::size_t at, const std::string& what) {
  return fail(ErrorKind::Invalid, "byte " + std::to_string(at + 1) + ": " + what);
}

Result<Token> token_at(std::string_view query, std::size_t at) {
  const char c = query[at];
  const auto token = [&](TokenKind kind, std::size_t end) {
    return Token{kind, query.substr(at, end - at), at};
  };
  if (is_letter(c) || c == ':') {
    const std::size_t end = end_of_name(query, at);
    // Alone a colon is the one of a subquery, [1h:5m].
    const bool colon = c == ':' && (end == at + 1 || is_digit(query[at + 1]));
    return colon ? token(TokenKind::Symbol, at + 1) : token(TokenKind::Name, end);
  }
  if (is_digit(c) || (c == '.' && at + 1 < query.size() && is_digit(query[at + 1]))) {
    const Token found = token(TokenKind::Number, end_of_number(query, at));
    return is_duration(found.text) ? Token{TokenKind::Duration, found.text, at} : found;
  }
  if (c == '"' || c == '\'' || c == '`') {
    const std::size_t end = end_of_string(query, at);
    if (end == std::string_view::npos) return bad(at, "the string that begins here has no end");
    return token(TokenKind::String, end);
  }
  for (const std::string_view symbol : kSymbols) {
    if (query.substr(at).starts_with(symbol)) return token(TokenKind::Symbol, at + symbol.size());
  }
  const std::size_t length = utf8_length(query.substr(at));
  return bad(
      at, "'" + one_line(query.substr(at, length == 0 ? 1 : length)) + "' means nothing in PromQL");
}

}  // namespace

Result<std::vector<Token>> tokens_of(std::string_view query) {
  std::vector<Token> out;
  for (std::size_t at = 0; at < query.size();) {
    if (is_space(query[at])) {
      ++at;
      continue;
    }
    if (query[at] == '#') {
      const std::size_t line = query.find('\n', at);
      at = line == std::string_view::npos ? query.size() : line;
      continue;
    }
    const auto token = token_at(query, at);
    if (!token) return token.error();
    out.push_back(*token);
    at += token->text.size();
  }
  out.push_back({TokenKind::End, {}, query.size()});
  return out;
}

std::string_view unquoted(std::string_view text) {
  return text.size() < 2 ? text : text.substr(1, text.size() - 2);
}

}  // namespace evalscaler::checks
