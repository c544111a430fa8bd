// SPDX-License-Identifier: Apache-2.0
#include "kube/request_target.hpp"

#include <string_view>

namespace evalscaler::kube {
namespace {

class Target {
 public:
  explicit Target(std::string path) : text_(std::move(path)) {}

  Target& add(std::string_view name, std::string_view value) {
    text_ += separator_;
    separator_ = '&';
    text_ += name;
    text_ += '=';
    text_ += wire::percent_encoded(value);
    return *this;
  }
  Target& add_if_set(std::string_view name, std::string_view value) {
    return value.empty() ? *this : add(name, value);
  }
  std::string text() && { return std::move(text_); }

 private:
  std::string text_;
  char separator_ = '?';
};

}  // namespace

std::string list_target(const std::string& collection, const ListQuery& query) {
  Target target(collection);
  if (query.limit > 0) target.add("limit", std::to_string(query.limit));
  if (!query.continue_token.empty()) {
    // The token holds the revision; naming one beside it is an error (R24).
    target.add("continue", query.continue_token);
  } else if (!query.resource_version.empty()) {
    // Unsaid, a limit would turn "at least" into "exactly".
    target.add("resourceVersion", query.resource_version);
    target.add("resourceVersionMatch", "NotOlderThan");
  }
  target.add_if_set("labelSelector", query.label_selector);
  return std::move(target).text();
}

std::string watch_target(const std::string& collection, const WatchQuery& query) {
  Target target(collection);
  target.add("watch", "true").add("allowWatchBookmarks", "true");
  target.add("timeoutSeconds", std::to_string(query.timeout.count()));
  if (query.initial == WatchQuery::Initial::StreamThenWatch) {
    target.add("sendInitialEvents", "true").add("resourceVersionMatch", "NotOlderThan");
  }
  target.add_if_set("resourceVersion", query.resource_version);
  target.add_if_set("labelSelector", query.label_selector);
  return std::move(target).text();
}

std::string write_target(const std::string& path, const std::string& manager) {
  Target target(path);
  target.add("fieldManager", manager).add("fieldValidation", "Strict");
  return std::move(target).text();
}

}  // namespace evalscaler::kube
