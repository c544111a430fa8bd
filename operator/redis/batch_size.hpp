// SPDX-License-Identifier: Apache-2.0
// BatchSize: how many keys the next MIGRATE may carry, from how long the last ones took.
//
// Grows by at most a half, shrinks at once: a value, not thread-safe.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace evalscaler::redis {

class BatchSize {
 public:
  BatchSize(std::int64_t most, std::chrono::microseconds aim)
      : most_(most), aim_(aim), keys_(std::min<std::int64_t>(most, 20)) {}

  std::int64_t keys() const { return keys_; }

  void took(std::int64_t keys, std::chrono::microseconds time) {
    if (keys <= 0) return;
    const auto fitting =
        aim_.count() * keys / std::max<std::chrono::microseconds::rep>(time.count(), 1);
    keys_ = std::clamp<std::int64_t>(std::min(fitting, keys_ + keys_ / 2 + 1), 1, most_);
  }

 private:
  std::int64_t most_;
  std::chrono::microseconds aim_;
  std::int64_t keys_;
};

}  // namespace evalscaler::redis
