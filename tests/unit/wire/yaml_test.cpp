// SPDX-License-Identifier: Apache-2.0
#include "wire/yaml.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <string>

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string json_of(std::string_view yaml) {
  const auto document = read_yaml(yaml);
  return document ? document->json : "error: " + document.error().message;
}

std::string error_of(std::string_view yaml) {
  const auto document = read_yaml(yaml);
  if (document) return "no error but " + document->json;
  EXPECT_EQ(document.error().kind, ErrorKind::Invalid);
  EXPECT_THAT(document.error().message, Not(HasSubstr("\n")));
  return document.error().message;
}

std::string repeated(std::string_view text, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += text;
  return out;
}

TEST(Yaml, BlockAndFlowStylesBecomeTheSameJson) {
  const std::string expected = R"({"a":{"b":[1,"x"]},"c":[{"d":true}]})";
  EXPECT_EQ(json_of("a:\n  b:\n  - 1\n  - x\nc:\n- d: true\n"), expected);
  EXPECT_EQ(json_of("{a: {b: [1, x]}, c: [{d: true}]}"), expected);
  EXPECT_EQ(json_of(expected), expected);
}

TEST(Yaml, PlainScalarsHaveTheirCoreTypeAndQuotedOnesAreText) {
  EXPECT_EQ(json_of("[1, -0.5, 1e2, 12345678901234567890]"), "[1,-0.5,1e2,12345678901234567890]");
  EXPECT_EQ(json_of("[true, False, null, ~, '', ]"), R"([true,false,null,null,""])");
  EXPECT_EQ(json_of(R"(['1', "true", 'null'])"), R"(["1","true","null"])");
}

TEST(Yaml, NumbersThatJsonCannotWriteKeepTheirText) {
  EXPECT_EQ(json_of("[0x10, 1_000, +5, .5, 5., 007, .inf, .NaN, 1Gi, 1:30, 0o7, -, -a]"),
            R"(["0x10","1_000","+5",".5","5.","007",".inf",".NaN","1Gi","1:30","0o7","-","-a"])");
}

TEST(Yaml, WordsOfYaml11AreText) {
  EXPECT_EQ(json_of("[yes, no, on, off, y, n]"), R"(["yes","no","on","off","y","n"])");
}

TEST(Yaml, CoreTagsDecideTheTypeAndOthersAreRefused) {
  EXPECT_EQ(json_of("[!!str 1, !!int 2, !!float 2.5, !!bool true, !!null ~, !!seq [], !!map {}]"),
            R"(["1",2,2.5,true,null,[],{}])");
  EXPECT_EQ(error_of("a: !!binary aGk="),
            "line 1, column 4: the tag '!!binary' is not supported; remove it");
  EXPECT_THAT(error_of("a: !include x"), HasSubstr("'!include' is not supported"));
  EXPECT_THAT(error_of("a: !!set {}"), HasSubstr("'!!set' is not supported"));
  EXPECT_THAT(error_of("a: !!int x"), HasSubstr("'x' is not what its tag !!int says"));
  EXPECT_THAT(error_of("a: !!int 1.5"), HasSubstr("!!int"));
}

TEST(Yaml, AnchorsAndAliasesAreRefusedBeforeTheyMultiply) {
  EXPECT_EQ(error_of("a: &x 1\nb: *x\n"),
            "line 1, column 4: anchors (&name) are not supported; write the value out");
  std::string bomb = "a0: &a0 [x]\n";
  for (int i = 1; i < 30; ++i) {
    const std::string last = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + "," + last + "]\n";
  }
  EXPECT_THAT(error_of(bomb), HasSubstr("anchors"));
  EXPECT_THAT(error_of("a: *nobody"), StartsWith("line 1"));
  EXPECT_THAT(error_of("&k a: 1"), HasSubstr("anchors"));
  EXPECT_THAT(error_of("a: &m {b: 1}"), HasSubstr("anchors"));
}

TEST(Yaml, DuplicateKeysAreNamedWithTheirPlace) {
  EXPECT_EQ(error_of("a: 1\nb:\n  c: 1\n  c: 2\n"),
            "line 4, column 3: the key 'c' stands here a second time");
  EXPECT_EQ(json_of("a: {c: 1}\nb: {c: 1}\n"), R"({"a":{"c":1},"b":{"c":1}})");
}

TEST(Yaml, KeysMustBePlainText) {
  EXPECT_THAT(error_of("? [a, b]\n: 1\n"), HasSubstr("a key must be plain text"));
  EXPECT_THAT(error_of("? {a: b}\n: 1\n"), HasSubstr("a key must be plain text"));
  EXPECT_THAT(error_of("~: 1"), HasSubstr("a key is empty"));
  EXPECT_EQ(json_of("1: a\ntrue: b\n"), R"({"1":"a","true":"b"})");
}

