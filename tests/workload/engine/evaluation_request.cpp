// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/evaluation_request.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>

namespace evalscaler::workload {
namespace {

using nlohmann::json;
using Refusal = std::optional<FieldComplaint>;

std::string place(std::string_view list, std::size_t index, std::string_view field = {}) {
  std::string text = std::string(list) + "[" + std::to_string(index) + "]";
  if (!field.empty()) text += "." + std::string(field);
  return text;
}

std::variant<json, FieldComplaint> parse_json(std::string_view body) {
  // The parser itself does not recurse, but writing a value back to text does: refuse deep nesting
  // before it can exhaust a worker's stack.
  bool too_deep = false;
  const auto watch_depth = [&too_deep](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > kDeepestNesting;
    return !too_deep;
  };
  try {
    json document = json::parse(body, watch_depth);
    if (too_deep) {
      return FieldComplaint{
          "", "the body is nested deeper than " + std::to_string(kDeepestNesting) + " levels"};
    }
    if (!document.is_object()) return FieldComplaint{"", "the body is not a JSON object"};
    return document;
  } catch (const json::parse_error& error) {
    return FieldComplaint{
        "", "the body is not JSON: stops making sense at byte " + std::to_string(error.byte)};
  } catch (const json::exception&) {
    return FieldComplaint{"", "the body is not JSON: a number in it is out of range"};
  }
}

Refusal read_items(const json& document, std::vector<EvaluationItem>& into) {
  const auto items = document.find("items");
  if (items == document.end()) return FieldComplaint{"items", "is missing"};
  if (!items->is_array()) return FieldComplaint{"items", "is not a list"};
  if (items->empty()) return FieldComplaint{"items", "is empty; send at least one"};
  if (items->size() > kMostItems) {
    return FieldComplaint{"items", "has " + std::to_string(items->size()) +
                                       " entries; send at most " + std::to_string(kMostItems)};
  }
  into.reserve(items->size());
  for (std::size_t at = 0; at < items->size(); ++at) {
    const json& item = (*items)[at];
    if (!item.is_object()) return FieldComplaint{place("items", at), "is not an object"};
    const auto id = item.find("id");
    if (id == item.end() || !id->is_string() || id->get_ref<const std::string&>().empty()) {
      return FieldComplaint{place("items", at, "id"), "is not a non-empty string"};
    }
    if (item.size() == 1) {
      return FieldComplaint{place("items", at, "text"), "is missing: the item has no content"};
    }
    const auto text = item.find("text");
    if (text != item.end() && text->is_string()) {
      into.push_back({id->get<std::string>(), text->get<std::string>()});
      continue;
    }
    json content = item;
    content.erase("id");
    into.push_back({id->get<std::string>(), content.dump()});
  }
  return std::nullopt;
}

Refusal read_criterion(const json& entry, std::size_t at, Criterion& into) {
  if (!entry.is_object()) return FieldComplaint{place("criteria", at), "is not an object"};
  const auto name = entry.find("name");
  if (name == entry.end() || !name->is_string() || name->get_ref<const std::string&>().empty()) {
    return FieldComplaint{place("criteria", at, "name"), "is not a non-empty string"};
  }
  into.name = name->get<std::string>();
  const auto weight = entry.find("weight");
  if (weight == entry.end()) return std::nullopt;
  if (!weight->is_number()) {
    return FieldComplaint{place("criteria", at, "weight"), "is not a number"};
  }
  into.weight = weight->get<double>();
  // The upper limit keeps the sum of all weights finite.
  if (!(into.weight >= 0.0 && into.weight <= 1e9)) {
    return FieldComplaint{place("criteria", at, "weight"), "is not between 0 and 1e9"};
  }
  return std::nullopt;
}

Refusal read_criteria(const json& document, std::vector<Criterion>& into) {
  const auto criteria = document.find("criteria");
  if (criteria == document.end()) return FieldComplaint{"criteria", "is missing"};
  if (!criteria->is_array()) return FieldComplaint{"criteria", "is not a list"};
  if (criteria->empty() || criteria->size() > kMostCriteria) {
    return FieldComplaint{"criteria", "has " + std::to_string(criteria->size()) +
                                          " entries; send 1 to " + std::to_string(kMostCriteria)};
  }
  std::set<std::string> names;
  double sum = 0.0;
  for (std::size_t at = 0; at < criteria->size(); ++at) {
    Criterion criterion;
    if (auto refusal = read_criterion((*criteria)[at], at, criterion)) return refusal;
    if (!names.insert(criterion.name).second) {
      return FieldComplaint{place("criteria", at, "name"), "repeats an earlier criterion"};
    }
    sum += criterion.weight;
    into.push_back(std::move(criterion));
  }
  if (sum <= 0.0) return FieldComplaint{"criteria", "have weights that are all 0"};
  return std::nullopt;
}

Refusal read_work_share(const json& work, std::string_view name, std::chrono::microseconds& into) {
  const auto share = work.find(name);
  if (share == work.end()) return std::nullopt;
  const double most = std::chrono::duration<double, std::milli>(kMostWorkPerItem).count();
  const double milliseconds = share->is_number() ? share->get<double>() : -1.0;
  if (!(milliseconds >= 0.0 && milliseconds <= most)) {
    return FieldComplaint{"work." + std::string(name), "is not a number from 0 to 10000"};
  }
  into = std::chrono::microseconds(std::llround(milliseconds * 1000.0));
  return std::nullopt;
}

Refusal read_work(const json& document, WorkPerItem& into) {
  const auto work = document.find("work");
  if (work == document.end()) return std::nullopt;
  if (!work->is_object()) return FieldComplaint{"work", "is not an object"};
  if (auto refusal = read_work_share(*work, "cpuMs", into.cpu)) return refusal;
  return read_work_share(*work, "waitMs", into.wait);
}

}  // namespace

std::variant<EvaluationRequest, FieldComplaint> parse_evaluation_request(
    std::string_view body, const WorkPerItem& default_work) {
  const auto parsed = parse_json(body);
  if (const auto* complaint = std::get_if<FieldComplaint>(&parsed)) return *complaint;
  const json& document = std::get<json>(parsed);
  EvaluationRequest request;
  request.work = default_work;
  if (auto refusal = read_items(document, request.items)) return *refusal;
  if (auto refusal = read_criteria(document, request.criteria)) return *refusal;
  if (auto refusal = read_work(document, request.work)) return *refusal;
  const auto count = static_cast<std::int64_t>(request.items.size());
  if ((request.work.cpu + request.work.wait) * count > kMostWorkPerRequest) {
    return FieldComplaint{"items", "times the work per item exceed the 60 s one request may take"};
  }
  return request;
}

}  // namespace evalscaler::workload
