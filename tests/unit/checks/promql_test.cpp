// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/promql_labels.hpp"
#include "checks/promql_tokens.hpp"
#include "checks/promql_tree.hpp"

namespace evalscaler::checks {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> texts(std::string_view query) {
  std::vector<std::string> out;
  const auto tokens = tokens_of(query);
  if (!tokens) return {tokens.error().message};
  for (const Token& token : *tokens) out.emplace_back(token.text);
  out.pop_back();
  return out;
}

TokenKind first_kind(std::string_view query) {
  const auto tokens = tokens_of(query);
  return tokens ? tokens->front().kind : TokenKind::End;
}

// The tree as a person would bracket it.
std::string bracketed(const PromqlNode& node) {
  if (node.parts.empty()) return std::string(node.name);
  std::string out = "(" + std::string(node.kind == PromqlNode::Kind::Subquery ? ":" : node.name);
  for (const PromqlNode& part : node.parts) out += " " + bracketed(part);
  return out + ")";
}

std::string tree(std::string_view query) {
  const auto parsed = parse_promql(query);
  return parsed ? bracketed(*parsed) : parsed.error().message;
}

TEST(Tokens, StringsAndCommentsHideWhatIsInThem) {
  EXPECT_THAT(texts("a{b=\"} > 1 or vector(0) #\"} # or c\n+ 1"),
              ElementsAre("a", "{", "b", "=", "\"} > 1 or vector(0) #\"", "}", "+", "1"));
  EXPECT_THAT(texts(R"("a\"b" 'c"d' `e\`)"), ElementsAre(R"("a\"b")", "'c\"d'", R"(`e\`)"));
}

TEST(Tokens, NumbersAndDurationsAreToldApart) {
  for (const char* duration : {"5m", "1h30m", "100ms", "2w", "1y", "5d"}) {
    EXPECT_EQ(first_kind(duration), TokenKind::Duration) << duration;
  }
  for (const char* number : {"5", "0.5", ".5", "1e3", "1e-3", "1E+3", "0x1f", "1_000"}) {
    EXPECT_EQ(first_kind(number), TokenKind::Number) << number;
    EXPECT_EQ(texts(number).size(), 1U) << number;
  }
  EXPECT_THAT(texts("1e3-2"), ElementsAre("1e3", "-", "2"));
  EXPECT_THAT(texts("[1h:5m]"), ElementsAre("[", "1h", ":", "5m", "]"));
  EXPECT_THAT(texts("job:x:rate5m"), ElementsAre("job:x:rate5m"));
}

TEST(Tokens, TheLongestOperatorWins) {
  EXPECT_THAT(texts("a>=b!=c=~d!~e==f<=g"),
              ElementsAre("a", ">=", "b", "!=", "c", "=~", "d", "!~", "e", "==", "f", "<=", "g"));
}

TEST(Tokens, WhatNoQueryHasIsNamedWithItsPlace) {
  EXPECT_THAT(texts("a + \"b"), ElementsAre("byte 5: the string that begins here has no end"));
  EXPECT_THAT(texts("a $b"), ElementsAre("byte 3: '$' means nothing in PromQL"));
}

TEST(Tree, FollowsPrecedence) {
  EXPECT_EQ(tree("a or b and c > d + e * f ^ g"), "(or a (and b (> c (+ d (* e (^ f g))))))");
  EXPECT_EQ(tree("a - b - c"), "(- (- a b) c)");
  EXPECT_EQ(tree("a ^ b ^ c"), "(^ a (^ b c))");
  EXPECT_EQ(tree("-a ^ b * -c"), "(* (- (^ a b)) (- c))");
  EXPECT_EQ(tree("(a or b) and c"), "(and (or a b) c)");
  EXPECT_EQ(tree("a unless b OR c"), "(or (unless a b) c)");
}

TEST(Tree, TakesWhatRealQueriesAreMadeOf) {
  EXPECT_EQ(
      tree("sum by (a, b) (rate(x{c=\"d\",e!~'f'}[5m] offset -1h)) / on (a) group_left (z) y"),
      "(/ (sum (rate x)) y)");
  EXPECT_EQ(tree("sum(x) without (a)"), "(sum x)");
  EXPECT_EQ(tree("max_over_time(rate(x[1m])[1h:30s] @ end())"), "(max_over_time (: (rate x)))");
  EXPECT_EQ(tree("topk(3, x) > bool 1"), "(> (topk 3 x) 1)");
  EXPECT_EQ(tree("{__name__=\"x\", \"quoted.label\"=\"y\"}"), "");
  EXPECT_EQ(tree("{\"some.metric\"}"), "some.metric");
  EXPECT_EQ(tree("sum + count"), "(+ sum count)");  // metrics may have such names
  EXPECT_EQ(tree("-Inf"), "(- Inf)");
}

TEST(Tree, RemembersModifiers) {
  const auto parsed = parse_promql("a == bool ignoring (b) group_right (c) d");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_TRUE(parsed->as_bool);
  EXPECT_FALSE(parsed->is_filter());
  EXPECT_EQ(parsed->matching, PromqlNode::Matching::Ignoring);
  EXPECT_EQ(parsed->many, PromqlNode::Many::Right);
  EXPECT_THAT(parsed->included, ElementsAre("c"));
}

TEST(Tree, KnowsHowFarAQueryLooksBack) {
  const auto range = [](std::string_view query) { return longest_range(*parse_promql(query)); };
  EXPECT_EQ(range("rate(a[1m30s]) + increase(b[20s])"), milliseconds(90'000));
  EXPECT_EQ(range("a"), milliseconds(0));
  EXPECT_EQ(range("rate(a[90])"), milliseconds(90'000));
}

TEST(Tree, RefusesWithThePlace) {
  EXPECT_EQ(tree("sum(a"), "byte 6: ends too early");
  EXPECT_EQ(tree("a b"), "byte 3: 'b' is not expected");
  EXPECT_EQ(tree(""), "byte 1: ends too early");
  EXPECT_EQ(tree("a{b=c}"), "byte 5: 'c' is not expected");
  EXPECT_EQ(tree("rate(a[x])"), "byte 8: 'x' is not expected");
  EXPECT_EQ(tree("a and"), "byte 6: ends too early");
  EXPECT_EQ(tree("sum()"), "byte 6: ends too early");
  EXPECT_THAT(tree(std::string(100, '(')), HasSubstr("nested more than 64 deep"));
  EXPECT_THAT(tree(std::string(5000, '1')), HasSubstr("longer than 4096"));
}

bool may_have(std::string_view query, std::string_view label) {
  return labels_of(*parse_promql(query)).may_have(label);
}

TEST(Labels, AnAggregationLeavesWhatItGroupsBy) {
  EXPECT_TRUE(may_have("x", "a"));
  EXPECT_FALSE(may_have("sum(x)", "a"));
  EXPECT_TRUE(may_have("sum by (a) (x)", "a"));
  EXPECT_FALSE(may_have("sum by (a) (sum by (b) (x))", "a"));
  EXPECT_FALSE(may_have("sum without (a) (x)", "a"));
  EXPECT_TRUE(may_have("sum without (b) (x)", "a"));
  EXPECT_TRUE(may_have("topk(3, sum by (a) (x))", "a"));
  EXPECT_TRUE(may_have("quantile by (a) (0.9, x)", "a"));
}

TEST(Labels, FunctionsAndOperatorsKeepThem) {
  EXPECT_TRUE(may_have("label_replace(sum by (b) (x), \"a\", \"$1\", \"b\", \"(.*)\")", "a"));
  EXPECT_FALSE(may_have("histogram_quantile(0.9, sum by (a, le) (x))", "le"));
  EXPECT_TRUE(may_have("histogram_quantile(0.9, sum by (a, le) (x))", "a"));
  EXPECT_TRUE(may_have("100 * sum by (a) (x)", "a"));
  EXPECT_FALSE(may_have("x / on (b) y", "a"));
  EXPECT_TRUE(may_have("x / on (b) group_left y", "a"));
  EXPECT_FALSE(may_have("sum(x) / on () group_left y", "a"));
  EXPECT_TRUE(may_have("sum(x) / on () group_right y", "a"));
  EXPECT_FALSE(may_have("sum by (a) (x) or sum(y)", "a"));
  EXPECT_TRUE(may_have("sum by (a) (x) and on (b) y", "a"));
  EXPECT_FALSE(may_have("vector(1)", "a"));
  EXPECT_FALSE(may_have("time()", "a"));
}

}  // namespace
}  // namespace evalscaler::checks
