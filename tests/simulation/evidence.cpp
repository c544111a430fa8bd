// SPDX-License-Identifier: Apache-2.0
#include "simulation/evidence.hpp"

#include <algorithm>

namespace evalscaler::simulation {

const Told* Evidence::newest(Question question, SteadyTime time) {
  const std::vector<Told>& all = prometheus_.told(question, target_);
  const auto at =
      std::find_if(all.rbegin(), all.rend(), [&](const Told& each) { return each.at <= time; });
  return at == all.rend() ? nullptr : &*at;
}

bool Evidence::beyond(const TierSettings& tier, const std::vector<std::int64_t>& ready,
                      SteadyTime time) {
  const Told* errors = newest(Question::Errors, time);
  if (errors != nullptr && errors->good && errors->value > kErrorsHigh) return true;
  const Told* load = newest(Question::Load, time);
  if (load == nullptr || !load->good) return false;
  return std::any_of(ready.begin(), ready.end(), [&](std::int64_t pods) {
    return pods > 0 && load->value / static_cast<double>(pods) > tier.load_high;
  });
}

bool Evidence::may_grow(const TierSettings& tier, const std::vector<std::int64_t>& ready,
                        SteadyTime began, SteadyTime sent) {
  return beyond(tier, ready, began) || beyond(tier, ready, sent);
}

std::string Evidence::not_good(SteadyTime now) {
  for (const Question question :
       {Question::Load, Question::LoadAge, Question::LoadMaturity, Question::Errors}) {
    const std::string name(kQuestions.at(static_cast<std::size_t>(question)));
    const Told* told = newest(question, now);
    if (told == nullptr) return name + " was never answered";
    if (now - told->at > max_age_) return name + " is too old";
    if (!told->good) return name + " is not good";
  }
  return "";
}

std::string Evidence::obstacle(const TierSettings& tier, const std::vector<std::int64_t>& ready,
                               SteadyTime time) {
  if (std::string problem = not_good(time); !problem.empty()) return problem;
  if (newest(Question::Errors, time)->value >= kErrorsLow) return "errors are not low";
  const double load = newest(Question::Load, time)->value;
  const bool low = std::any_of(ready.begin(), ready.end(), [&](std::int64_t pods) {
    return pods > 0 && load / static_cast<double>(pods) < tier.load_low;
  });
  return low ? "" : "load is not low";
}

std::string Evidence::may_not_shrink(const TierSettings& tier,
                                     const std::vector<std::int64_t>& ready, SteadyTime began,
                                     SteadyTime sent) {
  const std::string at_first = obstacle(tier, ready, began);
  return at_first.empty() ? at_first : obstacle(tier, ready, sent);
}

}  // namespace evalscaler::simulation
