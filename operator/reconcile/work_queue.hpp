// SPDX-License-Identifier: Apache-2.0
// WorkQueue: which service to visit next; a pure data structure, time is an argument.
//
// Authority: client-go util/workqueue (R21, R22). One worker per key at a time; what is added
// while its key is being worked on is worked on once more afterwards. Not thread-safe: the
// controller holds the lock.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "core/clock.hpp"
#include "core/object_key.hpp"

namespace evalscaler::reconcile {

struct RetryLimits {
  std::chrono::nanoseconds first = std::chrono::milliseconds(5);  // doubled per failure in a row
  std::chrono::nanoseconds longest = std::chrono::seconds(1000);
  double per_second = 10;  // over all keys, after a burst
  double burst = 100;
};

class WorkQueue {
 public:
  explicit WorkQueue(RetryLimits limits = {}) : limits_(limits), tokens_(limits.burst) {}

  // To be visited as soon as a worker is free.
  void add(const ObjectKey& key, SteadyTime now);
  // To be visited at `due`, unless it is visited before; replaces an earlier due time.
  void add_at(const ObjectKey& key, SteadyTime due);
  // To be visited again after a failure; returns how long it has to wait.
  std::chrono::nanoseconds retry(const ObjectKey& key, SteadyTime now);
  // Its failures in a row are over.
  void succeeded(const ObjectKey& key) { failures_.erase(key); }
  // Nothing more is due for this key (it is gone).
  void forget(const ObjectKey& key);

  struct Item {
    ObjectKey key;
    std::chrono::nanoseconds waited{};  // in the queue, since it became ready
  };
  // The oldest ready key, which now is being worked on; done() must follow.
  std::optional<Item> take(SteadyTime now);
  void done(const ObjectKey& key, SteadyTime now);

  std::optional<SteadyTime> next_due() const;
  std::size_t ready() const { return ready_.size(); }
  std::size_t being_worked_on() const { return processing_.size(); }
  std::size_t failures(const ObjectKey& key) const;

 private:
  void drop_due(const ObjectKey& key);
  void promote_due(SteadyTime now);

  RetryLimits limits_;
  // A key is in `ready_` exactly if it is in `dirty_` and not in `processing_`.
  std::deque<std::pair<ObjectKey, SteadyTime>> ready_;
  std::unordered_map<ObjectKey, SteadyTime> dirty_;  // wants a visit, since
  std::unordered_set<ObjectKey> processing_;
  // The same entries twice: by time and by key; at most one per key.
  std::set<std::pair<SteadyTime, ObjectKey>> due_;
  std::unordered_map<ObjectKey, SteadyTime> due_of_;
  std::unordered_map<ObjectKey, std::size_t> failures_;
  double tokens_;  // negative: retries already promised to the future
  std::optional<SteadyTime> filled_at_;
};

}  // namespace evalscaler::reconcile
