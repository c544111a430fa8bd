// SPDX-License-Identifier: Apache-2.0
// RateSchedule: a wanted request rate over time, and the send times it makes. Pure.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace evalscaler::workload {

// A stretch of time in which the rate (requests per second) goes linearly from one value to
// another. Durations are > 0, rates finite and >= 0.
struct RateSegment {
  double seconds = 0.0;
  double rate_from = 0.0;
  double rate_to = 0.0;
};

// From second 0 to duration().
class RateSchedule {
 public:
  // Segments that last no time are left out.
  explicit RateSchedule(const std::vector<RateSegment>& segments);

  [[nodiscard]] const std::vector<RateSegment>& segments() const { return segments_; }
  [[nodiscard]] double duration() const;
  [[nodiscard]] double expected_requests() const;  // the area under the rate
  [[nodiscard]] double rate_at(double second) const;

 private:
  std::vector<RateSegment> segments_;
};

// Up linearly, level, down linearly.
struct Phases {
  std::chrono::duration<double> ramp_up{0};
  std::chrono::duration<double> sustain{0};
  std::chrono::duration<double> ramp_down{0};
  double rate = 0.0;
};
[[nodiscard]] RateSchedule make_schedule(const Phases& phases);

enum class ArrivalKind { EvenlySpaced, Poisson };

// The intended send times of a schedule, in seconds from its start, ascending.
//
// Computed in the domain of the area under the rate, where any rate curve becomes a steady one:
// evenly spaced arrivals stand at areas 0.5, 1.5, 2.5, ...; Poisson arrivals are a unit-rate
// Poisson process there (time change of an inhomogeneous process). The same seed gives the same
// times.
class ArrivalSequence {
 public:
  // The schedule must outlive the sequence.
  ArrivalSequence(const RateSchedule& schedule, ArrivalKind kind, std::uint64_t seed);

  // Nothing once the schedule is over.
  [[nodiscard]] std::optional<double> next();

 private:
  [[nodiscard]] double next_area();

  const RateSchedule& schedule_;
  const ArrivalKind kind_;
  std::mt19937_64 random_;
  double area_ = 0.0;  // of the arrival last given out
  bool started_ = false;
  std::size_t segment_ = 0;     // where that arrival lies
  double segment_start_ = 0.0;  // in seconds
  double segment_area_ = 0.0;   // area before this segment
};

}  // namespace evalscaler::workload
