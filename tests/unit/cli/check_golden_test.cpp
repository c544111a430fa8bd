// SPDX-License-Identifier: Apache-2.0
// What `check` prints of the files in tests/golden/check, byte for byte, for people and scripts.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "run_cli.hpp"

namespace evalscaler::cli {
namespace {

namespace fs = std::filesystem;

const fs::path golden_folder = fs::path(EVALSCALER_SOURCE_DIR) / "tests/golden/check";

std::string text_of(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// Without the folder, which is another one for everybody.
std::string portable(std::string text) {
  const std::string folder = golden_folder.string() + "/";
  for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder)) {
    text.erase(at, folder.size());
  }
  return text;
}

struct Row {
  const char* name;
  int exit;
};

class CheckGolden : public testing::TestWithParam<Row> {};

TEST_P(CheckGolden, PrintsWhatTheFilesSay) {
  const std::string name = GetParam().name;
  const fs::path catalogue = golden_folder / (name + ".catalogue.yaml");
  for (const std::string kind : {"text", "json"}) {
    std::vector<std::string> arguments{"check", "-f", golden_folder / (name + ".yaml"), "-o", kind};
    if (fs::exists(catalogue)) arguments.insert(arguments.end(), {"--config", catalogue});
    const Outcome outcome = RunCli()(arguments);
    EXPECT_EQ(outcome.exit, GetParam().exit);
    EXPECT_EQ(outcome.err, "");
    const fs::path golden = golden_folder / (name + (kind == "text" ? ".txt" : ".json"));
    if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(golden) << portable(outcome.out);
    EXPECT_EQ(portable(outcome.out), text_of(golden));
  }
}

INSTANTIATE_TEST_SUITE_P(Files, CheckGolden,
                         testing::Values(Row{"sound", 0}, Row{"flapping", 1},
                                         Row{"reference_setting", 1}, Row{"queries", 0},
                                         Row{"schema", 1}),
                         [](const auto& row) { return std::string(row.param.name); });

TEST(CheckGolden, EveryFileThereIsTried) {
  const std::set<std::string> tried{"sound", "flapping", "reference_setting", "queries", "schema"};
  for (const auto& entry : fs::directory_iterator(golden_folder)) {
    const std::string name = entry.path().filename();
    EXPECT_TRUE(tried.contains(name.substr(0, name.find('.')))) << name;
  }
}

}  // namespace
}  // namespace evalscaler::cli
