// SPDX-License-Identifier: Apache-2.0
// The commands of kubectl-evalscaler: each adds itself to the command line, one file each.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "cli/session.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace evalscaler::cli {

// What the command line asked for; set while it is parsed.
struct Invocation {
  std::function<Exit(Session&)> run;
};

void add_decide(CLI::App& app, Invocation& chosen);
void add_status(CLI::App& app, Invocation& chosen);
void add_explain(CLI::App& app, Invocation& chosen);
void add_plan(CLI::App& app, Invocation& chosen);
void add_pause(CLI::App& app, Invocation& chosen);
void add_resume(CLI::App& app, Invocation& chosen);
void add_check(CLI::App& app, Invocation& chosen);

// Parses the arguments (without the program's name) and runs the command. Returns the
// process's exit code; everything a person should read goes to the session's streams.
int run(std::vector<std::string> arguments, Session& session);

}  // namespace evalscaler::cli
