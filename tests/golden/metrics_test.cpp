// SPDX-License-Identifier: Apache-2.0
// Every exported metric by name, type, labels and help: dashboards and alerts hold on to them.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "telemetry/metrics.hpp"

namespace evalscaler::golden {
namespace {

TEST(Metrics, NamesTypesLabelsAndHelpAreTheOnesOfTheFile) {
  const std::string path = std::string(EVALSCALER_SOURCE_DIR) + "/tests/golden/metrics.txt";
  const std::string text = telemetry::exported_metrics();
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(path) << text;
  std::ostringstream expected;
  expected << std::ifstream(path).rdbuf();
  EXPECT_EQ(text, expected.str()) << "UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace
}  // namespace evalscaler::golden
