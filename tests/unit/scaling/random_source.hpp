// SPDX-License-Identifier: Apache-2.0
// RandomSource: numbers from a seed, for lives that are lived twice.
#pragma once

#include <random>

namespace evalscaler::scaling {

class RandomSource {
 public:
  explicit RandomSource(unsigned seed) : engine_(seed) {}
  long whole(long from, long to) { return std::uniform_int_distribution<long>(from, to)(engine_); }
  bool chance(int of_ten) { return whole(1, 10) <= of_ten; }

 private:
  std::mt19937 engine_;
};

}  // namespace evalscaler::scaling
