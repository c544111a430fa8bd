// SPDX-License-Identifier: Apache-2.0
#include "workload/load/rate_schedule.hpp"

#include <algorithm>
#include <cmath>

namespace evalscaler::workload {
namespace {

double area_of(const RateSegment& segment) {
  return segment.seconds * (segment.rate_from + segment.rate_to) / 2.0;
}

// When, in seconds from the segment's start, the area under its rate has grown to `area`.
double seconds_to_area(const RateSegment& segment, double area) {
  const double slope = (segment.rate_to - segment.rate_from) / segment.seconds;
  // The root of from*t + slope*t^2/2 = area, in the form that neither cancels nor divides by a
  // slope of 0.
  const double under_root = segment.rate_from * segment.rate_from + 2.0 * slope * area;
  const double divisor = segment.rate_from + std::sqrt(std::max(under_root, 0.0));
  return std::min(divisor > 0.0 ? 2.0 * area / divisor : segment.seconds, segment.seconds);
}

}  // namespace

RateSchedule::RateSchedule(const std::vector<RateSegment>& segments) {
  for (const RateSegment& segment : segments) {
    if (segment.seconds > 0.0) segments_.push_back(segment);
  }
}

double RateSchedule::duration() const {
  double seconds = 0.0;
  for (const RateSegment& segment : segments_) seconds += segment.seconds;
  return seconds;
}

double RateSchedule::expected_requests() const {
  double area = 0.0;
  for (const RateSegment& segment : segments_) area += area_of(segment);
  return area;
}

double RateSchedule::rate_at(double second) const {
  double left = second;
  for (const RateSegment& segment : segments_) {
    if (left < segment.seconds) {
      return segment.rate_from + (segment.rate_to - segment.rate_from) * left / segment.seconds;
    }
    left -= segment.seconds;
  }
  return 0.0;
}

RateSchedule make_schedule(const Phases& phases) {
  return RateSchedule({{phases.ramp_up.count(), 0.0, phases.rate},
                       {phases.sustain.count(), phases.rate, phases.rate},
                       {phases.ramp_down.count(), phases.rate, 0.0}});
}

ArrivalSequence::ArrivalSequence(const RateSchedule& schedule, ArrivalKind kind, std::uint64_t seed)
    : schedule_(schedule), kind_(kind), random_(seed) {}

double ArrivalSequence::next_area() {
  if (kind_ == ArrivalKind::EvenlySpaced) return started_ ? area_ + 1.0 : 0.5;
  // Spelled out rather than std::exponential_distribution, whose numbers differ from one standard
  // library to the next. 53 random bits, shifted so that the logarithm never sees 0.
  const double unit = (static_cast<double>(random_() >> 11) + 0.5) * 0x1p-53;
  return area_ - std::log(unit);
}

std::optional<double> ArrivalSequence::next() {
  area_ = next_area();
  started_ = true;
  const auto& segments = schedule_.segments();
  while (segment_ < segments.size()) {
    const RateSegment& segment = segments[segment_];
    const double area = area_of(segment);
    if (area_ < segment_area_ + area) {
      return segment_start_ + seconds_to_area(segment, area_ - segment_area_);
    }
    segment_area_ += area;
    segment_start_ += segment.seconds;
    ++segment_;
  }
  return std::nullopt;
}

}  // namespace evalscaler::workload
