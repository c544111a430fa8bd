// SPDX-License-Identifier: Apache-2.0
// RandomStream: the numbers that one part of a simulation draws, the same for the same seed on
// every machine (splitmix64; no distribution of the standard library).
//
// Every part has a stream of its own, so that one more draw here moves nothing there.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace evalscaler::simulation {

using Nanos = std::chrono::nanoseconds;

class RandomStream {
 public:
  RandomStream(std::uint64_t seed, std::string_view purpose) : state_(seed) {
    for (const char c : purpose) {
      state_ = (state_ ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
      next();
    }
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  // [0, 1)
  double fraction() { return static_cast<double>(next() >> 11U) * 0x1.0p-53; }
  bool chance(double probability) { return fraction() < probability; }
  // 0 .. count-1
  std::size_t below(std::size_t count) { return static_cast<std::size_t>(next() % count); }
  int between(int least, int most) {
    return least + static_cast<int>(below(static_cast<std::size_t>(most - least + 1)));
  }
  double real(double least, double most) { return least + fraction() * (most - least); }
  Nanos time(Nanos least, Nanos most) {
    return least + Nanos(static_cast<std::int64_t>(fraction() *
                                                   static_cast<double>((most - least).count())));
  }

 private:
  std::uint64_t state_;
};

}  // namespace evalscaler::simulation
