// SPDX-License-Identifier: Apache-2.0
// The built-in queries and the poller against a real Prometheus (EVALSCALER_TEST_PROMETHEUS).
//
// Windows are four seconds long and scrapes one second apart, so that history is made quickly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "integration/prometheus_process.hpp"
#include "prometheus/builtin_metrics.hpp"
#include "prometheus/poller.hpp"
#include "prometheus/prometheus_readings.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::integration {
namespace {

using prometheus::Catalogue;
using prometheus::CatalogueMetric;
using prometheus::MetricUse;
using std::chrono::seconds;

constexpr double kRate = 100;  // of everything that counts here, per second

class PrometheusTest : public testing::Test {
 protected:
  static void SetUpTestSuite() { wire::initialize_http(2); }

  void SetUp() override {
    const char* program = std::getenv("EVALSCALER_TEST_PROMETHEUS");
    ASSERT_NE(program, nullptr) << "EVALSCALER_TEST_PROMETHEUS is not set; see with_cluster";
    server_ = std::make_unique<PrometheusProcess>(program, exporter_.address());
    ASSERT_TRUE(server_->start()) << server_->log_text();
    Catalogue catalogue{{}, prometheus::builtin_metrics({seconds(4), seconds(1)})};
    prometheus::Server entry;
    entry.name = "default";
    entry.url = server_->url();
    catalogue.servers.push_back(entry);
    readings_ = std::make_unique<prometheus::PrometheusReadings>(
        std::move(catalogue), prometheus::InlineQueries::Allowed, clock_);
    access_ = *prometheus::ServerAccess::open(readings_->catalogue().servers.front(), clock_);
    http_ = *wire::make_cpprest_client(access_->endpoint());
    poller_ =
        std::make_unique<prometheus::Poller>(*access_, *http_, *readings_, clock_, metrics_, 1);
    threads_ = std::make_unique<prometheus::PollerThreads>(*poller_);
    target_.ready_replicas = 1;
    target_.resources = {0.5, 1.0, 1e9, 2e9};
  }

  static MetricUse use(const std::string& metric, const std::string& service) {
    return {"default", metric, "", {"ml", service}};
  }
  void demand(const std::string& service, const std::vector<std::string>& metrics) {
    std::vector<MetricUse> uses;
    uses.reserve(metrics.size());
    for (const std::string& metric : metrics) uses.push_back(use(metric, service));
    readings_->demand({"ml", service}, uses, seconds(1));
  }
  Reading read(const std::string& metric, const std::string& service) {
    return readings_->read(use(metric, service), target_, clock_.wall());
  }
  // Polls until the metric is fresh; false if it does not become so.
  bool becomes_fresh(const std::string& metric, const std::string& service) {
    return eventually(seconds(20), [&] { return read(metric, service).fresh(); });
  }
  void let_rounds_pass(const std::string& service, std::uint64_t count) {
    const std::uint64_t begin = readings_->rounds({"ml", service});
    ASSERT_TRUE(eventually(seconds(20), [&] {
      return readings_->rounds({"ml", service}) >= begin + count;
    }));
  }

  // A counter that rises by kRate per second from now on.
  std::function<std::string()> counting() {
    return [this, begin = clock_.steady()] {
      const double passed = std::chrono::duration<double>(clock_.steady() - begin).count();
      return std::to_string(1000 + kRate * passed);
    };
  }

