// SPDX-License-Identifier: Apache-2.0
#include "prometheus/query_plan.hpp"

#include <algorithm>
#include <cassert>

namespace evalscaler::prometheus {

using std::chrono::seconds;

std::optional<QueryId> QueryPlan::find(const QueryKey& key) const {
  const auto found = ids_.find(key);
  return found == ids_.end() ? std::nullopt : std::optional(found->second);
}

QueryId QueryPlan::intern(const QueryKey& key, SteadyTime now) {
  if (const auto known = find(key)) return *known;
  const QueryId id = ++last_id_;
  const auto place =
      ids_.emplace(OwnedKey{std::string(key.server), std::string(key.text)}, id).first;
  Query& query = queries_[id];
  query.key = &place->first;
  query.first_wanted = now;
  query.due = SteadyTime::max();
  lanes_[place->first.server].waiting.emplace(query.due, id);
  return id;
}

void QueryPlan::erase(QueryId id) {
  const auto found = queries_.find(id);
  lanes_[found->second.key->server].waiting.erase({found->second.due, id});
  ids_.erase(ids_.find(found->second.key->view()));
  queries_.erase(found);
}

void QueryPlan::set_due(QueryId id, Query& query, SteadyTime due) {
  auto& waiting = lanes_[query.key->server].waiting;
  if (!query.in_flight) waiting.erase({query.due, id});
  query.due = due;
  if (!query.in_flight) waiting.emplace(due, id);
}

std::vector<QueryId> QueryPlan::demand(const ObjectKey& key, const std::vector<QueryKey>& keys,
                                       seconds interval, SteadyTime now) {
  std::vector<QueryId> ids;
  ids.reserve(keys.size());
  for (const QueryKey& wanted : keys) ids.push_back(intern(wanted, now));
  std::vector<QueryId> distinct = ids;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());

  const auto place = services_.try_emplace(key).first;
  Service& service = place->second;
  service.key = &place->first;
  const bool same =
      service.interval == interval &&
      std::equal(distinct.begin(), distinct.end(), service.needs.begin(), service.needs.end(),
                 [](QueryId id, const Need& need) { return id == need.query; });
  if (same) return ids;

  const std::vector<Need> before = std::exchange(service.needs, {});
  const seconds old_interval = std::exchange(service.interval, interval);
  for (const QueryId id : distinct) {
    attach(service, id, now);
    const auto kept = std::find_if(before.begin(), before.end(),
                                   [&](const Need& need) { return need.query == id; });
    service.needs.push_back({id, kept == before.end() ? queries_.at(id).completed : kept->seen});
  }
  // Detached after the new ones are attached, so that a query in both lives on.
  service.interval = old_interval;
  for (const Need& need : before) detach(service, need.query);
  service.interval = interval;
  return ids;
}

void QueryPlan::attach(Service& service, QueryId id, SteadyTime now) {
  Query& query = queries_.at(id);
  ++query.intervals[service.interval];
  query.services.push_back(&service);
  if (!query.asked) {
    set_due(id, query, std::min(now + kSettling, query.first_wanted + kLongestSettling));
    if (!origin_) origin_ = query.due;
  } else {
    set_due(id, query, std::min(query.due, grid_after(now, query.interval())));
  }
}

void QueryPlan::detach(Service& service, QueryId id) {
  Query& query = queries_.at(id);
  const auto counted = query.intervals.find(service.interval);
  if (--counted->second == 0) query.intervals.erase(counted);
  query.services.erase(std::find(query.services.begin(), query.services.end(), &service));
  if (query.services.empty() && !query.in_flight) erase(id);
}

void QueryPlan::forget(const ObjectKey& key) {
  const auto found = services_.find(key);
  if (found == services_.end()) return;
  for (const Need& need : found->second.needs) detach(found->second, need.query);
  services_.erase(found);
}

std::set<std::pair<SteadyTime, QueryId>>::const_iterator QueryPlan::first_eligible(
    const Lane& lane) const {
  const bool slow_may = lane.slow_in_flight < kSlowInFlight;
  return std::find_if(lane.waiting.begin(), lane.waiting.end(), [&](const auto& entry) {
    return slow_may || !queries_.at(entry.second).slow;
  });
}

SteadyTime QueryPlan::next_due(std::string_view server) const {
  const auto lane = lanes_.find(server);
  if (lane == lanes_.end()) return SteadyTime::max();
  const auto next = first_eligible(lane->second);
  return next == lane->second.waiting.end() ? SteadyTime::max() : next->first;
}

