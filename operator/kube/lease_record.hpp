// SPDX-License-Identifier: Apache-2.0
// LeaseRecord: a coordination.k8s.io/v1 Lease as leader election uses it.
//
// Authority: client-go tools/leaderelection/resourcelock. Times are the holder's wall clock and
// only for people: nothing compares them with another clock (L2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/resource_path.hpp"

namespace evalscaler::kube {

const Resource& lease_resource();

struct LeaseSpec {
  std::string holder;  // empty: nobody
  std::int64_t duration_seconds = 0;
  std::optional<WallTime> acquired;
  std::optional<WallTime> renewed;
  std::int64_t transitions = 0;  // how often the holder has changed
  bool operator==(const LeaseSpec&) const = default;
};

struct LeaseRecord {
  // JSON, as the server sent it; sent back unchanged it fences by its resourceVersion (L4) and
  // keeps what others put there.
  std::string metadata;
  LeaseSpec spec;
};

// Invalid if it is no Lease, naming the field. What is absent counts as empty.
Result<LeaseRecord> read_lease(std::string_view json);
std::string lease_json(const LeaseRecord& record);
// Of a lease that does not exist yet.
std::string new_lease_metadata(const ObjectKey& key);

}  // namespace evalscaler::kube