  SystemClock clock_;
  telemetry::Metrics metrics_;
  Exporter exporter_;
  api::TargetObservation target_;
  std::unique_ptr<PrometheusProcess> server_;
  std::unique_ptr<prometheus::PrometheusReadings> readings_;
  std::unique_ptr<prometheus::ServerAccess> access_;
  std::unique_ptr<wire::HttpClient> http_;
  std::unique_ptr<prometheus::Poller> poller_;
  std::unique_ptr<prometheus::PollerThreads> threads_;
};

std::vector<std::string> names_of(const Catalogue& catalogue) {
  std::vector<std::string> names;
  names.reserve(catalogue.metrics.size());
  for (const CatalogueMetric& metric : catalogue.metrics) names.push_back(metric.name);
  return names;
}

TEST_F(PrometheusTest, EveryBuiltInQueryIsUnderstoodAndAbsentSeriesGiveNoAnswer) {
  exporter_.show([] { return "unrelated 1\n"; });
  demand("nobody", names_of(readings_->catalogue()));
  let_rounds_pass("nobody", 2);
  for (const CatalogueMetric& metric : readings_->catalogue().metrics) {
    EXPECT_EQ(read(metric.name, "nobody"), Reading::missing("no series for ml/nobody"))
        << metric.name << ": " << read(metric.name, "nobody").why;
  }
}

TEST_F(PrometheusTest, CounterAfterAColdStartIsImmatureAndNeverLow) {
  exporter_.show([count = counting()] {
    return R"(http_requests_total{namespace="ml",service="cold",pod="a"} )" + count() + "\n";
  });
  demand("cold", {"requests_per_second"});
  bool immature = false;
  ASSERT_TRUE(eventually(seconds(20), [&] {
    const Reading now = read("requests_per_second", "cold");
    immature = immature || now.state == ReadingState::Immature;
    return now.fresh();
  }));
  EXPECT_TRUE(immature);
  EXPECT_NEAR(read("requests_per_second", "cold").value, kRate, 0.3 * kRate);

  // A new pod beside the old one: the service stays mature.
  exporter_.show([old = counting(), count = counting()] {
    const std::string name = R"(http_requests_total{namespace="ml",service="cold",pod=)";
    return name + "\"a\"} " + old() + "\n" + name + "\"b\"} " + count() + "\n";
  });
  for (int i = 0; i < 5; ++i) {
    let_rounds_pass("cold", 1);
    EXPECT_TRUE(read("requests_per_second", "cold").fresh());
  }
}

TEST_F(PrometheusTest, RatiosHaveAnIdleValueAndTheRightOne) {
  exporter_.show([count = counting()] {
    const std::string rising = count();
    const auto service = [](const std::string& name, const std::string& total,
                            const std::string& sum, const std::string& failed) {
      const std::string labels = R"({namespace="ml",service=")" + name + "\"";
      std::string page = "http_requests_total" + labels + R"(,code="200"} )" + total + "\n";
      if (!failed.empty()) {
        page += "http_requests_total" + labels + R"(,code="500"} )" + failed + "\n";
      }
      page += "http_request_duration_seconds_count" + labels + "} " + total + "\n";
      page += "http_request_duration_seconds_sum" + labels + "} " + sum + "\n";
      for (const char* bound : {"0.1", "0.4", "+Inf"}) {
        const std::string in = std::string(bound) == "0.1" ? "0" : total;
        page +=
            "http_request_duration_seconds_bucket" + labels + ",le=\"" + bound + "\"} " + in + "\n";
      }
      page += "redis_keyspace_hits_total" + labels + "} " + total + "\n";
      page += "redis_keyspace_misses_total" + labels + "} " + (failed.empty() ? "5" : total) + "\n";
      page += "prediction_cache_requests_total" + labels + R"(,result="miss"} )" + total + "\n";
      return page;
    };
    const double total = std::stod(rising);
    return service("busy", rising, std::to_string(total / 5), rising) +
           service("idle", "7", "3", "");
  });
  const std::vector<std::string> ratios = {"avg_response_time", "p95_response_time", "error_rate",
                                           "redis_hit_rate", "prediction_cache_hit_rate"};
  demand("busy", ratios);
  demand("idle", ratios);
  for (const std::string& ratio : ratios) {
    EXPECT_TRUE(becomes_fresh(ratio, "busy")) << ratio << ": " << read(ratio, "busy").why;
    EXPECT_TRUE(becomes_fresh(ratio, "idle")) << ratio << ": " << read(ratio, "idle").why;
  }
  EXPECT_NEAR(read("avg_response_time", "busy").value, 200, 1);
  EXPECT_NEAR(read("p95_response_time", "busy").value, 385, 1);
  EXPECT_NEAR(read("error_rate", "busy").value, 50, 1);
  EXPECT_NEAR(read("redis_hit_rate", "busy").value, 50, 1);
  EXPECT_EQ(read("prediction_cache_hit_rate", "busy").value, 0);

