// SPDX-License-Identifier: Apache-2.0
// EvaluationRequest: the body of POST /evaluate, read from JSON and checked. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "workload/engine/work.hpp"

namespace evalscaler::workload {

struct EvaluationItem {
  std::string id;
  std::string content;  // the text, or the compact JSON of everything but the id
};

struct Criterion {
  std::string name;
  double weight = 1.0;
};

struct EvaluationRequest {
  std::vector<EvaluationItem> items;  // 1 .. kMostItems
  std::vector<Criterion> criteria;    // 1 .. kMostCriteria, names distinct, weights sum > 0
  WorkPerItem work;                   // the request's own, else the engine's
};

inline constexpr std::size_t kMostItems = 1000;
inline constexpr std::size_t kMostCriteria = 32;
inline constexpr std::size_t kMostBodyBytes = 1024 * 1024;
inline constexpr int kDeepestNesting = 64;

// Which field of the body is wrong ("items[3].id"; "" = the body as a whole), and how.
struct FieldComplaint {
  std::string field;
  std::string message;
};

// Pure. Work is bounded by kMostWorkPerItem and, over all items, kMostWorkPerRequest.
[[nodiscard]] std::variant<EvaluationRequest, FieldComplaint> parse_evaluation_request(
    std::string_view body, const WorkPerItem& default_work);

}  // namespace evalscaler::workload
