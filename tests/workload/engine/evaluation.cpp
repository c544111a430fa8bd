// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/evaluation.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <set>

#include "workload/clock.hpp"
#include "workload/engine/content_hash.hpp"

namespace evalscaler::workload {
namespace {

// Each 0..1.
using Features = std::array<double, 3>;

Features features_of(std::string_view content) {
  std::set<std::string_view> distinct;
  std::size_t words = 0;
  std::size_t letters = 0;
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t end = std::min(content.find_first_of(" \t\r\n", at), content.size());
    if (end > at) {
      distinct.insert(content.substr(at, end - at));
      letters += end - at;
      ++words;
    }
    at = end + 1;
  }
  if (words == 0) return {0.0, 0.0, 0.0};
  const auto count = static_cast<double>(words);
  const double variety = static_cast<double>(distinct.size()) / count;
  const double length = count / (count + 50.0);
  const double mean_word = static_cast<double>(letters) / count;
  return {variety, length, mean_word / (mean_word + 5.0)};
}

double to_unit(std::uint64_t hash) {
  return static_cast<double>(hash >> 11) * 0x1p-53;
}

double score_of(std::string_view criterion, std::string_view content, const Features& features) {
  std::uint64_t seed = content_hash(criterion, 0);
  double weighted = 0.0;
  double weights = 0.0;
  for (const double feature : features) {
    seed = mixed(seed);
    const double weight = 0.1 + to_unit(seed);
    weighted += weight * feature;
    weights += weight;
  }
  const double tie_breaker = to_unit(content_hash(content, seed));
  return std::round((0.9 * weighted / weights + 0.1 * tie_breaker) * 1e4) / 1e4;
}

double to_milliseconds(std::chrono::nanoseconds duration) {
  const double milliseconds = std::chrono::duration<double, std::milli>(duration).count();
  return std::round(milliseconds * 1e3) / 1e3;
}

ItemResult evaluate_item(const EvaluationItem& item, const EvaluationRequest& request) {
  const Instant begin = monotonic_now();
  const Features features = features_of(item.content);
  ItemResult result;
  result.id = item.id;
  double weights = 0.0;
  for (const Criterion& criterion : request.criteria) {
    result.scores.push_back(score_of(criterion.name, item.content, features));
    result.total += criterion.weight * result.scores.back();
    weights += criterion.weight;
  }
  result.total = std::round(result.total / weights * 1e4) / 1e4;
  do_work(request.work, item.content);
  result.duration = monotonic_now() - begin;
  return result;
}

}  // namespace

double score_of(std::string_view criterion, std::string_view content) {
  return score_of(criterion, content, features_of(content));
}

EvaluationResult evaluate(const EvaluationRequest& request) {
  const Instant begin = monotonic_now();
  EvaluationResult result;
  result.items.reserve(request.items.size());
  for (const EvaluationItem& item : request.items) {
    result.items.push_back(evaluate_item(item, request));
  }
  result.duration = monotonic_now() - begin;
  return result;
}

std::string to_json(const EvaluationRequest& request, const EvaluationResult& result) {
  nlohmann::ordered_json results = nlohmann::ordered_json::array();
  double total = 0.0;
  for (const ItemResult& item : result.items) {
    nlohmann::ordered_json scores = nlohmann::ordered_json::object();
    for (std::size_t at = 0; at < item.scores.size(); ++at) {
      scores[request.criteria[at].name] = item.scores[at];
    }
    results.push_back({{"id", item.id},
                       {"scores", std::move(scores)},
                       {"total", item.total},
                       {"durationMs", to_milliseconds(item.duration)}});
    total += item.total;
  }
  const auto count = static_cast<double>(result.items.size());
  // A clock that did not move between two readings must not turn into a division by zero.
  const double seconds = std::max(std::chrono::duration<double>(result.duration).count(), 1e-6);
  nlohmann::ordered_json answer;
  answer["results"] = std::move(results);
  answer["metrics"] = {{"items", result.items.size()},
                       {"durationMs", to_milliseconds(result.duration)},
                       {"itemsPerSecond", std::round(count / seconds * 10.0) / 10.0},
                       {"averageScore", std::round(total / count * 1e4) / 1e4}};
  return answer.dump();
}

}  // namespace evalscaler::workload