std::optional<DueQuery> QueryPlan::take(std::string_view server, SteadyTime now) {
  const auto lane = lanes_.find(server);
  if (lane == lanes_.end()) return std::nullopt;
  const auto next = first_eligible(lane->second);
  if (next == lane->second.waiting.end() || next->first > now) return std::nullopt;
  const QueryId id = next->second;
  lane->second.waiting.erase(next);
  Query& query = queries_.at(id);
  query.in_flight = true;
  query.asked = true;
  query.asked_at = now;
  if (query.slow) ++lane->second.slow_in_flight;
  const auto third = std::chrono::milliseconds(query.interval()) / 3;
  return DueQuery{id, query.key->text, std::min(third, kLongestExchange)};
}

SteadyTime QueryPlan::grid_after(SteadyTime time, seconds interval) const {
  if (!origin_ || time < *origin_) return time;
  const auto steps = (time - *origin_) / std::chrono::nanoseconds(interval) + 1;
  return *origin_ + steps * std::chrono::nanoseconds(interval);
}

SteadyTime QueryPlan::next_time(const Query& query, const Exchange& exchange,
                                SteadyTime now) const {
  const std::chrono::nanoseconds interval = query.interval();
  const SteadyTime next = grid_after(std::max(now, query.due + interval / 2), query.interval());
  if (exchange.result == Exchange::Result::Answered) return next;
  const auto spread =
      std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::duration<double, std::nano>(
          static_cast<double>(interval.count()) * exchange.jitter / 10));
  const auto rest = query.failures > 2 ? interval : std::chrono::nanoseconds(0);
  const SteadyTime asked_for =
      now + std::min(exchange.retry_after.value_or(seconds(0)), kLongestRetryAfter);
  return std::max(next + rest, asked_for) + spread;
}

QueryPlan::Query& QueryPlan::landed(QueryId id) {
  const auto found = queries_.find(id);
  assert(found != queries_.end() && found->second.in_flight);
  Query& query = found->second;
  if (query.slow) --lanes_[query.key->server].slow_in_flight;
  query.in_flight = false;
  return query;
}

std::vector<ObjectKey> QueryPlan::finish(QueryId id, const Exchange& exchange, SteadyTime now) {
  Query& query = landed(id);
  if (query.services.empty()) {
    erase(id);
    return {};
  }
  ++query.completed;
  query.failures = exchange.result == Exchange::Result::Failed ? query.failures + 1 : 0;
  const auto third = std::chrono::milliseconds(query.interval()) / 3;
  query.slow = exchange.took > std::min(third, kLongestExchange) / 2;
  query.due = next_time(query, exchange, now);
  lanes_[query.key->server].waiting.emplace(query.due, id);

  std::vector<ObjectKey> complete;
  for (Service* service : query.services) {
    if (complete_round(*service, query.interval())) complete.push_back(*service->key);
  }
  return complete;
}

// Of one age: an answer that was asked for before this round was due belongs to no round. It
// would be one interval old when the next one is complete, and so would all after it.
bool QueryPlan::complete_round(Service& service, seconds granularity) const {
  // Shared queries may come more often than this service wants to be looked at: the time that
  // is nearest to its own interval counts.
  const auto is_new = [&](const Query& query) {
    return !service.last_round ||
           query.asked_at + granularity / 2 >= *service.last_round + service.interval;
  };
  const bool all = std::all_of(service.needs.begin(), service.needs.end(), [&](const Need& need) {
    const Query& query = queries_.at(need.query);
    return query.completed > need.seen && !query.in_flight && is_new(query);
  });
  if (!all) return false;
  for (Need& need : service.needs) {
    const Query& query = queries_.at(need.query);
    need.seen = query.completed;
    service.last_round = std::max(service.last_round.value_or(query.asked_at), query.asked_at);
  }
  ++service.rounds;
  return true;
}

void QueryPlan::put_back(QueryId id, SteadyTime now) {
  Query& query = landed(id);
  if (query.services.empty()) return erase(id);
  query.due = now;
  lanes_[query.key->server].waiting.emplace(now, id);
}

std::uint64_t QueryPlan::rounds(const ObjectKey& service) const {
  const auto found = services_.find(service);
  return found == services_.end() ? 0 : found->second.rounds;
}

seconds QueryPlan::interval(QueryId id) const {
  const auto found = queries_.find(id);
  return found == queries_.end() ? seconds(0) : found->second.interval();
}

}  // namespace evalscaler::prometheus
