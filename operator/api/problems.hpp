// SPDX-License-Identifier: Apache-2.0
// Problems: what validate() has found so far, and the checks that its parts share.
//
// Only for the validation of this folder. Limits are those of the schema; tests/golden tries
// each of them on both sides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "api/evaluation_service.hpp"
#include "core/quantity.hpp"

namespace evalscaler::api {

inline constexpr std::size_t kMaxName = 63;
inline constexpr std::int64_t kMaxReplicas = 1'000'000;
inline constexpr std::int64_t kMaxCooldown = 86'400;

class Problems {
 public:
  void add(std::string field, std::string message, std::string fix = "");
  void whole(std::string field, std::int64_t value, std::int64_t least, std::int64_t most);
  void length(std::string field, std::string_view text, std::size_t most);
  // DNS label, or with dots in `inner` a DNS subdomain.
  void name(std::string field, std::string_view text, std::size_t most, std::string_view inner);
  void count(std::string field, std::size_t size, std::size_t most);
  void not_negative(std::string field, const std::optional<Quantity>& quantity);
  // Name and query of each metric, of whichever policy.
  void metrics(const std::string& list, const std::vector<MetricDemand>& metrics);
  std::vector<FieldProblem> take() && { return std::move(found_); }

 private:
  std::vector<FieldProblem> found_;
};

std::string at(std::string_view list, std::size_t index);  // "list[3]"

// Which block a target needs and may have, and what stands in it.
void check_target(const Tier& tier, const std::string& field, Problems& out);
void check_threshold(const ThresholdPolicy& policy, const std::string& field, Problems& out);
void check_tracking(const TargetTracking& policy, const std::string& field, Problems& out);
void check_behavior(const Behavior& behavior, const std::string& field, Problems& out);

}  // namespace evalscaler::api
