// SPDX-License-Identifier: Apache-2.0
// What one evaluation costs, by policy, load and number of metrics. The goal is 1 us per metric.
#include <benchmark/benchmark.h>

#include "decision_case.hpp"

namespace evalscaler::bench {
namespace {

using Make = DecisionCase (*)(std::size_t metrics, Load load);

void evaluate(benchmark::State& state, Make make, Load load) {
  const auto metrics = static_cast<std::size_t>(state.range(0));
  DecisionCase tier = make(metrics, load);
  for (int i = 0; i < 50; ++i) tier.evaluate();
  for (auto _ : state) benchmark::DoNotOptimize(tier.evaluate());
  state.counters["per_metric"] =
      benchmark::Counter(static_cast<double>(metrics) * static_cast<double>(state.iterations()),
                         benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void in_words(benchmark::State& state, Make make, Load load) {
  DecisionCase tier = make(static_cast<std::size_t>(state.range(0)), load);
  for (int i = 0; i < 50; ++i) tier.evaluate();
  const scaling::Outcome outcome = tier.evaluate();
  for (auto _ : state) benchmark::DoNotOptimize(tier.last_in_words(outcome));
}

BENCHMARK_CAPTURE(evaluate, threshold_quiet, &DecisionCase::threshold, Load::Quiet)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20);
BENCHMARK_CAPTURE(evaluate, threshold_busy, &DecisionCase::threshold, Load::Busy)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20);
BENCHMARK_CAPTURE(evaluate, tracking_quiet, &DecisionCase::tracking, Load::Quiet)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20);
BENCHMARK_CAPTURE(evaluate, tracking_busy, &DecisionCase::tracking, Load::Busy)
    ->Arg(1)
    ->Arg(5)
    ->Arg(20);
BENCHMARK_CAPTURE(in_words, threshold_quiet, &DecisionCase::threshold, Load::Quiet)->Arg(5);
BENCHMARK_CAPTURE(in_words, tracking_quiet, &DecisionCase::tracking, Load::Quiet)->Arg(5);

}  // namespace
}  // namespace evalscaler::bench

BENCHMARK_MAIN();
