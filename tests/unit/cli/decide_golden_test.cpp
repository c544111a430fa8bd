// SPDX-License-Identifier: Apache-2.0
// What `decide -o json` prints, byte for byte: others script against it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

const std::filesystem::path golden_folder =
    std::filesystem::path(EVALSCALER_SOURCE_DIR) / "tests/golden/decide";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

class DecideGolden : public testing::TestWithParam<const char*> {};

TEST_P(DecideGolden, PrintsWhatTheFileSays) {
  const std::string name = GetParam();
  const Outcome outcome =
      RunCli()({"decide", "-f", golden_folder / (name + ".service.yaml"), "--inputs",
                golden_folder / (name + ".inputs.yaml"), "-o", "json"});
  EXPECT_EQ(outcome.exit, 0);
  EXPECT_EQ(outcome.err, "");
  const std::filesystem::path golden = golden_folder / (name + ".json");
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << outcome.out;
  EXPECT_EQ(outcome.out, text_of(golden));
}

INSTANTIATE_TEST_SUITE_P(Files, DecideGolden,
                         testing::Values("scale_up", "cooldown", "vetoed", "json_files"));

}  // namespace
}  // namespace evalscaler::cli
