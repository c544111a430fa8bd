// SPDX-License-Identifier: Apache-2.0
#include "checks/query_smells.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "checks/catalogue_metrics.hpp"
#include "checks/reasons.hpp"
#include "prometheus/builtin_metrics.hpp"

namespace evalscaler::checks {
namespace {

using testing::HasSubstr;

bool smells(std::string_view reason, std::string_view query, const QueryContext& context = {}) {
  for (const Smell& smell : smells_of(query, context)) {
    if (smell.reason == reason) return true;
  }
  return false;
}

QueryContext catalogue(std::string_view unit = "") {
  QueryContext context;
  context.owner = QueryContext::Owner::Catalogue;
  context.unit = unit;
  return context;
}

TEST(Smells, OfTheBuiltInMetricsAreNone) {
  for (const int scrape : {5, 15, 30}) {
    const prometheus::BuiltinWindows windows{std::chrono::seconds(4 * scrape),
                                             std::chrono::seconds(scrape)};
    for (const auto& metric : prometheus::builtin_metrics(windows)) {
      const QueryContext context{QueryContext::Owner::Catalogue, metric.identity,
                                 windows.scrape_interval, metric.unit};
      for (const Smell& smell : smells_of(metric.query, context)) {
        ADD_FAILURE() << metric.name << " " << smell.reason << ": " << smell.message;
      }
    }
  }
}

TEST(Smells, HidesMissing) {
  for (const char* query : {"sum(x) or vector(0)", "sum(x) or on() vector(0)",
                            "sum(x OR vector(1)) > bool 1", "sum(x) or (vector(0))"}) {
    EXPECT_TRUE(smells(reasons::kHidesMissing, query)) << query;
  }
  for (const char* query : {"sum(x{a=\"or vector(0)\"})", "sum(x) # or vector(0)",
                            "sum(x) or 0 * sum(y)", "sum(x) * vector(2)"}) {
    EXPECT_FALSE(smells(reasons::kHidesMissing, query)) << query;
  }
}

TEST(Smells, FilteringComparison) {
  for (const char* query : {"sum(x) > 10", "count(up == 1)", "(sum(x) != 0) * 2", "2 * (x < 3)",
                            "abs(sum(x) >= 1)", "sum(x) > 10 and sum(y)"}) {
    EXPECT_TRUE(smells(reasons::kFilteringComparison, query)) << query;
  }
  for (const char* query : {"sum(x) > bool 10", "sum(x{a!=\"b\"})", "sum(x) / (sum(y) > 0)",
                            "sum(x) and sum(y) > 0", "sum(x) / (sum(y) > 0) or (sum(y) == 0) + 0",
                            "sum(x unless y == 0)", "sum(x{a=~\"x > 3\"})"}) {
    EXPECT_FALSE(smells(reasons::kFilteringComparison, query)) << query;
  }
}

TEST(Smells, ShortWindow) {
  EXPECT_TRUE(smells(reasons::kShortWindow, "sum(rate(x[59s]))"));
  EXPECT_FALSE(smells(reasons::kShortWindow, "sum(rate(x[60s]))"));
  EXPECT_FALSE(smells(reasons::kShortWindow, "max_over_time(sum(x)[30s:15s])"));
  EXPECT_TRUE(smells(reasons::kShortWindow, "sum(rate(x[5m])) + sum(increase(y[30s]))"));
  QueryContext slow;
  slow.scrape_interval = std::chrono::seconds(60);
  EXPECT_TRUE(smells(reasons::kShortWindow, "sum(rate(x[3m]))", slow));
  EXPECT_THAT(smells_of("sum(rate(x[1m]))", slow).front().message, HasSubstr("seldom holds"));
  EXPECT_EQ(smells_of("sum(rate(x[1m]))", slow).front().fix, "[240s]");
}

TEST(Smells, NoIdentity) {
  EXPECT_TRUE(smells(reasons::kNoIdentity, "sum(rate(x[1m]))", catalogue()));
  EXPECT_TRUE(smells(reasons::kNoIdentity, "sum by (namespace) (x)", catalogue()));
  EXPECT_TRUE(smells(reasons::kNoIdentity, "sum by (service) (x)", catalogue()));
  EXPECT_FALSE(smells(reasons::kNoIdentity, "sum by (namespace, service) (x)", catalogue()));
  EXPECT_FALSE(smells(reasons::kNoIdentity, "sum without (pod) (x)", catalogue()));
  QueryContext names_only = catalogue();
  names_only.identity.space = "";
  EXPECT_FALSE(smells(reasons::kNoIdentity, "sum by (service) (x)", names_only));
  EXPECT_FALSE(smells(reasons::kNoIdentity, "sum(x)"));  // a resource's own may be one number
}

TEST(Smells, ManySeries) {
  EXPECT_TRUE(smells(reasons::kManySeries, "rate(x{a=\"b\"}[1m])"));
  EXPECT_TRUE(smells(reasons::kManySeries, "x", catalogue()));
  EXPECT_TRUE(smells(reasons::kManySeries, "sum by (pod) (x)"));
  EXPECT_FALSE(smells(reasons::kManySeries, "sum by (namespace, service) (x)"));
  EXPECT_FALSE(smells(reasons::kManySeries, "sum(x)"));
  EXPECT_FALSE(smells(reasons::kManySeries, "scalar(x)"));
}

TEST(Smells, InstantRate) {
  EXPECT_TRUE(smells(reasons::kInstantRate, "sum(irate(x[1m]))"));
  EXPECT_FALSE(smells(reasons::kInstantRate, "sum(rate(irate{a=\"irate(\"}[1m]))"));
}

TEST(Smells, IncreaseIsNoRate) {
  const char* const query = "sum by (namespace, service) (increase(x[1m]))";
  EXPECT_TRUE(smells(reasons::kIncreaseIsNoRate, query, catalogue("requests/s")));
  EXPECT_FALSE(smells(reasons::kIncreaseIsNoRate, query, catalogue("requests per minute")));
  EXPECT_FALSE(smells(reasons::kIncreaseIsNoRate,
                      "sum by (namespace, service) (increase(x[1m])) / 60", catalogue("req/s")));
}

TEST(Smells, AverageOfQuotients) {
  EXPECT_TRUE(smells(reasons::kAverageOfQuotients, "avg(rate(a[1m]) / rate(b[1m]))"));
  EXPECT_FALSE(smells(reasons::kAverageOfQuotients, "sum(rate(a[1m])) / sum(rate(b[1m]))"));
  EXPECT_FALSE(smells(reasons::kAverageOfQuotients, "avg(used / limit)"));
}

TEST(Smells, IdleDivision) {
  const std::string quotient = "sum(rate(a[1m])) / sum(rate(b[1m]))";
  const std::string guarded = "sum(rate(a[1m])) / (sum(rate(b[1m])) > 0)";
  for (const std::string& query :
       {quotient, "100 * " + quotient, "1 - " + quotient, guarded, quotient + " or vector(0)",
        quotient + " >= 0", "(" + quotient + ") * 1000", quotient + " and sum(rate(b[1m])) > 0",
        std::string("histogram_quantile(0.9, sum by (le) (rate(x_bucket[1m])))")}) {
    EXPECT_TRUE(smells(reasons::kIdleDivision, query)) << query;
  }
  for (const std::string& query :
       {guarded + " or (sum(rate(b[1m])) == 0) + 0", guarded + " or vector(0)",
        std::string("sum(rate(a[1m])) / clamp_min(sum(rate(b[1m])), 1)"),
        std::string("sum(rate(a[1m])) / (sum(rate(b[1m])) + 0.001)"),
        std::string("sum(rate(a[1m])) / count(up)"), std::string("sum(used) / sum(limit)")}) {
    EXPECT_FALSE(smells(reasons::kIdleDivision, query)) << query;
  }
}

TEST(Smells, AnUnreadableQueryHasNoOther) {
  const auto found = smells_of("sum(irate(x[1m]) or vector(0)", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().reason, reasons::kUnreadableQuery);
  EXPECT_THAT(found.front().message, HasSubstr("byte 30: ends too early"));
}

TEST(CatalogueMetrics, OnlyWhatTheFileStatesIsChecked) {
  const auto read = prometheus::read_catalogue(
      "metrics:\n- {name: x, unit: y, query: sum(z), ageQuery: sum(a), maxAgeSeconds: 29}\n", "f");
  ASSERT_TRUE(read) << read.error().message;
  const Report report = check_catalogue(*read, 1);
  ASSERT_EQ(report.findings.size(), 2U);
  EXPECT_EQ(report.findings[0].reason, reasons::kNoIdentity);
  EXPECT_EQ(report.findings[0].field, "metrics[0].query");
  EXPECT_EQ(report.findings[1].reason, reasons::kMaxAgeShort);
  EXPECT_EQ(report.findings[1].fix, "maxAgeSeconds: 30");
  EXPECT_TRUE(check_catalogue(*read, 0).findings.empty());
}

}  // namespace
}  // namespace evalscaler::checks
