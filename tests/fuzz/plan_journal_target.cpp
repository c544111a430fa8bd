// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "redis/journal.hpp"

namespace evalscaler::fuzz {

void plan_journal(std::string_view input) {
  const auto journal = redis::parse_journal(input);
  if (!journal) return claim_message(journal.error().message);
  // Every turn of a plan writes back what the last one wrote: nothing may be lost or change.
  const std::string json = redis::to_json(*journal);
  const auto again = redis::parse_journal(json);
  claim(again.has_value(), "a written journal does not read: " + json);
  claim(*again == *journal, "a journal changes by being written: " + json);
  claim(redis::to_json(*again) == json, "a journal's text changes by being written: " + json);
}

}  // namespace evalscaler::fuzz
