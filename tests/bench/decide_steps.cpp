// SPDX-License-Identifier: Apache-2.0
// Evaluates one case a given number of times and nothing else, for callgrind to count.
//
// usage: decide_steps CASE METRICS TIMES; CASE: threshold_quiet, threshold_busy, tracking_quiet,
// tracking_busy. The difference of two counts with different TIMES is free of start and end.
#include <array>
#include <charconv>
#include <cstring>
#include <iostream>
#include <string_view>

#include "decision_case.hpp"

namespace evalscaler::bench {
namespace {

struct Named {
  std::string_view name;
  DecisionCase (*make)(std::size_t metrics, Load load);
  Load load;
};
constexpr std::array kCases{
    Named{"threshold_quiet", &DecisionCase::threshold, Load::Quiet},
    Named{"threshold_busy", &DecisionCase::threshold, Load::Busy},
    Named{"tracking_quiet", &DecisionCase::tracking, Load::Quiet},
    Named{"tracking_busy", &DecisionCase::tracking, Load::Busy},
};

std::size_t number(const char* text) {
  std::size_t value = 0;
  std::from_chars(text, text + std::strlen(text), value);
  return value;
}

int run(std::string_view name, std::size_t metrics, std::size_t times) {
  for (const Named& each : kCases) {
    if (each.name != name || metrics == 0) continue;
    DecisionCase tier = each.make(metrics, each.load);
    long sum = 0;
    for (std::size_t i = 0; i < times; ++i) sum += tier.evaluate().to;
    std::cout << sum << "\n";
    return 0;
  }
  std::cerr << "no case '" << name << "' with that many metrics\n";
  return 2;
}

}  // namespace
}  // namespace evalscaler::bench

int main(int argc, char** argv) {
  if (argc != 4) {
    std::cerr << "usage: decide_steps CASE METRICS TIMES\n";
    return 2;
  }
  return evalscaler::bench::run(argv[1], evalscaler::bench::number(argv[2]),
                                evalscaler::bench::number(argv[3]));
}
