// SPDX-License-Identifier: Apache-2.0
// PlainHpa: the rules of HPA v2 once more, written down as plainly as they are told, to be compared
// with the engine. Keeps every proposal and every change it ever saw.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace evalscaler::scaling::plain {

struct Metric {
  enum class Kind { Value, Average } kind = Kind::Value;
  double target = 1;
  double value = 0;
};

struct Policy {
  bool pods = true;
  long amount = 0;
  long period = 0;
};

struct Side {
  long window = 0;
  int select = 0;  // 0 Max, 1 Min, 2 Disabled
  std::vector<Policy> policies;
  std::optional<double> tolerance;
};

struct Hpa {
  long min = 1;
  long max = 10;
  double tolerance = 0.1;
  bool stated = false;  // has behavior
  Side up;
  Side down;
  std::vector<std::pair<long, long>> proposals;  // time, replicas
  std::vector<std::pair<long, long>> changes;    // time, added

  long proposal(const std::vector<Metric>& metrics, long current, long ready) const {
    long most = 0;
    for (const Metric& metric : metrics) most = std::max(most, of_one(metric, current, ready));
    return most;
  }

  long of_one(const Metric& metric, long current, long ready) const {
    const double up_by = stated && up.tolerance ? *up.tolerance : tolerance;
    const double down_by = stated && down.tolerance ? *down.tolerance : tolerance;
    const bool average = metric.kind == Metric::Kind::Average;
    const double ratio =
        metric.value / (average ? metric.target * static_cast<double>(current) : metric.target);
    if (ratio >= 1 - down_by && ratio <= 1 + up_by) return current;
    const long wanted = as_hpa(metric, ratio, ready);
    // The one divergence.
    if (ratio > 1) return std::max(wanted, current);
    return std::min(wanted, current);
  }

  static long as_hpa(const Metric& metric, double ratio, long ready) {
    return static_cast<long>(std::ceil(metric.kind == Metric::Kind::Average
                                           ? metric.value / metric.target
                                           : ratio * static_cast<double>(ready)));
  }

  // HPA itself would propose fewer than there are for a metric that is above its target.
  bool would_overshoot(const std::vector<Metric>& metrics, long current, long ready) const {
    return std::any_of(metrics.begin(), metrics.end(), [&](const Metric& metric) {
      const double ratio = metric.value / metric.target;
      return metric.kind == Metric::Kind::Value && of_one(metric, current, ready) == current &&
             ratio > 1 + tolerance && as_hpa(metric, ratio, ready) < current;
    });
  }

  long start_of_period(long now, long period, long current) const {
    long added = 0;
    long removed = 0;
    for (const auto& [time, change] : changes) {
      if (time <= now - period || time > now) continue;
      if (change > 0) added += change;
      if (change < 0) removed -= change;
    }
    return current - added + removed;
  }

  long stabilize(long now, long current, long proposed) const {
    if (!stated) {
      for (const auto& [time, replicas] : proposals) {
        if (time >= now - 300) proposed = std::max(proposed, replicas);
      }
      return proposed;
    }
    long least = proposed;
    long most = proposed;
    for (const auto& [time, replicas] : proposals) {
      if (time > now - up.window) least = std::min(least, replicas);
      if (time > now - down.window) most = std::max(most, replicas);
    }
    long result = current;
    if (result < least) result = least;
    if (result > most) result = most;
    return result;
  }

  long limit(long now, long current, long wanted) const {
    if (wanted > current) return std::min(wanted, std::min(max, highest(now, current)));
    if (wanted < current) return std::max(wanted, std::max(min, lowest(now, current)));
    return wanted;
  }

  long highest(long now, long current) const {
    if (!stated) return std::max(2 * current, 4L);
    if (up.select == 2) return current;
    std::optional<long> best;
    for (const Policy& policy : up.policies) {
      const long start = start_of_period(now, policy.period, current);
      const long allowed =
          policy.pods
              ? start + policy.amount
              : static_cast<long>(std::ceil(static_cast<double>(start) *
                                            (1 + static_cast<double>(policy.amount) / 100)));
      best = !best ? allowed : up.select == 0 ? std::max(*best, allowed) : std::min(*best, allowed);
    }
    return std::max(best.value_or(current), current);
  }

  long lowest(long now, long current) const {
    if (!stated) return 0;
    if (down.select == 2) return current;
    std::optional<long> best;
    for (const Policy& policy : down.policies) {
      const long start = start_of_period(now, policy.period, current);
      const long allowed = policy.pods
                               ? start - policy.amount
                               : static_cast<long>(static_cast<double>(start) *
                                                   (1 - static_cast<double>(policy.amount) / 100));
      best = !best              ? allowed
             : down.select == 0 ? std::min(*best, allowed)
                                : std::max(*best, allowed);
    }
    return std::min(best.value_or(current), current);
  }
};

}  // namespace evalscaler::scaling::plain
