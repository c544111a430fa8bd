// SPDX-License-Identifier: Apache-2.0
#include "prometheus/vector_answer.hpp"

#include <gtest/gtest.h>

#include <string>

namespace evalscaler::prometheus {
namespace {

struct Decoded {
  wire::JsonReader reader;
  VectorAnswer answer;

  VectorAnswer& of(std::string json, const IdentityLabels& labels = {}) {
    answer.read(reader, json, labels);
    return answer;
  }
};

std::string vector_of(const std::string& rows, const std::string& more = "") {
  return R"({"status":"success","data":{"resultType":"vector","result":[)" + rows + "]}" + more +
         "}";
}

std::string row_of(const std::string& labels, const std::string& value) {
  return R"({"metric":{)" + labels + R"(},"value":[1767225600.5,")" + value + R"("]})";
}

TEST(VectorAnswer, GivesIdentityAndValueOfEachRow) {
  Decoded decoded;
  VectorAnswer& answer =
      decoded.of(vector_of(row_of(R"("namespace":"ml","pod":"x","service":"a")", "1.5") + "," +
                           row_of(R"("service":"b","__name__":"up","namespace":"web")", "-2e3")));
  ASSERT_EQ(answer.state(), ReadingState::Fresh);
  ASSERT_EQ(answer.size(), 2U);
  EXPECT_EQ(answer.row(0).space, "ml");
  EXPECT_EQ(answer.row(0).name, "a");
  EXPECT_EQ(answer.row(0).value, 1.5);
  EXPECT_EQ(answer.row(1).space, "web");
  EXPECT_EQ(answer.row(1).name, "b");
  EXPECT_EQ(answer.row(1).value, -2000);
  ASSERT_TRUE(answer.evaluated_at());
  EXPECT_EQ(answer.evaluated_at()->time_since_epoch(), std::chrono::milliseconds(1767225600500));
}

TEST(VectorAnswer, TakesTheLabelsTheCatalogueNames) {
  Decoded decoded;
  const auto body = vector_of(row_of(R"("namespace":"ml","workload":"w","service":"s")", "1"));
  EXPECT_EQ(decoded.of(body, {"", "workload"}).row(0).name, "w");
  EXPECT_EQ(decoded.answer.row(0).space, "");
}

TEST(VectorAnswer, RowsWithoutIdentityHaveNoName) {
  Decoded decoded;
  EXPECT_EQ(decoded.of(vector_of(row_of("", "3"))).row(0).name, "");
}

TEST(VectorAnswer, EmptyVectorIsAGoodAnswerWithoutRows) {
  Decoded decoded;
  EXPECT_EQ(decoded.of(vector_of("")).state(), ReadingState::Fresh);
  EXPECT_EQ(decoded.answer.size(), 0U);
  EXPECT_FALSE(decoded.answer.evaluated_at());
}

struct OddValue {
  std::string text;
  SampleKind kind;
};

class OddValues : public testing::TestWithParam<OddValue> {};

TEST_P(OddValues, AreMarkedNotMadeNumbers) {
  Decoded decoded;
  const auto row = decoded.of(vector_of(row_of("", GetParam().text))).row(0);
  EXPECT_EQ(row.kind, GetParam().kind) << GetParam().text;
}

INSTANTIATE_TEST_SUITE_P(
    Values, OddValues,
    testing::Values(OddValue{"NaN", SampleKind::NotANumber}, OddValue{"+Inf", SampleKind::Infinite},
                    OddValue{"-Inf", SampleKind::Infinite}, OddValue{"1e400", SampleKind::Infinite},
                    OddValue{"", SampleKind::Unreadable}, OddValue{"0x10", SampleKind::Unreadable},
                    OddValue{" 5", SampleKind::Unreadable}, OddValue{"5 ", SampleKind::Unreadable},
                    OddValue{"1_000", SampleKind::Unreadable},
                    OddValue{"0.0000001", SampleKind::Number}));

TEST(VectorAnswer, HistogramRowHasNoNumber) {
  Decoded decoded;
  const auto body = vector_of(R"({"metric":{},"histogram":[1,{"count":"3","sum":"4"}]})");
  EXPECT_EQ(decoded.of(body).row(0).kind, SampleKind::Unreadable);
}

struct Unusable {
  std::string name;
  std::string body;
  ReadingState state;
  std::string why;
};

class UnusableAnswers : public testing::TestWithParam<Unusable> {};

TEST_P(UnusableAnswers, GiveAStateAReasonAndNoRows) {
  Decoded decoded;
  decoded.of(vector_of(row_of("", "1")));  // what was there before must not shine through
  VectorAnswer& answer = decoded.of(GetParam().body);
  EXPECT_EQ(answer.state(), GetParam().state);
  EXPECT_EQ(answer.why(), GetParam().why);
  EXPECT_EQ(answer.size(), 0U);
}

std::string whole() {
  return vector_of(row_of(R"("service":"a")", "1"));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, UnusableAnswers,
    testing::Values(
        Unusable{"Html", "<html><body>502 Bad Gateway</body></html>", ReadingState::Invalid,
                 "the answer is not JSON"},
        Unusable{"Empty", "", ReadingState::Invalid, "the answer is not JSON"},
        Unusable{"Truncated", whole().substr(0, whole().size() - 20), ReadingState::Invalid,
                 "the answer is JSON that is cut short or malformed"},
        Unusable{"CutAfterTheRows", whole().substr(0, whole().size() - 1), ReadingState::Invalid,
                 "the answer is JSON that is cut short or malformed"},
        Unusable{"TwoDocuments", whole() + whole(), ReadingState::Invalid,
                 "the answer is JSON that is cut short or malformed"},
        Unusable{"Deep",
                 "{\"status\":" + std::string(100'000, '[') + std::string(100'000, ']') + "}",
                 ReadingState::Invalid, "the answer is not Prometheus' (no status)"},
        Unusable{"Scalar",
                 R"({"status":"success","data":{"resultType":"scalar","result":[1,"2"]}})",
                 ReadingState::Invalid, "the query gives a scalar, not a vector"},
        Unusable{"ScalarTypeLast",
                 R"({"data":{"result":[1,"2"],"resultType":"scalar"},"status":"success"})",
                 ReadingState::Invalid, "the query gives a scalar, not a vector"},
        Unusable{"String",
                 R"({"status":"success","data":{"resultType":"string","result":[1,"x"]}})",
                 ReadingState::Invalid, "the query gives a string, not a vector"},
        Unusable{
            "Matrix",
            R"({"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"2"]]}]}})",
            ReadingState::Invalid, "the query gives a matrix, not a vector"},
        Unusable{"Failed", R"({"status":"error","errorType":"timeout","error":"secret detail"})",
                 ReadingState::Missing, "the query failed (timeout)"},
        Unusable{"FailedForOddReasons",
                 R"({"status":"error","errorType":"<b>boo</b>","error":"x"})",
                 ReadingState::Missing, "the query failed (no known reason)"},
        Unusable{"OtherJson", R"({"hello":"world"})", ReadingState::Invalid,
                 "the answer is not Prometheus' (no status)"},
        Unusable{"OtherShape", R"({"status":{"deep":1},"data":[1,2]})", ReadingState::Invalid,
                 "the answer is not Prometheus' (no status)"}),
    [](const auto& each) { return each.param.name; });

TEST(VectorAnswer, WarningsMakeItPartialAndStyleRemarksDoNot) {
  Decoded decoded;
  EXPECT_TRUE(decoded.of(vector_of("", R"(,"warnings":["store x did not answer"])")).partial());
  EXPECT_FALSE(
      decoded.of(vector_of("", R"(,"warnings":["PromQL info: metric might not be a counter"])"))
          .partial());
  EXPECT_FALSE(decoded.of(vector_of("", R"(,"infos":["anything"])")).partial());
  EXPECT_TRUE(decoded.of(vector_of("", R"(,"isPartial":true)")).partial());
}

TEST(VectorAnswer, ReadsTenThousandRows) {
  std::string rows;
  for (int i = 0; i < 10'000; ++i) {
    if (i > 0) rows += ',';
    rows += row_of(R"("namespace":"ml","service":"s)" + std::to_string(i) + '"', std::to_string(i));
  }
  Decoded decoded;
  VectorAnswer& answer = decoded.of(vector_of(rows));
  ASSERT_EQ(answer.size(), 10'000U);
  EXPECT_EQ(answer.row(9'999).name, "s9999");
  EXPECT_EQ(answer.row(9'999).value, 9'999);
}

}  // namespace
}  // namespace evalscaler::prometheus
