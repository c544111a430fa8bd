// SPDX-License-Identifier: Apache-2.0
#include "telemetry/log.hpp"

#include <spdlog/formatter.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <atomic>
#include <cmath>
#include <memory>
#include <string>
#include <utility>

#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::telemetry {
namespace {

std::string_view name(spdlog::level::level_enum level) {
  if (level <= spdlog::level::debug) return "debug";
  if (level == spdlog::level::info) return "info";
  return level == spdlog::level::warn ? "warning" : "error";
}

spdlog::level::level_enum converted(LogLevel level) {
  switch (level) {
    case LogLevel::Debug:
      return spdlog::level::debug;
    case LogLevel::Info:
      return spdlog::level::info;
    case LogLevel::Warning:
      return spdlog::level::warn;
    case LogLevel::Error:
      return spdlog::level::err;
  }
  return spdlog::level::info;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    if (length == 0) out += "\xEF\xBF\xBD";
    if (text.front() == '"' || text.front() == '\\') out += '\\';
    out += text.substr(0, length);
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + '"';
}

std::string shown(std::string_view text) {
  const bool plain = !text.empty() && text.find_first_of(" \"=") == std::string_view::npos;
  return plain ? std::string(text) : quoted(text);
}

// A field's value; text only at `as_text`, which quotes as the format wants it.
std::string rendered(const Field& field, std::string (*as_text)(std::string_view)) {
  if (const auto* text = std::get_if<std::string_view>(&field.value)) {
    return as_text(one_line(*text));
  }
  if (const auto* whole = std::get_if<std::int64_t>(&field.value)) return std::to_string(*whole);
  const double number = std::get<double>(field.value);
  return std::isfinite(number) ? number_text(number) : as_text(short_number(number));
}

std::string json_body(std::string_view message, std::initializer_list<Field> fields) {
  std::string out = "\"msg\":" + quoted(one_line(message));
  for (const Field& field : fields) {
    out += "," + quoted(one_line(field.key, 64)) + ":" + rendered(field, quoted);
  }
  return out;
}

std::string console_body(std::string_view message, std::initializer_list<Field> fields) {
  std::string out = one_line(message);
  for (const Field& field : fields) {
    out += " " + one_line(field.key, 64) + "=" + rendered(field, shown);
  }
  return out;
}

// Puts time and level in front of a body, which already has the format's form.
class LineFormatter final : public spdlog::formatter {
 public:
  explicit LineFormatter(LogFormat format) : format_(format) {}

  void format(const spdlog::details::log_msg& line, spdlog::memory_buf_t& out) override {
    const std::string time =
        micro_time_text(std::chrono::time_point_cast<std::chrono::microseconds>(line.time));
    const std::string_view level = name(line.level);
    if (format_ == LogFormat::Json) {
      append(out, "{\"ts\":\"" + time + "\",\"level\":\"" + std::string(level) + "\",");
    } else {
      append(out, time + " " + std::string(level) + std::string(8 - level.size(), ' '));
    }
    append(out, {line.payload.data(), line.payload.size()});
    append(out, format_ == LogFormat::Json ? "}\n" : "\n");
  }
  std::unique_ptr<spdlog::formatter> clone() const override {
    return std::make_unique<LineFormatter>(format_);
  }

 private:
  static void append(spdlog::memory_buf_t& out, std::string_view text) {
    out.append(text.data(), text.data() + text.size());
  }
  LogFormat format_;
};

struct Output {
  Output() : logger("evalscaler", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    set(LogLevel::Info, LogFormat::Console);
  }
  void set(LogLevel level, LogFormat wanted) {
    format = wanted;
    logger.set_formatter(std::make_unique<LineFormatter>(wanted));
    logger.set_level(converted(level));
  }
  spdlog::logger logger;
  std::atomic<LogFormat> format{LogFormat::Console};
};

Output& output() {
  static Output only;
  return only;
}

Error not_one_of(std::string_view text, std::string_view what, std::string_view choices) {
  return fail(ErrorKind::Invalid, "'" + one_line(text, 64) + "' is not a log " + std::string(what) +
                                      " (write " + std::string(choices) + ")");
}

}  // namespace

void configure_log(LogLevel level, LogFormat format) {
  output().set(level, format);
}

Result<LogLevel> parse_log_level(std::string_view text) {
  if (text == "debug") return LogLevel::Debug;
  if (text == "info") return LogLevel::Info;
  if (text == "warning") return LogLevel::Warning;
  if (text == "error") return LogLevel::Error;
  return not_one_of(text, "level", "debug, info, warning or error");
}

Result<LogFormat> parse_log_format(std::string_view text) {
  if (text == "json") return LogFormat::Json;
  if (text == "console") return LogFormat::Console;
  return not_one_of(text, "format", "json or console");
}

void log(LogLevel level, std::string_view message, std::initializer_list<Field> fields) {
  Output& out = output();
  if (!out.logger.should_log(converted(level))) return;
  const std::string body =
      out.format == LogFormat::Json ? json_body(message, fields) : console_body(message, fields);
  out.logger.log(converted(level), spdlog::string_view_t(body.data(), body.size()));
}

}  // namespace evalscaler::telemetry