  EXPECT_EQ(read("avg_response_time", "idle").value, 0);
  EXPECT_EQ(read("p95_response_time", "idle").value, 0);
  EXPECT_EQ(read("error_rate", "idle").value, 0);
  EXPECT_EQ(read("redis_hit_rate", "idle").value, 100);
  EXPECT_EQ(read("prediction_cache_hit_rate", "idle").value, 100);
}

// As redis_exporter 1.45 tells of a master with 60 of 100 MB and its replica with 90.
TEST_F(PrometheusTest, ReplicasOfARedisClusterAreNeitherLoadNorRoom) {
  const auto node = [](const std::string& instance, const std::string& role,
                       const std::string& used) {
    const std::string labels =
        R"({namespace="ml",service="redis-cluster",instance=")" + instance + "\"";
    return "redis_instance_info" + labels + R"(,redis_mode="cluster",role=")" + role + "\"} 1\n" +
           "redis_memory_used_bytes" + labels + "} " + used + "\n" + "redis_memory_max_bytes" +
           labels + "} 1e8\n";
  };
  exporter_.show([node] { return node("a", "master", "6e7") + node("b", "slave", "9e7"); });
  demand("redis-cluster", {"redis_memory_usage"});
  ASSERT_TRUE(becomes_fresh("redis_memory_usage", "redis-cluster"))
      << read("redis_memory_usage", "redis-cluster").why;
  EXPECT_EQ(read("redis_memory_usage", "redis-cluster").value, 60);
  exporter_.show([node] { return node("a", "slave", "6e7") + node("b", "master", "9e7"); });
  EXPECT_TRUE(eventually(seconds(20), [&] {
    return read("redis_memory_usage", "redis-cluster").value == 90;
  })) << "after a failover the other one counts";
}

TEST_F(PrometheusTest, PodsAreCountedToTheirDeployment) {
  exporter_.show([count = counting()] {
    std::string page;
    const auto pod = [&](const std::string& name, const std::string& memory) {
      const std::string labels = R"({namespace="ml",container="engine",pod=")" + name + "\"} ";
      page += "container_memory_working_set_bytes" + labels + memory + "\n";
      page += "container_cpu_usage_seconds_total" + labels + count() + "\n";
    };
    pod("ml-prediction-7d9f8b6c5d-x2k4q", "1e9");
    pod("ml-prediction-7d9f8b6c5d-bcdfg", "2e9");
    pod("ml-prediction-0", "5e9");            // of a StatefulSet
    pod("ml-prediction-agent-x2k4q", "5e9");  // of a DaemonSet
    pod("ml-prediction-v2-6b5c4d7f8-zzzzz", "5e9");
    // The pod's own group holds its containers once more.
    page +=
        R"(container_memory_working_set_bytes{namespace="ml",pod="ml-prediction-7d9f8b6c5d-x2k4q"} 3e9)";
    return page + "\n";
  });
  target_.ready_replicas = 2;
  demand("ml-prediction", {"memory_usage", "cpu_usage"});
  ASSERT_TRUE(becomes_fresh("memory_usage", "ml-prediction"));
  EXPECT_DOUBLE_EQ(read("memory_usage", "ml-prediction").value, 150);  // of a request of 1e9
  EXPECT_TRUE(becomes_fresh("cpu_usage", "ml-prediction"))
      << read("cpu_usage", "ml-prediction").why;
}

