// SPDX-License-Identifier: Apache-2.0
#include "prometheus/prometheus_readings.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"

namespace evalscaler::prometheus {
namespace {

// What is known of a resource's own query: no unit, no range, no divisor.
const CatalogueMetric& own_metric() {
  static const CatalogueMetric metric;
  return metric;
}

template <typename T>
std::string names_of(const std::vector<T>& all) {
  std::vector<std::string> names;
  names.reserve(all.size());
  for (const T& each : all) names.push_back(each.name);
  std::sort(names.begin(), names.end());
  return join(names, ", ");
}

ObjectKey identity_under(const IdentityLabels& labels, const ObjectKey& identity) {
  return labels.space.empty() ? ObjectKey{"", identity.name} : identity;
}

}  // namespace

PrometheusReadings::PrometheusReadings(Catalogue catalogue, InlineQueries inline_queries,
                                       Clock& clock)
    : catalogue_(std::move(catalogue)), inline_queries_(inline_queries), clock_(clock) {
  table_.labels_id(own_metric().identity);  // 0, which Resolved starts with
  for (const CatalogueMetric& metric : catalogue_.metrics) {
    labels_of_metric_.emplace(metric.name, table_.labels_id(metric.identity));
  }
}

std::optional<PrometheusReadings::Resolved> PrometheusReadings::resolve(
    const MetricUse& use) const {
  Resolved out;
  out.server = use.server;
  if (!use.query.empty()) {
    if (inline_queries_ == InlineQueries::Forbidden) return std::nullopt;
    out.query = use.query;
  } else {
    out.metric = catalogue_.find_metric(use.metric);
    if (out.metric == nullptr) return std::nullopt;
    out.query = out.metric->query;
    out.labels = labels_of_metric_.at(use.metric);
    if (!out.metric->server.empty()) out.server = out.metric->server;
  }
  if (catalogue_.find_server(out.server) == nullptr) return std::nullopt;
  return out;
}

std::string PrometheusReadings::metric_problem(const MetricUse& use) const {
  if (!use.query.empty()) {
    if (inline_queries_ == InlineQueries::Allowed) return {};
    return "own queries are switched off by the operator (--inline-queries=false); remove the "
           "query and use one of its metrics: " +
           names_of(catalogue_.metrics);
  }
  if (catalogue_.find_metric(use.metric) != nullptr) return {};
  return "no metric '" + one_line(use.metric, 64) +
         "' in the operator's catalogue; known: " + names_of(catalogue_.metrics);
}

std::string PrometheusReadings::problem(const MetricUse& use) const {
  if (std::string text = metric_problem(use); !text.empty()) return text;
  const CatalogueMetric* metric = use.query.empty() ? catalogue_.find_metric(use.metric) : nullptr;
  const std::string& server =
      metric != nullptr && !metric->server.empty() ? metric->server : use.server;
  if (catalogue_.find_server(server) != nullptr) return {};
  if (catalogue_.servers.empty()) {
    return "the operator knows no Prometheus server; add '" + one_line(server, 64) +
           "' under prometheus in its --config file";
  }
  return "the operator knows no Prometheus server '" + one_line(server, 64) +
         "'; known: " + names_of(catalogue_.servers);
}

bool PrometheusReadings::proportional(const MetricUse& use) const {
  const CatalogueMetric* metric = use.query.empty() ? catalogue_.find_metric(use.metric) : nullptr;
  return metric == nullptr || metric->proportion == Proportion::Proportional;
}

// A total is of all replicas, whatever the catalogue's unit says of one.
std::string PrometheusReadings::unit(const MetricUse& use) const {
  const CatalogueMetric* metric = use.query.empty() ? catalogue_.find_metric(use.metric) : nullptr;
  return metric == nullptr || use.total ? std::string() : metric->unit;
}

std::vector<Want> PrometheusReadings::wants_of(const ObjectKey& service,
                                               const std::vector<MetricUse>& uses,
                                               std::chrono::seconds interval) {
  std::vector<QueryKey> keys;
  std::vector<Want> wants;  // the query's id comes once the plan has given it
  for (const MetricUse& use : uses) {
    const auto resolved = resolve(use);
    if (!resolved) continue;
    const CatalogueMetric& metric = resolved->metric == nullptr ? own_metric() : *resolved->metric;
    const ObjectKey identity = identity_under(metric.identity, use.identity);
    for (const std::string_view query :
         {resolved->query, std::string_view(metric.age_query), std::string_view(metric.maturity)}) {
      if (query.empty()) continue;
      keys.push_back({resolved->server, query});
      wants.push_back({0, resolved->labels, table_.hold(identity)});
    }
  }
  const std::vector<QueryId> ids = plan_.demand(service, keys, interval, clock_.steady());
  for (std::size_t i = 0; i < ids.size(); ++i) wants[i].query = ids[i];
  return wants;
}

void PrometheusReadings::demand(const ObjectKey& service, std::vector<MetricUse> uses,
                                std::chrono::seconds interval) {
  const std::lock_guard lock(mutex_);
  // Holds each want's identity until the end of this function.
  std::vector<Want> wants = wants_of(service, uses, interval);
  Service& known = services_[service];
  const bool same = wants == known.wants && interval == known.interval;
  if (wants != known.wants) {
    for (const Want& want : wants) table_.want(want);
    for (const Want& want : known.wants) table_.unwant(want);
    known.wants = wants;
  }
  known.interval = interval;
  for (const Want& want : wants) table_.release(want.identity);
  if (!same) changed_.notify_all();
}

void PrometheusReadings::forget(const ObjectKey& service) {
  const std::lock_guard lock(mutex_);
  const auto found = services_.find(service);
  if (found == services_.end()) return;
  for (const Want& want : found->second.wants) table_.unwant(want);
  services_.erase(found);
  plan_.forget(service);
}

std::uint64_t PrometheusReadings::rounds(const ObjectKey& service) const {
  const std::lock_guard lock(mutex_);
  return plan_.rounds(service);
}

Evidence PrometheusReadings::weigh_query(const Resolved& use, std::string_view text,
                                         const ObjectKey& asked) const {
  const CatalogueMetric& metric = use.metric == nullptr ? own_metric() : *use.metric;
  const auto owner = use.metric == nullptr ? QueryOwner::Service : QueryOwner::Catalogue;
  Question question{asked, metric.identity, owner, metric.max_age};
  AnswerParts parts;
  const auto identity = table_.find(identity_under(metric.identity, asked));
  const auto query = plan_.find({use.server, text});
  if (identity && query) {
    const Want want{*query, use.labels, *identity};
    parts = {table_.outcome(*query), table_.cell(want), table_.shape(want)};
    question.max_answer_age = std::max(metric.max_age, 3 * plan_.interval(*query));
  }
  return weigh(parts, question, clock_.steady());
}

Reading PrometheusReadings::read(const MetricUse& use, const api::TargetObservation& target,
                                 WallTime /*ages are counted on the steady clock*/) const {
  const auto resolved = resolve(use);
  if (!resolved) return Reading::missing(problem(use));
  const CatalogueMetric& metric = resolved->metric == nullptr ? own_metric() : *resolved->metric;
  const std::lock_guard lock(mutex_);
  const auto part = [&](const std::string& text) -> std::optional<Evidence> {
    if (text.empty()) return std::nullopt;
    return weigh_query(*resolved, text, use.identity);
  };
  return to_reading(metric, weigh_query(*resolved, resolved->query, use.identity),
                    part(metric.age_query), part(metric.maturity), target,
                    use.total ? Amount::Total : Amount::AsCatalogued);
}

std::optional<DueQuery> PrometheusReadings::take(std::string_view server) {
  const std::lock_guard lock(mutex_);
  return plan_.take(server, clock_.steady());
}

SteadyTime PrometheusReadings::next_due(std::string_view server) const {
  const std::lock_guard lock(mutex_);
  return plan_.next_due(server);
}

bool PrometheusReadings::wait(std::string_view server, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const SteadyTime due = plan_.next_due(server);
    if (due <= clock_.steady()) return true;
    clock_.wait(changed_, lock, due, stop, [&] { return plan_.next_due(server) < due; });
  }
  return false;
}

std::vector<std::pair<std::uint32_t, IdentityLabels>> PrometheusReadings::views(
    QueryId query) const {
  const std::lock_guard lock(mutex_);
  return table_.views(query);
}

std::vector<ObjectKey> PrometheusReadings::finish(QueryId query,
                                                  const std::vector<AnswerView>& rows,
                                                  Outcome outcome, const Exchange& exchange) {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady();
  outcome.answered_at = now;
  for (const AnswerView& view : rows) table_.store(query, view.labels, *view.answer);
  table_.set_outcome(query, std::move(outcome));
  changed_.notify_all();
  return plan_.finish(query, exchange, now);
}

void PrometheusReadings::announce(const std::vector<ObjectKey>& services) const {
  if (rounds_complete_ && !services.empty()) rounds_complete_(services);
}

void PrometheusReadings::put_back(QueryId query) {
  const std::lock_guard lock(mutex_);
  plan_.put_back(query, clock_.steady());
  changed_.notify_all();
}

}  // namespace evalscaler::prometheus
