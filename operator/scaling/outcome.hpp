// SPDX-License-Identifier: Apache-2.0
// Outcome: a decision in numbers, before anybody put it into words.
//
// Plain data of fixed size: making one allocates nothing. Names and reasons borrow from constants.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <optional>
#include <string_view>

#include "api/target_observation.hpp"

namespace evalscaler::scaling {

using api::Replicas;

enum class Direction { Up, Down, Hold };
std::string_view to_text(Direction direction);  // "ScaleUp", "ScaleDown", "Hold"

struct Score {
  double up = 0;
  double down = 0;
};

// What one stage changed or vetoed. `from` is the number it was given.
struct Ruling {
  std::string_view stage;
  Replicas from = 0;
  Replicas to = 0;
  std::string_view reason;  // of reasons.hpp
};

// At most one per stage, in their order.
class Rulings {
 public:
  static constexpr std::size_t kMost = 20;

  void add(const Ruling& ruling) {
    assert(count_ < kMost);
    list_[count_++] = ruling;
  }
  void clear() { count_ = 0; }
  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const Ruling& back() const { return list_[count_ - 1]; }
  const Ruling* begin() const { return list_.data(); }
  const Ruling* end() const { return list_.data() + count_; }

 private:
  std::array<Ruling, kMost> list_;
  std::size_t count_ = 0;
};

struct Outcome {
  Replicas from = 0;
  Replicas to = 0;
  // What the policy asked for, before anything limited it; what `behavior` remembers.
  Replicas proposal = 0;
  std::string_view reason;     // of the last stage that had a say
  std::optional<Score> score;  // threshold policy only
  Rulings rulings;

  Direction direction() const {
    return to > from ? Direction::Up : to < from ? Direction::Down : Direction::Hold;
  }
};

}  // namespace evalscaler::scaling
