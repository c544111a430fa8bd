// SPDX-License-Identifier: Apache-2.0
#include "cli/paint.hpp"

#include <unistd.h>

#include <cstdlib>

namespace evalscaler::cli {
namespace {

std::string_view code(Tone tone) {
  switch (tone) {
    case Tone::Plain:
      return "";
    case Tone::Good:
      return "\x1b[32m";
    case Tone::Warning:
      return "\x1b[33m";
    case Tone::Bad:
      return "\x1b[31m";
    case Tone::Faint:
      return "\x1b[2m";
    case Tone::Strong:
      return "\x1b[1m";
  }
  return "";
}

}  // namespace

std::string Paint::operator()(Tone tone, std::string_view text) const {
  if (kind_ == Kind::None || code(tone).empty() || text.empty()) return std::string(text);
  return std::string(code(tone)) + std::string(text) + "\x1b[0m";
}

Paint::Kind paint_of_stdout() {
  const char* const refused = std::getenv("NO_COLOR");
  const char* const terminal = std::getenv("TERM");
  const bool wanted = refused == nullptr || *refused == '\0';
  const bool able = terminal != nullptr && std::string_view(terminal) != "dumb";
  return wanted && able && ::isatty(STDOUT_FILENO) == 1 ? Paint::Kind::Ansi : Paint::Kind::None;
}

}  // namespace evalscaler::cli
