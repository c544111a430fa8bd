// SPDX-License-Identifier: Apache-2.0
// Structured log lines: a constant message and key/value pairs, as text or JSON (spdlog).
//
// Values come from outside and are made one line each, at most 1 KiB. Thread-safe. Lines go
// to standard error. Never log a token, a header or a Secret.
#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

#include "core/result.hpp"

namespace evalscaler::telemetry {

enum class LogLevel { Debug, Info, Warning, Error };
enum class LogFormat { Console, Json };

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(std::string_view(text)) {}
  Field(std::string_view name, double number) : key(name), value(number) {}
  Field(std::string_view name, std::integral auto number)
      : key(name), value(static_cast<std::int64_t>(number)) {}

  std::string_view key;
  std::variant<std::string_view, std::int64_t, double> value;
};

// Once, before threads start. Without it: Info, Console.
void configure_log(LogLevel level, LogFormat format);
Result<LogLevel> parse_log_level(std::string_view text);    // debug | info | warning | error
Result<LogFormat> parse_log_format(std::string_view text);  // json | console

void log(LogLevel level, std::string_view message, std::initializer_list<Field> fields = {});
inline void log_debug(std::string_view message, std::initializer_list<Field> fields = {}) {
  log(LogLevel::Debug, message, fields);
}
inline void log_info(std::string_view message, std::initializer_list<Field> fields = {}) {
  log(LogLevel::Info, message, fields);
}
inline void log_warning(std::string_view message, std::initializer_list<Field> fields = {}) {
  log(LogLevel::Warning, message, fields);
}
inline void log_error(std::string_view message, std::initializer_list<Field> fields = {}) {
  log(LogLevel::Error, message, fields);
}

}  // namespace evalscaler::telemetry