TEST(Yaml, DepthIsBoundedInEveryStyle) {
  EXPECT_EQ(json_of(repeated("[", 32) + repeated("]", 32)), repeated("[", 32) + repeated("]", 32));
  for (const std::string& deep :
       {repeated("[", 33) + repeated("]", 33), repeated("{a: ", 33) + repeated("}", 33),
        repeated("- ", 10'000) + "x"}) {
    EXPECT_THAT(error_of(deep), HasSubstr("nested deeper than 32 levels"));
  }
  // Beyond 1024 characters the parser itself gives up on a bracket; the place is still named.
  for (const std::string& deep :
       {repeated("[", 10'000), repeated("{a: ", 10'000), repeated("[", 1'000'000)}) {
    EXPECT_THAT(error_of(deep), StartsWith("line 1, "));
  }
  std::string block;
  for (int i = 0; i < 1'000; ++i) block += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  EXPECT_THAT(error_of(block), HasSubstr("nested deeper than 32 levels"));
}

TEST(Yaml, SizeIsBounded) {
  EXPECT_THAT(error_of(std::string((1U << 20U) + 1, 'x')), HasSubstr("larger than 1048576 bytes"));
}

TEST(Yaml, LongPathsDoNotMultiplyTheInput) {
  std::string yaml;
  const std::string key(120, 'k');
  for (std::size_t level = 0; level < 20; ++level) yaml += std::string(level, ' ') + key + ":\n";
  const std::string indent(20, ' ');
  yaml += indent + "x:\n";
  for (int i = 0; i < 150'000; ++i) yaml += indent.substr(0, 20) + "- 1\n";
  yaml.resize(yaml.rfind('\n', (1U << 20U) - 1) + 1);
  const auto document = read_yaml(yaml);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_LT(document->lines.size(), 3'000U);
}

TEST(Yaml, BytesThatAreNotTextAreRefused) {
  EXPECT_THAT(error_of(std::string_view("a: 1\nb: \0 x", 11)), StartsWith("line 2: holds a NUL"));
  EXPECT_THAT(error_of("a: \xff\xfe"), HasSubstr("not UTF-8"));
  EXPECT_THAT(error_of(std::string_view("\xff\xfe\x61\x00", 4)), HasSubstr("UTF-8"));
}

TEST(Yaml, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(json_of("\xEF\xBB\xBF"
                    "a: 1"),
            R"({"a":1})");
}

TEST(Yaml, TabsAsIndentationAreAnErrorWithItsLine) {
  EXPECT_THAT(error_of("a:\n\tb: 1\n"), StartsWith("line 2"));
}

TEST(Yaml, BrokenTextIsAnErrorWithItsLine) {
  for (const char* yaml : {"a: [1, 2", "a: \"x", "a: b: c", "a: {", "- a\nb", "%YAML 9.9\n--- a",
                           "}", "]", "a: |\n x\n y: z\n\tq", "@a", "a: `b`"}) {
    EXPECT_THAT(error_of(yaml), StartsWith("line ")) << yaml;
  }
}

TEST(Yaml, AStrayCommaIsAnErrorAndNotAnEndlessFile) {
  for (const std::string text : {"1\n---\n, query: q", "\"a\",\"b\":{", ","}) {
    EXPECT_NE(error_of(text).find("not YAML from here on"), std::string::npos) << text;
  }
}

TEST(Yaml, AnEmptyFileIsNull) {
  for (const char* yaml : {"", "\n\n", "# nothing\n", "---\n", "---\n---\n", "~"}) {
    EXPECT_EQ(json_of(yaml), "null") << yaml;
  }
}

TEST(Yaml, ASecondDocumentIsRefusedUnlessAskedFor) {
  const std::string two = "---\na: 1\n---\n---\nb: 2\n...\n";
  EXPECT_THAT(error_of(two), HasSubstr("a second document begins here; keep only one"));
  const auto documents = read_yaml_stream(two);
  ASSERT_TRUE(documents);
  ASSERT_EQ(documents->size(), 2U);
  EXPECT_EQ((*documents)[1].json, R"({"b":2})");
  EXPECT_EQ((*documents)[1].lines.at("b"), 5U);
}

TEST(Yaml, TextKeepsLineBreaksAndQuotes) {
  EXPECT_EQ(json_of("a: |\n  one \"1\"\n  two\n"), R"({"a":"one \"1\"\ntwo\n"})");
}

TEST(YamlDocument, PlacesAMessageAtTheLineOfItsPath) {
  const auto document = read_yaml("spec:\n  tiers:\n  - min: 1\n  - name: b\n    min: x\n");
  ASSERT_TRUE(document);
  EXPECT_EQ(document->placed("s.yaml", "spec.tiers[1].min: must be a whole number"),
            "s.yaml:5: spec.tiers[1].min: must be a whole number");
  EXPECT_EQ(document->placed("s.yaml", "spec.tiers[0].max: is missing"),
            "s.yaml:3: spec.tiers[0].max: is missing");
  EXPECT_EQ(document->placed("s.yaml", "no such thing"), "s.yaml: no such thing");
}

TEST(ReadFile, NamesTheFileInEveryError) {
  const auto absent = read_file("/nonexistent/x.yaml");
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().kind, ErrorKind::NotFound);
  EXPECT_EQ(absent.error().message,
            "/nonexistent/x.yaml: cannot be opened: No such file or directory");
  const auto folder = read_file("/");
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, "/: is a directory; name a file");
  const auto device = read_file("/dev/zero");
  ASSERT_FALSE(device);
  EXPECT_EQ(device.error().message, "/dev/zero: is not a file");
}

TEST(ReadFile, ReadsUpToItsLimit) {
  const std::filesystem::path path =
      std::filesystem::path(::testing::TempDir()) / "evalscaler_read_file_test";
  std::ofstream(path) << "12345";
  EXPECT_EQ(read_file(path.string(), 5).value(), "12345");
  const auto large = read_file(path.string(), 4);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().message, path.string() + ": larger than 4 bytes");
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace evalscaler::wire
