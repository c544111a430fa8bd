// SPDX-License-Identifier: Apache-2.0
// Decision: the number of replicas to go to, and every step that led there, in words.
//
// The numbers alone are an Outcome (situation.hpp), which costs no allocation; words are made of
// it only where somebody will read them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/service_status.hpp"
#include "scaling/inputs.hpp"
#include "scaling/outcome.hpp"

namespace evalscaler::scaling {

struct Decision {
  Replicas from = 0;
  Replicas to = 0;
  std::string reason;          // CamelCase: of the last step that had a say
  std::string message;         // for people, with the numbers; for a hold the nearest way out
  std::optional<Score> score;  // threshold policy only
  // What the policy asked for, before anything limited it; what `behavior` remembers.
  Replicas proposal = 0;
  std::vector<api::Step> steps;  // every stage that changed the number or vetoed a change

  Direction direction() const {
    return to > from ? Direction::Up : to < from ? Direction::Down : Direction::Hold;
  }
};

// Pure: no clock, no I/O, no logging, no lock, no randomness. Same inputs, same bytes.
Decision decide(const TierInputs& inputs);

}  // namespace evalscaler::scaling
