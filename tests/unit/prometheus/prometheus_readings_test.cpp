// SPDX-License-Identifier: Apache-2.0
#include "prometheus/prometheus_readings.hpp"

#include <gmock/gmock.h>

#include "unit/prometheus/polling.hpp"

namespace evalscaler::prometheus {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

using Readings = Polling;

TEST_F(Readings, GoodAnswerIsFreshWithItsTime) {
  const Reading reading = after(200, vector_body(row_text("prediction", "41.5")));
  EXPECT_EQ(reading.state, ReadingState::Fresh);
  EXPECT_EQ(reading.value, 41.5);
  EXPECT_EQ(reading.sample_time, clock.wall() - QueryPlan::kSettling);
}

TEST_F(Readings, BeforeTheFirstAnswerEverythingIsMissing) {
  start({metric("load")});
  EXPECT_EQ(read(use("load")), Reading::missing("not asked for yet"));
  demand({"load"});
  EXPECT_EQ(read(use("load")), Reading::missing("not asked for yet"));
  EXPECT_EQ(readings->rounds(key()), 0U);
}

TEST_F(Readings, RefusedConnectionIsMissing) {
  const Reading reading = after([](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
    return fail(ErrorKind::Unavailable, "connection refused");
  });
  EXPECT_EQ(reading, Reading::missing("Prometheus default: connection refused"));
  EXPECT_EQ(readings->rounds(key()), 1U) << "a failed round is a round";
}

TEST_F(Readings, NoAnswerIsMissing) {
  EXPECT_EQ(after([](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
              return fail(ErrorKind::OutcomeUnknown, "no answer within 5 s");
            }).state,
            ReadingState::Missing);
}

TEST_F(Readings, AnswerBeyondTheCapIsInvalid) {
  EXPECT_EQ(after([](const wire::HttpRequest&) -> Result<wire::HttpResponse> {
              return fail(ErrorKind::Invalid, "the answer is larger than 16 MiB");
            }).state,
            ReadingState::Invalid);
}

TEST_F(Readings, ServiceUnavailableIsMissing) {
  EXPECT_EQ(after(503, "<html>secret</html>"), Reading::missing("Prometheus default: HTTP 503"));
}

TEST_F(Readings, RefusedQueryTellsTheProtocolsReasonOnly) {
  EXPECT_EQ(
      after(400, R"({"status":"error","errorType":"bad_data","error":"parse error: secret"})"),
      Reading::missing("Prometheus default: HTTP 400, the query failed (bad_data)"));
}

TEST_F(Readings, RedirectIsMissing) {
  EXPECT_THAT(after(302, "").why, HasSubstr("redirects are not followed"));
}

TEST_F(Readings, HtmlWithStatus200IsInvalid) {
  EXPECT_EQ(after(200, "<html></html>"),
            Reading::invalid("Prometheus default: the answer is not JSON"));
}

TEST_F(Readings, TruncatedAnswerGivesNoRowAtAll) {
  const std::string body = vector_body(row_text("prediction", "1") + "," + row_text("b", "2"));
  EXPECT_EQ(after(200, body.substr(0, body.size() - 9)).state, ReadingState::Invalid);
}

TEST_F(Readings, DeepNestingIsInvalid) {
  EXPECT_EQ(after(200, std::string(100'000, '[')).state, ReadingState::Invalid);
}

TEST_F(Readings, ScalarAndMatrixAreInvalid) {
  EXPECT_THAT(
      after(200, R"({"status":"success","data":{"resultType":"scalar","result":[1,"0"]}})").why,
      HasSubstr("gives a scalar"));
}

TEST_F(Readings, EmptyVectorIsMissing) {
  EXPECT_EQ(after(200, vector_body("")), Reading::missing("no series for ml/prediction"));
}

TEST_F(Readings, NanIsInvalid) {
  EXPECT_EQ(after(200, vector_body(row_text("prediction", "NaN"))),
            Reading::invalid("the value is NaN"));
}

TEST_F(Readings, InfinityIsInvalid) {
  EXPECT_EQ(after(200, vector_body(row_text("prediction", "-Inf"))).state, ReadingState::Invalid);
}

TEST_F(Readings, TwoSeriesForOneServiceAreInvalid) {
  EXPECT_EQ(
      after(200, vector_body(row_text("prediction", "1") + "," + row_text("prediction", "1"))),
      Reading::invalid("2 series for one service; aggregate by namespace, service"));
}

TEST_F(Readings, WarningsMakeAReadingPartial) {
  EXPECT_TRUE(after(200, vector_body(row_text("prediction", "1"), R"(,"warnings":["x"])")).partial);
}

TEST_F(Readings, ClockSkewIsInvalidEitherWay) {
  const Reading reading = after(200, vector_body(row_text("prediction", "1", "1767225700")));
  EXPECT_EQ(reading, Reading::invalid("Prometheus default: clock skew, its clock is 1m30s or more "
                                      "ahead of this machine's"));
}

TEST_F(Readings, FailureReplacesTheLastGoodAnswer) {
  after(200, vector_body(row_text("prediction", "1")));
  clock.advance(seconds(15));
  http.expect(fail(ErrorKind::Unavailable, "connection refused"));
  ask_all();
  EXPECT_EQ(read(use("load")).state, ReadingState::Missing);
}

TEST_F(Readings, AnswerGrowsOldWhenNobodyAsks) {
  after(200, vector_body(row_text("prediction", "1")));
  clock.advance(seconds(60));
  EXPECT_TRUE(read(use("load")).fresh());
  clock.advance(seconds(1));
  EXPECT_THAT(read(use("load")).why, HasSubstr("the last answer is 61 s old"));
}

TEST_F(Readings, AgeAndMaturityAreOneMoreQueryEachForAllServices) {
  CatalogueMetric load = metric("load");
  load.age_query = "age";
  load.maturity = "mature";
  start({load});
  demand({"load"}, "a");
  demand({"load"}, "b");
  const auto answer = [](std::string a, std::string b) {
    return vector_body(row_text("a", a) + "," + row_text("b", b));
  };
  http.expect(200, answer("1", "2"));
  http.expect(200, answer("95", "5"));
  http.expect(200, answer("1", "0.25"));
  EXPECT_EQ(ask_all(), 3U);
  EXPECT_EQ(read(use("load", "a")), Reading::missing("sample is 95 s old, maxAge 60 s"));
  EXPECT_EQ(read(use("load", "b")).state, ReadingState::Immature);
}

TEST_F(Readings, UnknownMetricAndServerNameWhatIsKnown) {
  start({metric("load"), metric("depth")});
  EXPECT_EQ(readings->problem(use("load")), "");
  EXPECT_EQ(readings->problem(use("lod")),
            "no metric 'lod' in the operator's catalogue; known: depth, load");
  MetricUse elsewhere = use("load");
  elsewhere.server = "thanos";
  EXPECT_EQ(readings->problem(elsewhere),
            "the operator knows no Prometheus server 'thanos'; known: default");
  EXPECT_EQ(read(elsewhere), Reading::missing(readings->problem(elsewhere)));
  demand({"lod"});
  EXPECT_EQ(ask_all(), 0U);
}

TEST_F(Readings, OwnQueryIsAskedAndMayBeOneBareNumber) {
  start({metric("load")});
  const MetricUse own = use("mine", "prediction", "sum(my_gauge)");
  readings->demand(key(), {own}, seconds(15));
  clock.advance(QueryPlan::kSettling);
  http.expect(200, vector_body(R"({"metric":{},"value":[1767225600,"12"]})"));
  ask_all();
  EXPECT_EQ(read(own).value, 12);
}

TEST_F(Readings, OwnQueriesCanBeForbidden) {
  start({metric("load")}, InlineQueries::Forbidden);
  const MetricUse own = use("mine", "prediction", "sum(my_gauge)");
  readings->demand(key(), {own}, seconds(15));
  clock.advance(QueryPlan::kSettling);
  EXPECT_EQ(ask_all(), 0U);
  EXPECT_THAT(readings->problem(own), HasSubstr("--inline-queries=false"));
  EXPECT_EQ(read(own).state, ReadingState::Missing);
}

TEST_F(Readings, OneAnswerIsReadUnderEveryPairOfLabels) {
  CatalogueMetric by_service = metric("load");
  CatalogueMetric by_pod = metric("load");
  by_pod.name = "pods";
  by_pod.identity = {"", "pod"};
  start({by_service, by_pod});
  readings->demand(key("a"), {use("load", "a"), use("pods", "p")}, seconds(15));
  clock.advance(QueryPlan::kSettling);
  http.expect(200, vector_body(R"({"metric":{"namespace":"ml","service":"a","pod":"p"},)"
                               R"("value":[1767225600,"3"]})"));
  EXPECT_EQ(ask_all(), 1U);
  EXPECT_EQ(read(use("load", "a")).value, 3);
  EXPECT_EQ(read(use("pods", "p")).value, 3);
}

TEST_F(Readings, ForgottenServiceIsNoLongerRead) {
  after(200, vector_body(row_text("prediction", "1")));
  readings->forget(key());
  EXPECT_EQ(read(use("load")), Reading::missing("not asked for yet"));
  clock.advance(seconds(60));
  EXPECT_EQ(ask_all(), 0U);
}

TEST_F(Readings, NewcomerIsNotMissedInAnAnswerFromBeforeIt) {
  after(200, vector_body(row_text("prediction", "1") + "," + row_text("late", "2")));
  demand({"load"}, "late");
  EXPECT_EQ(read(use("load", "late")), Reading::missing("not asked for yet"));
  EXPECT_TRUE(read(use("load")).fresh());
}

TEST_F(Readings, ProportionComesFromTheCatalogue) {
  CatalogueMetric constant = metric("memory");
  constant.proportion = Proportion::Constant;
  start({metric("load"), constant});
  EXPECT_TRUE(readings->proportional(use("load")));
  EXPECT_FALSE(readings->proportional(use("memory")));
  EXPECT_TRUE(readings->proportional(use("memory", "prediction", "own")));
}

}  // namespace
}  // namespace evalscaler::prometheus
