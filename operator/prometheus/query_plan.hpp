// SPDX-License-Identifier: Apache-2.0
// QueryPlan: which distinct queries are wanted by whom, and which of them is due.
//
// A pure data structure: time is an argument, nothing waits. A query's identity is (server,
// text): however many services want it, it is asked once per interval, the shortest one any
// of them named. Queries of one interval fall due together, so that the readings of a round
// are of one age. A query that has failed is asked no sooner than others, and less often
// while it goes on failing. Not thread-safe: PrometheusReadings holds the lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"

namespace evalscaler::prometheus {

// Never given out twice, so that a late answer cannot land in another query's place.
using QueryId = std::uint32_t;

struct QueryKey {
  std::string_view server;
  std::string_view text;
  bool operator<(const QueryKey& other) const {
    return std::tie(server, text) < std::tie(other.server, other.text);
  }
};

struct DueQuery {
  QueryId id = 0;
  std::string text;
  std::chrono::milliseconds deadline{0};  // for the whole exchange: interval/3, at most 10 s
};

// How one exchange went, for the schedule only.
struct Exchange {
  enum class Result { Answered, Failed };
  Result result = Result::Answered;
  std::chrono::nanoseconds took{0};
  std::optional<std::chrono::seconds> retry_after;  // what the server asked for
  double jitter = 0;                                // [0, 1), spreads retries
};

class QueryPlan {
 public:
  // A new query waits so long for other services to want it too, counted from the last one
  // that came; the whole of a start-up is waited for, but no longer than kLongestSettling.
  static constexpr std::chrono::milliseconds kSettling{250};
  static constexpr std::chrono::milliseconds kLongestSettling{2000};
  // Queries whose last exchange took over half its deadline may hold no more of a server's
  // places than this, so that they cannot delay the others.
  static constexpr int kSlowInFlight = 2;
  static constexpr std::chrono::milliseconds kLongestExchange{10'000};
  static constexpr std::chrono::seconds kLongestRetryAfter{300};

  std::optional<QueryId> find(const QueryKey& key) const;

  // Replaces what `service` wants (keys may repeat); rounds go on counting. Returns the ids in
  // the order of the keys.
  std::vector<QueryId> demand(const ObjectKey& service, const std::vector<QueryKey>& keys,
                              std::chrono::seconds interval, SteadyTime now);
  void forget(const ObjectKey& service);

  // The next due query of a server, marked as in flight; nothing if there is none.
  std::optional<DueQuery> take(std::string_view server, SteadyTime now);
  // When take() can next give something as things stand; SteadyTime::max() = not before
  // another call changes them.
  SteadyTime next_due(std::string_view server) const;

  // The exchange of a taken query is over. Returns the services whose round it completes: all
  // their queries have been asked anew, and their interval is over.
  std::vector<ObjectKey> finish(QueryId id, const Exchange& exchange, SteadyTime now);
  // A taken query was not asked after all (shutdown).
  void put_back(QueryId id, SteadyTime now);

  std::uint64_t rounds(const ObjectKey& service) const;
  std::chrono::seconds interval(QueryId id) const;  // 0 if unknown
  std::size_t size() const { return queries_.size(); }

 private:
  struct OwnedKey {
    std::string server;
    std::string text;
    QueryKey view() const { return {server, text}; }
  };
  struct KeyOrder {
    using is_transparent = void;
    static QueryKey view(const QueryKey& key) { return key; }
    static QueryKey view(const OwnedKey& key) { return key.view(); }
    bool operator()(const auto& a, const auto& b) const { return view(a) < view(b); }
  };
  struct Need {
    QueryId query = 0;
    std::uint64_t seen = 0;  // completions of the query that earlier rounds have counted
  };
  struct Service {
    const ObjectKey* key = nullptr;
    std::chrono::seconds interval{15};
    std::vector<Need> needs;  // by query
    std::uint64_t rounds = 0;
    std::optional<SteadyTime> last_round;  // when the newest of its answers was asked for
  };
  struct Query {
    const OwnedKey* key = nullptr;
    std::map<std::chrono::seconds, int> intervals;  // -> services with that interval
    std::vector<Service*> services;
    SteadyTime first_wanted;
    SteadyTime due;
    std::uint64_t completed = 0;
    int failures = 0;  // in a row
    bool asked = false;
    SteadyTime asked_at;     // of the exchange in flight, or of the last one
    bool in_flight = false;  // then it is not in its lane
    bool slow = false;

    // Without services (only while in flight) the interval no longer matters.
    std::chrono::seconds interval() const {
      return intervals.empty() ? std::chrono::seconds(1) : intervals.begin()->first;
    }
  };
  struct Lane {  // one server
    std::set<std::pair<SteadyTime, QueryId>> waiting;
    int slow_in_flight = 0;
  };

  QueryId intern(const QueryKey& key, SteadyTime now);
  void attach(Service& service, QueryId id, SteadyTime now);
  void detach(Service& service, QueryId id);
  void set_due(QueryId id, Query& query, SteadyTime due);
  void erase(QueryId id);
  Query& landed(QueryId id);  // no longer in flight
  SteadyTime grid_after(SteadyTime time, std::chrono::seconds interval) const;
  SteadyTime next_time(const Query& query, const Exchange& exchange, SteadyTime now) const;
  bool complete_round(Service& service, std::chrono::seconds granularity) const;
  std::set<std::pair<SteadyTime, QueryId>>::const_iterator first_eligible(const Lane& lane) const;

  std::unordered_map<QueryId, Query> queries_;
  std::map<OwnedKey, QueryId, KeyOrder> ids_;
  std::unordered_map<ObjectKey, Service> services_;
  std::map<std::string, Lane, std::less<>> lanes_;
  std::optional<SteadyTime> origin_;  // of the grid that all intervals share
  QueryId last_id_ = 0;
};

}  // namespace evalscaler::prometheus
