// SPDX-License-Identifier: Apache-2.0
// Decisions as `decide` prints them: JSON for scripts (stable names), text for people.
#pragma once

#include <string>
#include <vector>

#include "cli/paint.hpp"
#include "scaling/decision.hpp"
#include "wire/json_writer.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace evalscaler::cli {

struct NamedDecision {
  std::string tier;
  scaling::Decision decision;
};

// Whole documents, with a line break at the end.
std::string decisions_json(const std::string& service, const std::vector<NamedDecision>& decisions);
std::string decisions_text(const std::string& service, const std::vector<NamedDecision>& decisions,
                           const Paint& paint);

void write_steps(wire::JsonWriter& out, const std::vector<api::Step>& steps);
// One line per step, indented.
std::string steps_text(const std::vector<api::Step>& steps, const Paint& paint);
std::string change_text(api::Replicas from, api::Replicas to);  // "5 -> 8", "5 stays"

// -o, --output: json | text.
void add_output_option(CLI::App& command, std::string& output);

}  // namespace evalscaler::cli
