// SPDX-License-Identifier: Apache-2.0
#include "redis/mean_key_size.hpp"

#include <algorithm>

namespace evalscaler::redis {

MeanKeySize::MeanKeySize(const ClusterView& view) {
  std::int64_t keys = 0;
  std::int64_t bytes = 0;
  for (const Member& member : view.members()) {
    if (!member.report || !member.report->master) continue;
    keys += member.report->keys;
    bytes += member.report->data_bytes;
  }
  of_all_ = keys > 0 ? bytes / keys : 0;
}

std::int64_t MeanKeySize::of(const NodeReport& report) const {
  const bool tells = report.data_bytes >= kTellingBytes && report.keys > 0;
  return std::max<std::int64_t>(tells ? report.data_bytes / report.keys : of_all_, 1);
}

}  // namespace evalscaler::redis
