// SPDX-License-Identifier: Apache-2.0
#include "scenario.hpp"

#include <charconv>
#include <filesystem>
#include <string_view>

#include "api/service_json.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::scenarios {
namespace {

constexpr std::string_view kRuler = "\n---\n";

Result<void> read_head(const std::string& text, Scenario& out) {
  const auto document = wire::read_yaml(text);
  if (!document) return fail(ErrorKind::Invalid, out.file + ": " + document.error().message);
  wire::JsonReader reader;
  const auto read = reader.read_copy(document->json, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
      if (key == "replicas") {
        const auto count = value.integer();
        if (!count) return count.error();
        out.replicas = static_cast<api::Replicas>(*count);
        return {};
      }
      if (key != "spec") return value.error("unknown field; known here: replicas, spec");
      auto spec = api::read_spec(value, api::UnknownFields::Refuse);
      if (!spec) return spec.error();
      out.spec = std::move(*spec);
      return {};
    });
  });
  const auto placed = [&](const std::string& message) {
    return fail(ErrorKind::Invalid, document->placed(out.file, message));
  };
  if (!read) return placed(read.error().message);
  if (out.spec.tiers.size() != 1) return placed("spec.tiers: a scenario has one tier");
  for (const api::FieldProblem& problem : api::validate(out.spec)) return placed(problem.text());
  return {};
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (const std::string_view word : split(text, ' ')) {
    if (!word.empty()) words.push_back(word);
  }
  return words;
}

// "t=15s" or "t=30s..5m".
Result<void> read_time(std::string_view word, Moment& out) {
  if (!word.starts_with("t=")) return fail(ErrorKind::Invalid, "a line begins with t=");
  word.remove_prefix(2);
  const std::size_t dots = word.find("..");
  const auto from = parse_duration(word.substr(0, dots));
  if (!from) return from.error();
  const auto to = dots == std::string_view::npos ? from : parse_duration(word.substr(dots + 2));
  if (!to) return to.error();
  if (*to < *from) return fail(ErrorKind::Invalid, "the range ends before it begins");
  out.from = *from;
  out.to = *to;
  return {};
}

// "8 ThresholdExceeded" and perhaps "a part of the message" in quotes.
Result<void> read_expectation(std::string_view text, Moment& out) {
  if (const std::size_t quote = text.find('"'); quote != std::string_view::npos) {
    std::string_view part = trim(text.substr(quote));
    if (part.size() < 3 || part.back() != '"') {
      return fail(ErrorKind::Invalid, "the quoted part of the message does not end");
    }
    out.message_part = part.substr(1, part.size() - 2);
    text = text.substr(0, quote);
  }
  const auto words = words_of(text);
  if (words.size() != 2) return fail(ErrorKind::Invalid, "expected '-> NUMBER REASON'");
  const std::string_view number = words[0];
  const auto [end, problem] =
      std::from_chars(number.data(), number.data() + number.size(), out.replicas);
  if (problem != std::errc{} || end != number.data() + number.size()) {
    return fail(ErrorKind::Invalid, "'" + std::string(number) + "' is not a number of replicas");
  }
  out.reason = words[1];
  return {};
}

Result<Moment> read_moment(std::string_view text) {
  Moment moment;
  const std::size_t arrow = text.find("->");
  if (arrow == std::string_view::npos) return fail(ErrorKind::Invalid, "no '->' in the line");
  EVALSCALER_TRY(read_expectation(text.substr(arrow + 2), moment));
  const auto words = words_of(text.substr(0, arrow));
  EVALSCALER_TRY(read_time(words.empty() ? std::string_view{} : words[0], moment));
  for (std::size_t i = 1; i < words.size(); ++i) {
    const std::size_t equals = words[i].find('=');
    const bool alone = equals == std::string_view::npos;
    moment.settings.push_back({std::string(words[i].substr(0, equals)),
                               std::string(alone ? "" : words[i].substr(equals + 1))});
  }
  return moment;
}

}  // namespace

Error Scenario::error_at(std::size_t line, const std::string& what) const {
  return fail(ErrorKind::Invalid, file + ":" + std::to_string(line) + ": " + what);
}

Result<Scenario> read_scenario(const std::string& path) {
  const auto text = wire::read_file(path);
  if (!text) return text.error();
  Scenario scenario;
  scenario.file = std::filesystem::path(path).filename().string();
  const std::size_t ruler = text->find(kRuler);
  if (ruler == std::string::npos || !text->starts_with("# ")) {
    return scenario.error_at(1, "a scenario is '# TITLE', YAML, '---' and lines");
  }
  scenario.title = text->substr(2, text->find('\n') - 2);
  EVALSCALER_TRY(read_head(text->substr(0, ruler + 1), scenario));
  std::size_t number = 0;
  for (const std::string_view line : split(*text, '\n')) {
    ++number;
    const bool in_head = line.data() < text->data() + ruler + kRuler.size();
    if (in_head || trim(line).empty() || line.starts_with('#')) continue;
    auto moment = read_moment(line);
    if (!moment) return scenario.error_at(number, moment.error().message);
    moment->line = number;
    scenario.moments.push_back(std::move(*moment));
  }
  if (scenario.moments.empty()) return scenario.error_at(number, "nothing is evaluated");
  return scenario;
}

}  // namespace evalscaler::scenarios
