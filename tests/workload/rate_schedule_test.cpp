// SPDX-License-Identifier: Apache-2.0
#include "workload/load/rate_schedule.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace evalscaler::workload {
namespace {

using std::chrono::seconds;

std::vector<double> all_arrivals(const RateSchedule& schedule,
                                 ArrivalKind kind = ArrivalKind::EvenlySpaced,
                                 std::uint64_t seed = 1) {
  ArrivalSequence sequence(schedule, kind, seed);
  std::vector<double> times;
  while (const auto time = sequence.next()) times.push_back(*time);
  return times;
}

TEST(RateSchedule, SteadyRateSpacesRequestsEvenly) {
  const auto times = all_arrivals(make_schedule(Phases{{}, seconds(2), {}, 5.0}));
  ASSERT_EQ(times.size(), 10U);
  for (std::size_t at = 0; at < times.size(); ++at) {
    EXPECT_NEAR(times[at], 0.1 + 0.2 * static_cast<double>(at), 1e-9);
  }
}

TEST(RateSchedule, RampsSendHalfOfWhatTheirTopRateWould) {
  const RateSchedule schedule = make_schedule(Phases{seconds(30), seconds(60), seconds(30), 100.0});
  EXPECT_DOUBLE_EQ(schedule.duration(), 120.0);
  EXPECT_DOUBLE_EQ(schedule.expected_requests(), 9000.0);
  const auto times = all_arrivals(schedule);
  ASSERT_EQ(times.size(), 9000U);
  EXPECT_TRUE(std::ranges::is_sorted(times));
  const auto before = [&times](double second) {
    return std::ranges::lower_bound(times, second) - times.begin();
  };
  EXPECT_EQ(before(30.0), 1500);
  EXPECT_EQ(before(90.0), 7500);
  EXPECT_LE(times.back(), 120.0);
}

TEST(RateSchedule, ARampGrowsWithTheSquareOfTime) {
  const auto times = all_arrivals(make_schedule(Phases{seconds(10), {}, {}, 20.0}));
  ASSERT_EQ(times.size(), 100U);
  // Area under the rate: t^2. Request n stands where it reaches n + 0.5.
  for (std::size_t at = 0; at < times.size(); ++at) {
    EXPECT_NEAR(times[at] * times[at], static_cast<double>(at) + 0.5, 1e-9);
  }
}

TEST(RateSchedule, ARampDownMirrorsARampUp) {
  const auto up = all_arrivals(make_schedule(Phases{seconds(10), {}, {}, 20.0}));
  const auto down = all_arrivals(make_schedule(Phases{{}, {}, seconds(10), 20.0}));
  ASSERT_EQ(up.size(), down.size());
  for (std::size_t at = 0; at < up.size(); ++at) {
    EXPECT_NEAR(up[at], 10.0 - down[down.size() - 1 - at], 1e-9);
  }
}

TEST(RateSchedule, NothingIsSentAtRateZero) {
  EXPECT_TRUE(all_arrivals(make_schedule(Phases{seconds(5), seconds(5), seconds(5), 0.0})).empty());
  EXPECT_TRUE(all_arrivals(RateSchedule({})).empty());
}

TEST(RateSchedule, PausesAreSteppedOver) {
  const auto times =
      all_arrivals(RateSchedule({{1.0, 2.0, 2.0}, {100.0, 0.0, 0.0}, {1.0, 2.0, 2.0}}));
  ASSERT_EQ(times.size(), 4U);
  EXPECT_NEAR(times[1], 0.75, 1e-9);
  EXPECT_NEAR(times[2], 101.25, 1e-9);
}

TEST(RateSchedule, KnowsItsRateAtAnySecond) {
  const RateSchedule schedule = make_schedule(Phases{seconds(10), seconds(10), seconds(10), 50.0});
  EXPECT_DOUBLE_EQ(schedule.rate_at(0.0), 0.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(5.0), 25.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(15.0), 50.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(29.0), 5.0);
  EXPECT_DOUBLE_EQ(schedule.rate_at(30.0), 0.0);
}

TEST(PoissonArrivals, RepeatWithTheirSeedAndDifferWithout) {
  const RateSchedule schedule = make_schedule(Phases{{}, seconds(10), {}, 10.0});
  EXPECT_EQ(all_arrivals(schedule, ArrivalKind::Poisson, 5),
            all_arrivals(schedule, ArrivalKind::Poisson, 5));
  EXPECT_NE(all_arrivals(schedule, ArrivalKind::Poisson, 5),
            all_arrivals(schedule, ArrivalKind::Poisson, 6));
}

TEST(PoissonArrivals, HaveTheMeanAndVarianceOfAPoissonProcess) {
  const RateSchedule schedule = make_schedule(Phases{{}, seconds(1000), {}, 10.0});
  std::vector<double> per_second(1000, 0.0);
  for (const double time : all_arrivals(schedule, ArrivalKind::Poisson, 42)) {
    per_second[static_cast<std::size_t>(time)] += 1.0;
  }
  const double mean = std::accumulate(per_second.begin(), per_second.end(), 0.0) / 1000.0;
  double variance = 0.0;
  for (const double count : per_second) variance += (count - mean) * (count - mean) / 1000.0;
  EXPECT_NEAR(mean, 10.0, 0.4);            // four standard errors
  EXPECT_NEAR(variance / mean, 1.0, 0.2);  // evenly spaced arrivals would give 0
}

}  // namespace
}  // namespace evalscaler::workload
