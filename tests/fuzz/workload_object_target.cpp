// SPDX-License-Identifier: Apache-2.0
#include <optional>
#include <utility>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "targets/scale_document.hpp"
#include "targets/workload_object.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::fuzz {
namespace {

void claim_observation(const targets::WorkloadObject& deployment) {
  const auto seen = targets::observation_of(deployment);
  if (!seen) return claim_message(seen.error().message);
  claim(seen->spec_replicas >= 0 && seen->ready_replicas >= 0 && seen->updated_replicas >= 0,
        "a number of replicas is negative");
  claim(deployment.spec_replicas == seen->spec_replicas, "the replicas are not the object's");
  claim(deployment.defect.empty(), "a defect object was observed");
}

}  // namespace

void workload_object(std::string_view input) {
  wire::JsonReader reader;
  std::optional<targets::WorkloadObject> deployment;
  const auto read = reader.read_copy(input, [&](wire::JsonCursor& root) -> Result<void> {
    auto decoded = targets::read_deployment(root);
    if (!decoded) return decoded.error();
    deployment = std::move(decoded).value();
    return {};
  });
  if (!read) {
    claim_message(read.error().message);
  } else {
    claim(!deployment->meta.key.name.empty(), "an object without a name was taken");
    claim_observation(*deployment);
  }
  const auto scale = targets::read_scale(input);
  if (!scale) return claim_message(scale.error().message);
  claim(scale->spec_replicas >= 0, "a scale of a negative number was taken");
}

}  // namespace evalscaler::fuzz
