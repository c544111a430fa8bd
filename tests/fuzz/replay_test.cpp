// SPDX-License-Identifier: Apache-2.0
// Every known input, through the same entry points as the fuzz programs and with whatever
// compiler and sanitizer the other tests have.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "fuzz/targets.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::fuzz {
namespace {

namespace fs = std::filesystem;

std::vector<fs::path> corpus(std::string_view target) {
  std::vector<fs::path> files;
  const fs::path folder = fs::path(EVALSCALER_SOURCE_DIR) / "tests/fuzz/corpus" / target;
  for (const auto& entry : fs::directory_iterator(folder)) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

std::string content(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

class Replay : public testing::TestWithParam<Target> {
 protected:
  static void SetUpTestSuite() {
    telemetry::configure_log(telemetry::LogLevel::Error, telemetry::LogFormat::Console);
  }
};

TEST_P(Replay, KnownInputsBreakNoClaim) {
  const auto files = corpus(GetParam().name);
  ASSERT_GE(files.size(), 5U);
  for (const fs::path& file : files) {
    std::printf("%s\n", file.filename().c_str());  // the last one before a crash is the culprit
    std::fflush(stdout);
    EXPECT_NO_THROW(GetParam().run(content(file))) << file;
  }
}

TEST_P(Replay, EveryBeginningOfARealInputBreaksNoClaim) {
  // A connection may be cut anywhere: the smallest real document, at every byte.
  for (const fs::path& file : corpus(GetParam().name)) {
    if (!file.filename().string().starts_with("real")) continue;
    const std::string whole = content(file);
    for (std::size_t size = 0; size < std::min<std::size_t>(whole.size(), 3000); ++size) {
      ASSERT_NO_THROW(GetParam().run(std::string_view(whole).substr(0, size)))
          << file << " cut at byte " << size;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Corpus, Replay, testing::ValuesIn(kTargets),
                         [](const auto& target) { return std::string(target.param.name); });

}  // namespace
}  // namespace evalscaler::fuzz
