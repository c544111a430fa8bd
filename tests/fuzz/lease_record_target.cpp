// SPDX-License-Identifier: Apache-2.0
#include "kube/lease_record.hpp"

#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"

namespace evalscaler::fuzz {

void lease_record(std::string_view input) {
  const auto lease = kube::read_lease(input);
  if (!lease) return claim_message(lease.error().message);
  // A renewal writes back what was read: nothing of it may be lost or change.
  const std::string json = kube::lease_json(*lease);
  const auto again = kube::read_lease(json);
  claim(again.has_value(), "a written lease does not read: " + json);
  claim(again->spec == lease->spec, "a lease changes by being written: " + json);
  claim(kube::lease_json(*again) == json, "a lease's text changes by being written: " + json);
}

}  // namespace evalscaler::fuzz
