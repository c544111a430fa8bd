// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <ostream>

#include "cli/commands.hpp"
#include "core/text.hpp"
#include "core/version.hpp"

namespace evalscaler::cli {
namespace {

constexpr const char* kName = "kubectl-evalscaler";

constexpr std::array kCommands{add_status, add_explain, add_plan,  add_decide,
                               add_check,  add_pause,   add_resume};

// The library would only say that a command is required.
bool known(const CLI::App& app, const std::string& word) {
  const auto named = [&](const CLI::App* command) { return command->get_name() == word; };
  return word.starts_with('-') || !app.get_subcommands(named).empty();
}

}  // namespace

Exit report(Session& session, Exit exit, const std::string& message) {
  session.err << kName << ": " << one_line(message) << "\n";
  return exit;
}

Exit report_place(Session& session, const std::string& message) {
  session.err << one_line(message) << "\n";
  return Exit::Usage;
}

int run(std::vector<std::string> arguments, Session& session) {
  CLI::App app{
      "Why did it scale, and why did it not? Reads EvaluationServices of a cluster,\n"
      "and decides for service files without one.\n"
      "Exit codes: 0 ok, 1 the answer is no, 2 usage or unreadable input.",
      kName};
  app.set_version_flag("--version", std::string(kName) + " " + kVersion);
  app.require_subcommand(1);
  Invocation chosen;
  for (const auto& add : kCommands) add(app, chosen);
  if (!arguments.empty() && !known(app, arguments.front())) {
    const std::string what = "no command '" + arguments.front() + "'; see " + kName + " --help";
    return static_cast<int>(report(session, Exit::Usage, what));
  }
  std::reverse(arguments.begin(), arguments.end());  // the library takes them from the back
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked, session.out, session.err);
  } catch (const CLI::ParseError& problem) {
    const std::string what = std::string(problem.what()) + "; see " + kName + " --help";
    return static_cast<int>(report(session, Exit::Usage, what));
  }
  return static_cast<int>(chosen.run(session));
}

}  // namespace evalscaler::cli
