// SPDX-License-Identifier: Apache-2.0
#include "workload/load/request_body.hpp"

#include <array>
#include <nlohmann/json.hpp>

namespace evalscaler::workload {
namespace {

std::string make_text(std::size_t seed) {
  static constexpr std::array<const char*, 12> kWords = {
      "the",    "forecast", "model",  "answered", "quickly", "with",
      "strong", "evidence", "though", "some",     "figures", "diverged"};
  static constexpr std::size_t kShortest = 8;
  std::string text;
  const std::size_t words = kShortest + seed % 17;
  for (std::size_t at = 0; at < words; ++at) {
    if (at > 0) text += ' ';
    text += kWords[(seed * 7 + at * (seed % 5 + 1)) % kWords.size()];
  }
  return text;
}

}  // namespace

std::string make_request_body(const RequestShape& shape, std::size_t variant) {
  nlohmann::ordered_json body;
  auto& items = body["items"] = nlohmann::ordered_json::array();
  for (std::size_t at = 0; at < shape.items; ++at) {
    items.push_back({{"id", "item-" + std::to_string(variant) + "-" + std::to_string(at)},
                     {"text", make_text(variant * 31 + at)}});
  }
  body["criteria"] = nlohmann::ordered_json::array();
  for (const auto& [name, weight] :
       {std::pair("accuracy", 0.5), std::pair("relevance", 0.3), std::pair("fluency", 0.2)}) {
    body["criteria"].push_back({{"name", name}, {"weight", weight}});
  }
  if (shape.work_ms) body["work"]["cpuMs"] = *shape.work_ms;
  if (shape.wait_ms) body["work"]["waitMs"] = *shape.wait_ms;
  return body.dump();
}

}  // namespace evalscaler::workload
