// SPDX-License-Identifier: Apache-2.0
// CommandLine: the flags as given: "--name value" and "--name=value"; a flag wins over its
// variable; an empty variable counts as unset. Complaints name the flag or the variable the text
// came from. Pure but for the Environment it is given.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::workload {

enum class FlagKind { Value, RepeatedValue, Switch };

// One flag a program knows. `env` is the variable that sets it when the flag is absent ("" = none).
struct FlagSpec {
  std::string name;         // with its dashes: "--workers"
  std::string placeholder;  // "N"; "" for a switch
  std::string meaning;
  FlagKind kind = FlagKind::Value;
  std::string env = {};
};

// Answers an environment variable's value, or nothing when it is not set.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;
[[nodiscard]] Environment process_environment();

class CommandLine {
 public:
  [[nodiscard]] static Result<CommandLine> parse(std::span<const FlagSpec> specs,
                                                 std::span<const std::string> arguments,
                                                 const Environment& environment);

  [[nodiscard]] bool has(std::string_view flag) const { return given_.contains(flag); }
  [[nodiscard]] std::vector<std::string> texts(std::string_view flag) const;
  [[nodiscard]] std::optional<std::string> text(std::string_view flag) const;

  // These read a flag's value, or keep what `into` holds when the flag was not given. They answer
  // the complaint, if any, and so can be tried one after the other.
  using Refusal = std::optional<Error>;
  struct Range {
    std::int64_t least;
    std::int64_t most;
  };
  struct DecimalRange {
    double least;
    double most;
  };
  [[nodiscard]] Refusal read(std::string_view flag, Range range, std::size_t& into) const;
  [[nodiscard]] Refusal read(std::string_view flag, DecimalRange range, double& into) const;
  [[nodiscard]] Refusal read(std::string_view flag, std::chrono::nanoseconds& into) const;

 private:
  struct Given {
    std::string source;  // "--workers" or "ENGINE_WORKERS"
    std::vector<std::string> texts;
  };
  std::map<std::string, Given, std::less<>> given_;
};

// The text of --help: a first line, then one line per flag.
[[nodiscard]] std::string usage_text(std::string_view first_line, std::span<const FlagSpec> specs);

}  // namespace evalscaler::workload
