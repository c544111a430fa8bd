// SPDX-License-Identifier: Apache-2.0
#include "cli/check_text.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::cli {
namespace {

using checks::Severity;

std::string place(const std::string& file, const std::optional<std::size_t>& line) {
  return one_line(file) + (line ? ":" + std::to_string(*line) : "") + ": ";
}

void write_place(wire::JsonWriter& out, const std::string& file,
                 const std::optional<std::size_t>& line) {
  out.member("file", file);
  if (line) out.member("line", static_cast<std::int64_t>(*line));
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

std::size_t CheckResult::count(Severity severity) const {
  return static_cast<std::size_t>(std::count_if(
      findings.begin(), findings.end(),
      [&](const PlacedFinding& placed) { return placed.finding.severity == severity; }));
}

std::string check_json(const CheckResult& result) {
  wire::JsonWriter out(2);
  out.begin_object().key("files").begin_array();
  for (const std::string& file : result.files) out.value(file);
  out.end_array().key("findings").begin_array();
  for (const auto& [file, line, finding] : result.findings) {
    out.begin_object();
    write_place(out, file, line);
    out.member("field", finding.field)
        .member("severity", checks::to_text(finding.severity))
        .member("reason", finding.reason)
        .member("message", finding.message)
        .member("fix", finding.fix)
        .end_object();
  }
  out.end_array().key("facts").begin_array();
  for (const auto& [file, line, fact] : result.facts) {
    out.begin_object();
    write_place(out, file, line);
    out.member("field", fact.field)
        .member("name", fact.name)
        .member("message", fact.message)
        .member("seconds", fact.seconds)
        .end_object();
  }
  out.end_array().end_object();
  return std::move(out).text() + "\n";
}

std::string check_text(const CheckResult& result, const Paint& paint) {
  std::string text;
  for (const auto& [file, line, finding] : result.findings) {
    const bool error = finding.severity == Severity::Error;
    const std::string kind = error ? "error" : "warning";
    text += place(file, line) +
            paint(error ? Tone::Bad : Tone::Warning, kind + " " + finding.reason) + " " +
            one_line(finding.field) + "\n    " + finding.message + "\n    " +
            paint(Tone::Faint, "fix:") + " " + finding.fix + "\n";
  }
  for (const auto& [file, line, fact] : result.facts) {
    text += place(file, line) + paint(Tone::Faint, fact.message) + "\n";
  }
  const std::size_t errors = result.count(Severity::Error);
  const std::size_t warnings = result.count(Severity::Warning);
  const std::string sum = errors + warnings == 0
                              ? "ok"
                              : counted(errors, "error") + ", " + counted(warnings, "warning");
  return text + paint(errors > 0 ? Tone::Bad : Tone::Good, sum) + "\n";
}

}  // namespace evalscaler::cli
