// SPDX-License-Identifier: Apache-2.0
// The flap proof against a plain simulation: constant loads, every replica count, the rules of
// the threshold policy written down once more.
#include "checks/flap_proof.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <cmath>
#include <sstream>
#include <vector>

namespace evalscaler::checks {
namespace {

struct Spec {
  Band band;
  bool proportional_step = false;
  int max_step = 0;  // 0 = none
};

std::ostream& operator<<(std::ostream& out, const Spec& spec) {
  const Band& b = spec.band;
  return out << "up " << b.up << " down " << b.down << " from " << b.min << " to " << b.max
             << " steps +" << b.up_step << " -" << b.down_step
             << (b.guard == FlapGuard::On ? " guarded" : "")
             << (spec.proportional_step ? " proportional" : "") << " at most " << spec.max_step;
}

// One evaluation under a load that never changes. `went` is +1, -1 or 0; `refused` is the guard.
struct Move {
  int to = 0;
  int went = 0;
  bool refused = false;
};

double per_replica(double load, int n) {
  return n > 0 ? load / n : load > 0 ? INFINITY : 0;
}

Move evaluate(const Spec& spec, double load, int n) {
  const double value = per_replica(load, n);
  const Band& b = spec.band;
  if (value > b.up && n < b.max) {
    int step = b.up_step;
    if (spec.proportional_step) {
      const double more = std::ceil(n * value / b.up) - n;
      step = more > 1e6 ? 1'000'000 : std::max(step, static_cast<int>(more));
      if (spec.max_step > 0) step = std::min(step, spec.max_step);
    }
    return {std::min(n + step, b.max), 1, false};
  }
  if (value < b.down && n > b.min) {
    const int next = std::max(n - b.down_step, b.min);
    const bool refused = b.guard == FlapGuard::On && per_replica(load, next) > b.up;
    return refused ? Move{n, 0, true} : Move{next, -1, false};
  }
  return {n, 0, false};
}

// A step that is taken back by the next one, or that is wanted and refused.
bool flaps(const Spec& spec, double load, int n) {
  const Move first = evaluate(spec, load, n);
  if (first.refused) return true;
  const Move second = evaluate(spec, load, first.to);
  return first.went != 0 && (second.refused || second.went == -first.went);
}

// Flapping begins right beside a threshold; a few loads between are tried for good measure.
bool simulation_finds_flapping(const Spec& spec) {
  constexpr double kBeside = 1e-6;
  const Band& b = spec.band;
  for (int n = b.min; n <= b.max; ++n) {
    std::vector<double> loads{n * b.up * (1 + kBeside), n * b.down * (1 - kBeside)};
    for (double share = 0.05; share < 3; share += 0.1) loads.push_back(n * b.up * share);
    for (const double load : loads) {
      if (flaps(spec, load, n)) return true;
    }
  }
  return false;
}

bool proof_fails(const Band& band) {
  return first_down_break(band) || first_up_break(band);
}

Spec any_spec() {
  Spec spec;
  Band& b = spec.band;
  b.min = *rc::gen::inRange(1, 12);
  b.max = b.min + *rc::gen::inRange(0, 30);
  b.down = *rc::gen::inRange(1, 100);
  b.up = b.down + *rc::gen::inRange(1, 120);
  b.up_step = *rc::gen::inRange(1, 8);
  b.down_step = *rc::gen::inRange(1, 8);
  b.guard = *rc::gen::arbitrary<bool>() ? FlapGuard::On : FlapGuard::Off;
  spec.proportional_step = *rc::gen::arbitrary<bool>();
  if (spec.proportional_step && *rc::gen::arbitrary<bool>()) {
    spec.max_step = b.up_step + *rc::gen::inRange(0, 6);
  }
  return spec;
}

// Seeded, so that a run that passes passes again.
void check(const char* claim, void (*property)()) {
  rc::detail::TestParams params;
  params.seed = 20260101;
  params.maxSuccess = 3000;
  const rc::detail::TestMetadata metadata{claim, claim};
  const auto result = rc::detail::checkTestable(property, metadata, params);
  if (!result.template is<rc::detail::SuccessResult>()) {
    std::ostringstream text;
    rc::detail::printResultMessage(result, text);
    ADD_FAILURE() << text.str();
  }
}

TEST(FlapProof, FailsExactlyWhereTheSimulationFlaps) {
  check("proof and simulation agree", [] {
    const Spec spec = any_spec();
    RC_LOG() << spec << "\n";
    const bool fails = proof_fails(spec.band);
    RC_CLASSIFY(fails);
    RC_ASSERT(fails == simulation_finds_flapping(spec));
  });
}

TEST(FlapProof, AgreesOnEverySmallSpec) {
  int sound = 0;
  int broken = 0;
  for (int code = 0; code < 4 * 5 * 3 * 3 * 8 * 2; ++code) {
    int rest = code;
    const auto next = [&](int count) {
      const int value = rest % count;
      rest /= count;
      return value;
    };
    Spec spec;
    spec.band.min = 1 + next(4);
    spec.band.max = spec.band.min + next(5);
    spec.band.up_step = 1 + next(3);
    spec.band.down_step = 1 + next(3);
    spec.band.up = 80;
    spec.band.down = 10 * (next(8)) + 5;
    if (next(2) == 1) spec.band.guard = FlapGuard::Off;
    const bool fails = proof_fails(spec.band);
    (fails ? broken : sound) += 1;
    ASSERT_EQ(fails, simulation_finds_flapping(spec)) << spec;
  }
  EXPECT_GT(sound, 100);
  EXPECT_GT(broken, 100);
}

TEST(FlapProof, NamesTheFirstReplicaCount) {
  const Band band{70, 50, 1, 20, 3, 1, FlapGuard::On};
  const auto down = first_down_break(band);
  ASSERT_TRUE(down);
  EXPECT_EQ(down->from, 2);
  EXPECT_EQ(down->to, 1);
  EXPECT_DOUBLE_EQ(down->after, 100);
  const auto up = first_up_break(band);
  ASSERT_TRUE(up);
  EXPECT_EQ(up->from, 1);
  EXPECT_EQ(up->to, 4);
  EXPECT_DOUBLE_EQ(up->after, 17.5);
}

TEST(FlapProof, StepsAreCutAtTheBounds) {
  // 60 of 4 is 80 with 3, but 6 replicas are never left by more than 2.
  EXPECT_FALSE(first_down_break({90, 60, 4, 6, 1, 5, FlapGuard::On}));
  EXPECT_TRUE(first_down_break({89, 60, 4, 6, 1, 5, FlapGuard::On}));
  EXPECT_FALSE(first_up_break({90, 60, 4, 6, 5, 1, FlapGuard::On}));
  EXPECT_TRUE(first_up_break({90, 60.1, 4, 6, 5, 1, FlapGuard::On}));
}

TEST(FlapProof, TouchingTheThresholdIsNotCrossingIt) {
  EXPECT_FALSE(first_down_break({70, 35, 1, 10, 1, 1, FlapGuard::On}));
  EXPECT_FALSE(first_up_break({70, 35, 1, 10, 1, 1, FlapGuard::On}));
  // 0.1 + 0.2: what is equal on paper is equal here.
  EXPECT_FALSE(first_down_break({0.3, 0.2, 2, 10, 1, 1, FlapGuard::On}));
}

TEST(FlapProof, TheLastReplicaGoesOnlyWithoutLoad) {
  EXPECT_FALSE(first_down_break({70, 30, 0, 10, 1, 1, FlapGuard::On}));
  const auto open = first_down_break({70, 30, 0, 10, 1, 1, FlapGuard::Off});
  ASSERT_TRUE(open);
  EXPECT_EQ(open->from, 1);
  EXPECT_EQ(open->to, 0);
  const auto two = first_down_break({70, 30, 0, 10, 1, 2, FlapGuard::On});
  ASSERT_TRUE(two);
  EXPECT_EQ(two->from, 2);
}

TEST(FlapMends, EveryMendMendsInTheSimulationToo) {
  check("mends mend", [] {
    const Spec spec = any_spec();
    if (!proof_fails(spec.band)) return;
    const FlapMends mends = mends_of(spec.band);
    RC_ASSERT(mends.down || mends.up);
    RC_LOG() << spec << "\n";
    if (mends.down) {
      Spec mended = spec;
      mended.band.down = *mends.down;
      RC_ASSERT(*mends.down < spec.band.down);
      RC_ASSERT(!simulation_finds_flapping(mended));
    }
    if (mends.up) {
      Spec mended = spec;
      mended.band.up = *mends.up;
      RC_ASSERT(*mends.up > spec.band.up);
      RC_ASSERT(!simulation_finds_flapping(mended));
    }
    if (mends.down_step) {
      Spec mended = spec;
      mended.band.down_step = *mends.down_step;
      RC_ASSERT(*mends.down_step < spec.band.down_step);
      RC_ASSERT(!first_down_break(mended.band));
    }
    if (mends.up_step) {
      Spec mended = spec;
      mended.band.up_step = *mends.up_step;
      RC_ASSERT(*mends.up_step < spec.band.up_step);
      RC_ASSERT(!first_up_break(mended.band));
    }
  });
}

TEST(FlapMends, TheStepIsTheLargestThatWillDo) {
  const FlapMends mends = mends_of({80, 50, 5, 20, 1, 5, FlapGuard::On});
  EXPECT_EQ(mends.down_step, 3);  // 50 x 8 / 5 = 80
  EXPECT_EQ(mends.down, 40);
  EXPECT_EQ(mends.up, 100);
  EXPECT_FALSE(mends.up_step);
}

}  // namespace
}  // namespace evalscaler::checks