TEST_F(PrometheusTest, DatabasesAreReadPerRoleAndNotWhileACollectorIsDown) {
  const auto page = [](const std::string& up) {
    std::string out;
    const auto instance = [&](const std::string& pod, const std::string& replica,
                              const std::string& backends, const std::string& alive) {
      const std::string labels = R"({namespace="ml",pod=")" + pod + "\"";
      out += "cnpg_collector_up" + labels + "} " + alive + "\n";
      out += "cnpg_pg_replication_in_recovery" + labels + "} " + replica + "\n";
      out += "cnpg_pg_replication_lag" + labels + "} " + replica + "\n";
      out += "cnpg_pg_settings_setting" + labels +
             R"(,name="max_connections"} 60)"
             "\n";
      if (alive == "0") return;
      out +=
          "cnpg_backends_total" + labels + R"(,usename="app",state="active"} )" + backends + "\n";
      out += "cnpg_backends_total" + labels +
             R"(,usename="streaming_replica",state="active"} 2)"
             "\n";
    };
    instance("db-1", "0", "30", "1");
    instance("db-2", "1", "6", "1");
    instance("db-3", "1", "18", up);
    return out;
  };
  exporter_.show([=] { return page("1"); });
  demand("db", {"database_connections", "database_replica_connections", "replication_lag"});
  ASSERT_TRUE(becomes_fresh("database_replica_connections", "db"));
  EXPECT_EQ(read("database_connections", "db").value, 50);
  EXPECT_EQ(read("database_replica_connections", "db").value, 20);
  EXPECT_EQ(read("replication_lag", "db").value, 1);

  exporter_.show([=] { return page("0"); });
  EXPECT_TRUE(eventually(seconds(10), [&] {
    return read("database_replica_connections", "db").state == ReadingState::Missing;
  }));
}

TEST_F(PrometheusTest, KilledServerIsMissingAndItsOldDataIsNotServedAfterTheRestart) {
  exporter_.show([count = counting()] {
    const std::string labels = R"({namespace="ml",service="s"} )";
    return "queue_depth" + labels + "40\nhttp_requests_total" + labels + count() + "\n";
  });
  demand("s", {"queue_depth", "requests_per_second"});
  ASSERT_TRUE(becomes_fresh("queue_depth", "s"));
  ASSERT_TRUE(becomes_fresh("requests_per_second", "s"));

  server_->kill();
  ASSERT_TRUE(eventually(seconds(10), [&] { return !read("queue_depth", "s").fresh(); }));
  EXPECT_THAT(read("queue_depth", "s").why, testing::HasSubstr("Prometheus default: "));
  exporter_.show(nullptr);  // so that only old samples can be served
  clock_.sleep_for(seconds(5), {});
  ASSERT_TRUE(server_->start()) << server_->log_text();
  EXPECT_TRUE(eventually(seconds(20), [&] {
    return read("queue_depth", "s").why == "no series for ml/s";
  })) << read("queue_depth", "s").why;

  exporter_.show([count = counting()] {
    return R"(http_requests_total{namespace="ml",service="s"} )" + count() + "\n";
  });
  ASSERT_TRUE(becomes_fresh("requests_per_second", "s"));
  EXPECT_GT(read("requests_per_second", "s").value, 0.7 * kRate);
}

TEST_F(PrometheusTest, QueryThatIsNotPromqlSaysSo) {
  exporter_.show([] { return "up 1\n"; });
  const MetricUse own{"default", "mine", "sum by (", {"ml", "s"}};
  const MetricUse scalar{"default", "other", "1 + 1", {"ml", "s"}};
  const MetricUse bare{"default", "bare", "vector(3)", {"ml", "s"}};
  readings_->demand({"ml", "s"}, {own, scalar, bare}, seconds(1));
  let_rounds_pass("s", 1);
  EXPECT_EQ(readings_->read(own, target_, clock_.wall()),
            Reading::missing("Prometheus default: HTTP 400, the query failed (bad_data)"));
  EXPECT_EQ(readings_->read(scalar, target_, clock_.wall()),
            Reading::invalid("Prometheus default: the query gives a scalar, not a vector"));
  EXPECT_EQ(readings_->read(bare, target_, clock_.wall()).value, 3);
}

}  // namespace
}  // namespace evalscaler::integration
