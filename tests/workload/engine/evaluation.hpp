// SPDX-License-Identifier: Apache-2.0
// Evaluation: scores of items by criteria, and the answer they make.
//
// Scores depend on the content alone; durations are measured. Weights are those of the request.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "workload/engine/evaluation_request.hpp"

namespace evalscaler::workload {

struct ItemResult {
  std::string id;
  std::vector<double> scores;  // 0..1, in the order of the request's criteria
  double total = 0.0;          // weighted mean of the scores
  std::chrono::nanoseconds duration{0};
};

struct EvaluationResult {
  std::vector<ItemResult> items;
  std::chrono::nanoseconds duration{0};
};

// 0..1 with four decimals, from the content alone: how varied, how long and how wordy the text is,
// weighed differently by each criterion, and a tenth of hash on top so that two texts rarely tie.
// The same pair gives the same score in every process. Pure.
[[nodiscard]] double score_of(std::string_view criterion, std::string_view content);

// Scores every item and does the request's work for each. Blocks for as long as that takes.
[[nodiscard]] EvaluationResult evaluate(const EvaluationRequest& request);

// The body of the 200 answer. Pure.
[[nodiscard]] std::string to_json(const EvaluationRequest& request, const EvaluationResult& result);

}  // namespace evalscaler::workload
