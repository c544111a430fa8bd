// SPDX-License-Identifier: Apache-2.0
// PrometheusReadings: the table between pollers, which fill it, and visits, which read it.
//
// The one lock of this folder lives here; it is never held while anything waits for the
// network or a callback runs. Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/clock.hpp"
#include "prometheus/answer_table.hpp"
#include "prometheus/catalogue.hpp"
#include "prometheus/query_plan.hpp"
#include "prometheus/reading_rules.hpp"
#include "prometheus/reading_source.hpp"

namespace evalscaler::prometheus {

// --inline-queries: whether a resource may bring its own PromQL.
enum class InlineQueries { Allowed, Forbidden };

// An answer's rows as read under each pair of labels that somebody wants them by.
struct AnswerView {
  std::uint32_t labels = 0;
  const VectorAnswer* answer = nullptr;
};

class PrometheusReadings final : public ReadingSource {
 public:
  using RoundsComplete = std::function<void(const std::vector<ObjectKey>& services)>;

  PrometheusReadings(Catalogue catalogue, InlineQueries inline_queries, Clock& clock);

  const Catalogue& catalogue() const { return catalogue_; }
  // Called from pollers' threads, without a lock, when rounds() of these services advanced.
  // Set once, before the first poller starts.
  void on_rounds(RoundsComplete callback) { rounds_complete_ = std::move(callback); }

  void demand(const ObjectKey& service, std::vector<MetricUse> uses,
              std::chrono::seconds interval) override;
  void forget(const ObjectKey& service) override;
  std::uint64_t rounds(const ObjectKey& service) const override;
  Reading read(const MetricUse& use, const api::TargetObservation& target,
               WallTime now) const override;
  bool proportional(const MetricUse& use) const override;
  std::string unit(const MetricUse& use) const override;
  std::string problem(const MetricUse& use) const override;

  // For pollers. take: a due query of the server, if there is one. next_due: when there will be
  // one as things stand. wait: until take() may give one; false after a stop request.
  std::optional<DueQuery> take(std::string_view server);
  SteadyTime next_due(std::string_view server) const;
  bool wait(std::string_view server, const std::stop_token& stop);
  std::vector<std::pair<std::uint32_t, IdentityLabels>> views(QueryId query) const;
  // A taken query has been asked: its rows (of a Fresh outcome) and how it went. Returns the
  // services whose rounds advanced; the poller announces them once it holds no lock.
  std::vector<ObjectKey> finish(QueryId query, const std::vector<AnswerView>& rows, Outcome outcome,
                                const Exchange& exchange);
  void announce(const std::vector<ObjectKey>& services) const;
  void put_back(QueryId query);

 private:
  // One use, resolved against the catalogue; null metric = the service's own query.
  struct Resolved {
    const CatalogueMetric* metric = nullptr;
    std::string_view server;
    std::string_view query;
    std::uint32_t labels = 0;
  };
  struct Service {
    std::vector<Want> wants;
    std::chrono::seconds interval{0};
  };

  std::optional<Resolved> resolve(const MetricUse& use) const;
  std::string metric_problem(const MetricUse& use) const;
  std::vector<Want> wants_of(const ObjectKey& service, const std::vector<MetricUse>& uses,
                             std::chrono::seconds interval);
  Evidence weigh_query(const Resolved& use, std::string_view text, const ObjectKey& identity) const;

  const Catalogue catalogue_;
  const InlineQueries inline_queries_;
  Clock& clock_;
  RoundsComplete rounds_complete_;
  std::unordered_map<std::string_view, std::uint32_t> labels_of_metric_;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;  // something may have become due
  QueryPlan plan_;
  AnswerTable table_;
  std::unordered_map<ObjectKey, Service> services_;
};

}  // namespace evalscaler::prometheus
