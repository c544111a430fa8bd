// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "api/service_json.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "reconcile/service_object.hpp"
#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::fuzz {
namespace {

std::string written(const api::ServiceStatus& status) {
  wire::JsonWriter out;
  api::write_status(out, status);
  return std::move(out).text();
}

// The status is the operator's memory across restarts: what it writes it must read back, and
// writing that again must be the same text, or every visit would find a change to write.
void claim_status_survives(const api::ServiceStatus& status) {
  const std::string first = written(status);
  api::ServiceStatus back;
  wire::JsonReader reader;
  const auto read = reader.read_copy(first, [&](wire::JsonCursor& root) -> Result<void> {
    auto again = api::read_status(root);
    if (!again) return again.error();
    back = std::move(again).value();
    return {};
  });
  claim(read.has_value(), "a written status does not read: " + first);
  claim(written(back) == first, "a status changes by being written and read: " + first);
}

void claim_rules(const api::ServiceSpec& spec) {
  const auto problems = api::validate(spec);
  for (const api::FieldProblem& problem : problems) claim_message(problem.text());
  if (!problems.empty()) return;
  for (const api::Tier& tier : spec.tiers) {
    claim(tier.min_replicas >= 0 && tier.min_replicas <= tier.max_replicas,
          "a valid tier's bounds are upside down");
    claim(tier.threshold.has_value() && !tier.threshold->metrics.empty(),
          "a valid tier has nothing to go by");
    claim(tier.threshold->scale_up.step >= 1 && tier.threshold->scale_down.step >= 1,
          "a valid tier steps by nothing");
  }
  claim(spec.interval.count() > 0, "a valid interval is not positive");
}

}  // namespace

void service_object(std::string_view input) {
  wire::JsonReader reader;
  reconcile::ServiceObject service;
  const auto read = reader.read_copy(input, [&](wire::JsonCursor& root) -> Result<void> {
    auto decoded = reconcile::read_service(root);
    if (!decoded) return decoded.error();
    service = std::move(decoded).value();
    return {};
  });
  if (!read) return claim_message(read.error().message);
  claim(!service.meta.key.name.empty(), "an object without a name was taken");
  if (!service.spec_error.empty()) claim_message(service.spec_error);
  if (service.spec_error.empty()) claim_rules(service.spec);
  claim_status_survives(service.status);
}

}  // namespace evalscaler::fuzz
