// SPDX-License-Identifier: Apache-2.0
#include "workload/command_line.hpp"

#include <algorithm>
#include <cstdlib>

#include "workload/number_text.hpp"

namespace evalscaler::workload {

Environment process_environment() {
  return [](std::string_view name) -> std::optional<std::string> {
    const char* text = std::getenv(std::string(name).c_str());
    if (text == nullptr) return std::nullopt;
    return std::string(text);
  };
}

Result<CommandLine> CommandLine::parse(std::span<const FlagSpec> specs,
                                       std::span<const std::string> arguments,
                                       const Environment& environment) {
  CommandLine result;
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& argument = arguments[at];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    const auto spec = std::ranges::find(specs, name, &FlagSpec::name);
    if (spec == specs.end()) {
      return fail(ErrorKind::Invalid,
                  "'" + name + "' is not a flag of this program; --help lists them");
    }
    Given& given = result.given_[name];
    given.source = name;
    if (spec->kind == FlagKind::Switch) {
      if (equals != std::string::npos) return fail(ErrorKind::Invalid, name + " takes no value");
      continue;
    }
    if (spec->kind == FlagKind::Value && !given.texts.empty()) {
      return fail(ErrorKind::Invalid, name + " is given twice; give it once");
    }
    if (equals != std::string::npos) {
      given.texts.push_back(argument.substr(equals + 1));
    } else if (at + 1 < arguments.size()) {
      given.texts.push_back(arguments[++at]);
    } else {
      return fail(ErrorKind::Invalid, name + " needs a value: " + name + " " + spec->placeholder);
    }
  }
  for (const FlagSpec& spec : specs) {
    if (spec.env.empty() || result.has(spec.name)) continue;
    const auto text = environment(spec.env);
    if (text && !text->empty()) result.given_[spec.name] = Given{spec.env, {*text}};
  }
  return result;
}

std::vector<std::string> CommandLine::texts(std::string_view flag) const {
  const auto found = given_.find(flag);
  return found == given_.end() ? std::vector<std::string>{} : found->second.texts;
}

std::optional<std::string> CommandLine::text(std::string_view flag) const {
  const auto found = given_.find(flag);
  if (found == given_.end() || found->second.texts.empty()) return std::nullopt;
  return found->second.texts.front();
}

CommandLine::Refusal CommandLine::read(std::string_view flag, Range range,
                                       std::size_t& into) const {
  const auto given = text(flag);
  if (!given) return std::nullopt;
  const auto number = parse_whole_number(*given, range.least, range.most);
  if (!number)
    return fail(ErrorKind::Invalid,
                given_.find(flag)->second.source + ": " + number.error().message);
  into = static_cast<std::size_t>(*number);
  return std::nullopt;
}

CommandLine::Refusal CommandLine::read(std::string_view flag, DecimalRange range,
                                       double& into) const {
  const auto given = text(flag);
  if (!given) return std::nullopt;
  const auto number = parse_decimal(*given, range.least, range.most);
  if (!number)
    return fail(ErrorKind::Invalid,
                given_.find(flag)->second.source + ": " + number.error().message);
  into = *number;
  return std::nullopt;
}

CommandLine::Refusal CommandLine::read(std::string_view flag,
                                       std::chrono::nanoseconds& into) const {
  const auto given = text(flag);
  if (!given) return std::nullopt;
  const auto duration = parse_duration(*given);
  if (!duration) {
    return fail(ErrorKind::Invalid,
                given_.find(flag)->second.source + ": " + duration.error().message);
  }
  into = *duration;
  return std::nullopt;
}

std::string usage_text(std::string_view first_line, std::span<const FlagSpec> specs) {
  std::vector<std::string> heads;
  std::size_t width = 0;
  for (const FlagSpec& spec : specs) {
    heads.push_back("  " + spec.name + (spec.placeholder.empty() ? "" : " " + spec.placeholder));
    width = std::max(width, heads.back().size());
  }
  std::string text = std::string(first_line) + "\n\n";
  for (std::size_t at = 0; at < specs.size(); ++at) {
    text += heads[at] + std::string(width - heads[at].size() + 2, ' ') + specs[at].meaning;
    if (!specs[at].env.empty()) text += " [" + specs[at].env + "]";
    text += "\n";
  }
  return text;
}

}  // namespace evalscaler::workload
