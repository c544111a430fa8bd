// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/version.hpp"
#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

using testing::HasSubstr;

TEST(Program, VersionAndHelpGoToStandardOutput) {
  const Outcome version = RunCli()({"--version"});
  EXPECT_EQ(version.exit, 0);
  EXPECT_EQ(version.out, std::string("kubectl-evalscaler ") + kVersion + "\n");
  const Outcome help = RunCli()({"--help"});
  EXPECT_EQ(help.exit, 0);
  for (const char* command : {"status", "explain", "decide"}) {
    EXPECT_THAT(help.out, HasSubstr(command));
  }
  EXPECT_THAT(RunCli()({"decide", "--help"}).out, HasSubstr("scaleEvents and recommendations"));
}

class BadUsage : public testing::TestWithParam<std::vector<std::string>> {};
TEST_P(BadUsage, IsOneLineAndExitTwo) {
  const Outcome outcome = RunCli()(GetParam());
  EXPECT_EQ(outcome.exit, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_THAT(outcome.err, testing::StartsWith("kubectl-evalscaler: "));
}
using Words = std::vector<std::string>;
INSTANTIATE_TEST_SUITE_P(Table, BadUsage,
                         testing::Values(Words{}, Words{"dcide"}, Words{"decide"},
                                         Words{"decide", "-f", "x"}, Words{"--nope"},
                                         Words{"decide", "-f", "x", "--inputs", "y", "-o", "xml"},
                                         Words{"status", "--nope"}, Words{"explain"},
                                         Words{"status", "a", "b"}, Words{"status", "a", "-A"}));

TEST(Program, NamesAnUnknownCommand) {
  EXPECT_THAT(RunCli()({"dcide"}).err, HasSubstr("no command 'dcide'"));
}

TEST(Paint, ColoursOnlyWhenAsked) {
  EXPECT_EQ(Paint(Paint::Kind::None)(Tone::Bad, "x"), "x");
  EXPECT_EQ(Paint(Paint::Kind::Ansi)(Tone::Bad, "x"), "\x1b[31mx\x1b[0m");
  EXPECT_EQ(Paint(Paint::Kind::Ansi)(Tone::Plain, "x"), "x");
}

TEST(Paint, TestsAreNoTerminal) {
  ::setenv("NO_COLOR", "1", 1);
  EXPECT_EQ(paint_of_stdout(), Paint::Kind::None);
  ::unsetenv("NO_COLOR");
}

}  // namespace
}  // namespace evalscaler::cli
