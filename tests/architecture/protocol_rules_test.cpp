// SPDX-License-Identifier: Apache-2.0
// Holds operator/kube/RULES.md to the tree: every rule once, every test and file it names real.
#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "architecture/source_tree.hpp"

namespace evalscaler::architecture {
namespace {

struct Rule {
  std::string number;
  std::string kept;   // where, or why it does not apply
  std::string shown;  // by what
};

std::vector<Rule> read_rules() {
  const std::regex row(R"(\| ([RLF][0-9]+) \| ([^|]+) \| ([^|]+) \| ([^|]*)\|)");
  std::vector<Rule> rules;
  for (const std::string& line : lines_of(source_root() / "operator/kube/RULES.md")) {
    std::smatch match;
    if (std::regex_match(line, match, row)) rules.push_back({match[1], match[3], match[4]});
  }
  return rules;
}

std::vector<std::string> quoted(const std::string& text) {
  const std::regex code("`([^`]+)`");
  std::vector<std::string> out;
  for (std::sregex_iterator at(text.begin(), text.end(), code), end; at != end; ++at) {
    out.push_back((*at)[1]);
  }
  return out;
}

// "Suite.Test" of every test in the tree.
std::set<std::string> all_tests() {
  const std::regex declared(R"(\bTEST(_F|_P)?\(\s*(\w+),\s*(\w+)\))");
  std::set<std::string> names;
  for (const SourceFile& file : source_files("tests")) {
    std::string text;
    for (const std::string& line : file.lines) text += line + "\n";
    for (std::sregex_iterator at(text.begin(), text.end(), declared), end; at != end; ++at) {
      names.insert((*at)[2].str() + "." + (*at)[3].str());
    }
  }
  return names;
}

bool exists(const std::string& path) {
  return std::filesystem::exists(source_root() / path) ||
         std::filesystem::exists(source_root() / "operator" / path);
}

TEST(ProtocolRules, EveryNumberStandsInTheTableOnce) {
  std::map<std::string, int> count;
  for (const Rule& rule : read_rules()) ++count[rule.number];
  const std::map<char, int> last{{'R', 65}, {'L', 13}, {'F', 6}};
  std::size_t wanted = 0;
  for (const auto& [letter, most] : last) {
    for (int number = 1; number <= most; ++number, ++wanted) {
      EXPECT_EQ(count[letter + std::to_string(number)], 1) << letter << number;
    }
  }
  EXPECT_EQ(count.size(), wanted);
}

TEST(ProtocolRules, EachIsKeptInAFileAndShownByATestOrSaysWhyNot) {
  for (const Rule& rule : read_rules()) {
    if (rule.kept.starts_with("does not apply: ")) continue;
    EXPECT_FALSE(quoted(rule.kept).empty()) << rule.number << " is kept nowhere";
    EXPECT_FALSE(quoted(rule.shown).empty()) << rule.number << " is shown by nothing";
  }
}

TEST(ProtocolRules, WhatTheTableNamesExists) {
  const auto tests = all_tests();
  for (const Rule& rule : read_rules()) {
    for (const std::string& name : quoted(rule.kept)) {
      EXPECT_TRUE(exists(name)) << rule.number << ": no file " << name;
    }
    for (const std::string& name : quoted(rule.shown)) {
      const bool file = name.find('/') != std::string::npos;
      EXPECT_TRUE(file ? exists(name) : tests.contains(name)) << rule.number << ": no " << name;
    }
  }
}

TEST(ProtocolRules, CommentsReferToRulesThatExist) {
  std::set<std::string> known;
  for (const Rule& rule : read_rules()) known.insert(rule.number);
  const std::regex reference(R"(//.*\b([RL][0-9]+)\b)");
  for (const SourceFile& file : source_files("operator")) {
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, reference)) continue;
      EXPECT_TRUE(known.contains(match[1])) << file.name << ": " << line;
    }
  }
}

// What redis-cli and people do in an emergency, each of which can lose acknowledged writes.
TEST(ProtocolRules, F5NothingForcesADataStore) {
  std::size_t commands = 0;
  for (const SourceFile& file : source_files("operator")) {
    for (const std::string& line : file.lines) {
      if (line.find("\"CLUSTER\"") != std::string::npos) ++commands;
      for (const char* word : {"TAKEOVER", "FORCE", "HARD", "FLUSHALL", "FLUSHDB", "FLUSHSLOTS"}) {
        EXPECT_EQ(line.find('"' + std::string(word) + '"'), std::string::npos)
            << file.name << ": " << line;
      }
    }
  }
  EXPECT_GT(commands, 8U) << "the commands are not written as they were: this test sees nothing";
}

}  // namespace
}  // namespace evalscaler::architecture
