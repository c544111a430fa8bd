// SPDX-License-Identifier: Apache-2.0
// The rules of operator/ARCHITECTURE.md that a machine can check.
#include <gtest/gtest.h>

#include <regex>
#include <string>
#include <vector>

#include "architecture/source_tree.hpp"

namespace evalscaler::architecture {
namespace {

std::vector<SourceFile> all_files() {
  auto files = source_files("operator");
  for (SourceFile& file : source_files("tests")) files.push_back(std::move(file));
  return files;
}

bool ends_with(const std::string& text, const std::string& end) {
  return text.ends_with(end);
}

TEST(HouseRules, EveryFileOpensWithItsLicence) {
  for (const SourceFile& file : all_files()) {
    ASSERT_FALSE(file.lines.empty()) << file.name;
    EXPECT_EQ(file.lines.front(), "// SPDX-License-Identifier: Apache-2.0") << file.name;
  }
}

TEST(HouseRules, HeadersSayWhatTheyAre) {
  for (const SourceFile& file : source_files("operator")) {
    if (!ends_with(file.name, ".hpp")) continue;
    ASSERT_GT(file.lines.size(), 2U) << file.name;
    EXPECT_TRUE(file.lines[1].starts_with("// ")) << file.name << " opens without a sentence";
    bool once = false;
    for (const std::string& line : file.lines) once = once || line == "#pragma once";
    EXPECT_TRUE(once) << file.name;
  }
}

TEST(HouseRules, NamesAreNounsOfTheField) {
  const std::regex snake("[a-z][a-z0-9]*(_[a-z0-9]+)*");
  const std::regex banned(
      "(^|_)(util|utils|helper|helpers|common|manager|handler|misc|base|v2)(_|$)");
  for (const SourceFile& file : all_files()) {
    for (auto part = file.path; part != source_root(); part = part.parent_path()) {
      const std::string name = part.stem().string();
      EXPECT_TRUE(std::regex_match(name, snake)) << file.name;
      EXPECT_FALSE(std::regex_search(name, banned)) << file.name;
    }
  }
}

TEST(HouseRules, NamespaceIsTheFolder) {
  for (const SourceFile& file : source_files("operator")) {
    if (file.path.filename() == "main.cpp") continue;
    const std::string wanted =
        file.folder == "core" ? "namespace evalscaler {" : "namespace evalscaler::" + file.folder;
    bool found = false;
    for (const std::string& line : file.lines) found = found || line.starts_with(wanted);
    EXPECT_TRUE(found) << file.name << " does not open " << wanted;
  }
}

TEST(HouseRules, TimeComesFromTheClock) {
  const std::regex clock(
      R"(::now\(|this_thread::sleep|\bsleep\(|usleep\(|\btime\((NULL|nullptr|0)\))");
  for (const SourceFile& file : source_files("operator")) {
    if (file.name == "operator/core/clock.cpp") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], clock)) << file.name << ":" << i + 1;
    }
  }
}

TEST(HouseRules, RandomnessIsInjected) {
  const std::regex random(R"(random_device|\brand\(|srand\()");
  for (const SourceFile& file : source_files("operator")) {
    if (file.folder == "app" || file.folder == "cli") continue;  // the composition roots
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      EXPECT_FALSE(std::regex_search(file.lines[i], random)) << file.name << ":" << i + 1;
    }
  }
}

TEST(HouseRules, NothingIsPutOffOrSwitchedOffSilently) {
  // The words are split so that this file does not find itself.
  const std::regex put_off(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X)\\b|GTEST_"
      "SKIP\\(|DISA"
      "BLED_");
  const std::regex bare_nolint("NOLINT(NEXTLINE|BEGIN|END)?($|[^(A-Z])");
  const std::regex reasoned("NOLINT(NEXTLINE|BEGIN|END)?\\([a-z.,-]+\\): .+");
  for (const SourceFile& file : all_files()) {
    if (file.name == "tests/architecture/house_rules_test.cpp") continue;
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      const std::string& line = file.lines[i];
      EXPECT_FALSE(std::regex_search(line, put_off)) << file.name << ":" << i + 1;
      EXPECT_FALSE(std::regex_search(line, bare_nolint)) << file.name << ":" << i + 1;
      if (line.find("NOLINT") != std::string::npos && line.find("NOLINTEND") == std::string::npos) {
        EXPECT_TRUE(std::regex_search(line, reasoned)) << file.name << ":" << i + 1;
      }
    }
  }
}

TEST(HouseRules, LinesFitTheScreen) {
  for (const SourceFile& file : all_files()) {
    for (std::size_t i = 0; i < file.lines.size(); ++i) {
      if (file.lines[i].find("NOLINT") != std::string::npos) continue;
      if (file.lines[i].find("R\"") != std::string::npos) continue;
      EXPECT_LE(file.lines[i].size(), 120U) << file.name << ":" << i + 1;
    }
  }
}

TEST(HouseRules, UnitTestsTestTheFolderTheyMirror) {
  for (const SourceFile& file : source_files("tests/unit")) {
    if (!ends_with(file.name, "_test.cpp")) continue;
    // Of the folder itself, or of a fixture that stands beside the test.
    const std::regex own("^#include \"(" + file.folder + "/[^\"]+|[a-z_]+\\.hpp)\"");
    bool found = false;
    for (const std::string& line : file.lines) found = found || std::regex_search(line, own);
    EXPECT_TRUE(found) << file.name << " includes nothing of operator/" << file.folder;
  }
}

}  // namespace
}  // namespace evalscaler::architecture
