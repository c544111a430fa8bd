// SPDX-License-Identifier: Apache-2.0
// MeanKeySize: what a key of a node needs on average, in bytes; for weighing slots by counting.
//
// What a dataset is said to need has some hundred KB in it that are nobody's keys. In a small one
// the share of a key tells nothing, and the less the fewer keys there are: then the mean over all
// masters stands for it, so that keys count alike.
#pragma once

#include <cstdint>

#include "redis/cluster_view.hpp"

namespace evalscaler::redis {

// Of a dataset of this size the constant part is a few percent.
inline constexpr std::int64_t kTellingBytes = std::int64_t{16} << 20;

class MeanKeySize {
 public:
  explicit MeanKeySize(const ClusterView& view);
  // At least 1.
  std::int64_t of(const NodeReport& report) const;

 private:
  std::int64_t of_all_ = 0;
};

}  // namespace evalscaler::redis
