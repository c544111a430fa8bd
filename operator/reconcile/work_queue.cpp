// SPDX-License-Identifier: Apache-2.0
#include "reconcile/work_queue.hpp"

#include <algorithm>
#include <cassert>

namespace evalscaler::reconcile {
namespace {

using Seconds = std::chrono::duration<double>;

// Doubling more often than this is beyond any `longest` and would overflow.
constexpr std::size_t kMostDoublings = 40;

}  // namespace

void WorkQueue::add(const ObjectKey& key, SteadyTime now) {
  if (!dirty_.try_emplace(key, now).second) return;
  if (!processing_.contains(key)) ready_.emplace_back(key, now);
}

void WorkQueue::add_at(const ObjectKey& key, SteadyTime due) {
  drop_due(key);
  due_.emplace(due, key);
  due_of_.emplace(key, due);
}

std::chrono::nanoseconds WorkQueue::retry(const ObjectKey& key, SteadyTime now) {
  const std::size_t doublings = std::min(failures_[key]++, kMostDoublings);
  const double own =
      Seconds(limits_.first).count() * static_cast<double>(std::uint64_t{1} << doublings);
  if (filled_at_) {
    const double gained = Seconds(now - *filled_at_).count() * limits_.per_second;
    tokens_ = std::min(limits_.burst, tokens_ + gained);
  }
  filled_at_ = now;
  tokens_ -= 1;
  const double all = tokens_ < 0 ? -tokens_ / limits_.per_second : 0;
  const double wait = std::min(std::max(own, all), Seconds(limits_.longest).count());
  const auto delay = std::chrono::duration_cast<std::chrono::nanoseconds>(Seconds(wait));
  add_at(key, now + delay);
  return delay;
}

void WorkQueue::forget(const ObjectKey& key) {
  failures_.erase(key);
  drop_due(key);
}

std::optional<WorkQueue::Item> WorkQueue::take(SteadyTime now) {
  promote_due(now);
  if (ready_.empty()) return std::nullopt;
  const auto [key, since] = ready_.front();
  ready_.pop_front();
  dirty_.erase(key);
  processing_.insert(key);
  return Item{key, now - since};
}

void WorkQueue::done(const ObjectKey& key, SteadyTime now) {
  const bool was_taken = processing_.erase(key) > 0;
  assert(was_taken);
  static_cast<void>(was_taken);
  if (dirty_.contains(key)) ready_.emplace_back(key, now);
}

std::optional<SteadyTime> WorkQueue::next_due() const {
  if (due_.empty()) return std::nullopt;
  return due_.begin()->first;
}

std::size_t WorkQueue::failures(const ObjectKey& key) const {
  const auto at = failures_.find(key);
  return at == failures_.end() ? 0 : at->second;
}

void WorkQueue::drop_due(const ObjectKey& key) {
  const auto at = due_of_.find(key);
  if (at == due_of_.end()) return;
  due_.erase({at->second, key});
  due_of_.erase(at);
}

void WorkQueue::promote_due(SteadyTime now) {
  while (!due_.empty() && due_.begin()->first <= now) {
    const ObjectKey key = due_.begin()->second;
    drop_due(key);
    add(key, now);
  }
}

}  // namespace evalscaler::reconcile
