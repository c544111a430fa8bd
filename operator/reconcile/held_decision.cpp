// SPDX-License-Identifier: Apache-2.0
#include "reconcile/held_decision.hpp"

#include <utility>

namespace evalscaler::reconcile {

scaling::Decision held_back(scaling::Decision decision, const api::Tier& tier,
                            std::string_view stage, std::string_view reason,
                            const std::string& why) {
  decision.steps.push_back(
      {std::string(stage), decision.to, decision.from, std::string(reason), why});
  decision.message = tier.name + " holds at " + std::to_string(decision.from) + ": " + why;
  decision.to = decision.from;
  decision.reason = reason;
  return decision;
}

}  // namespace evalscaler::reconcile
