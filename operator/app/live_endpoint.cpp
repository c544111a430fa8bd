// SPDX-License-Identifier: Apache-2.0
#include "app/live_endpoint.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "api/explanation_json.hpp"
#include "core/text.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::app {
namespace {

constexpr const char* kJson = "application/json";
constexpr api::Replicas kMostWanted = 100'000;

// RFC 1123: lower case letters, digits and '-', and for a subdomain '.' between such labels.
bool is_name(std::string_view text, std::size_t longest, std::string_view inner) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (text.empty() || text.size() > longest) return false;
  if (!is_plain(text.front()) || !is_plain(text.back())) return false;
  if (text.find("..") != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return is_plain(c) || inner.find(c) != std::string_view::npos;
  });
}

// Digits, and not too many of them.
std::optional<api::Replicas> read_number(std::string_view text) {
  api::Replicas out = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, out);
  if (error != std::errc() || at != end || out < 0 || out > kMostWanted) return std::nullopt;
  return out;
}

wire::HttpAnswer refusal(int code, std::string_view reason, std::string_view message) {
  wire::JsonWriter out;
  out.begin_object().member("kind", "Status").member("apiVersion", "v1");
  out.member("status", "Failure").member("message", one_line(message));
  out.member("reason", reason).member("code", code).end_object();
  return {code, kJson, std::move(out).text() + "\n"};
}

wire::HttpAnswer refusal(const Error& error) {
  if (error.kind == ErrorKind::NotFound) return refusal(404, "NotFound", error.message);
  if (error.kind == ErrorKind::Invalid) return refusal(422, "Invalid", error.message);
  return refusal(503, "ServiceUnavailable", error.message);
}

std::optional<wire::HttpAnswer> standing_by(const LiveQuestions& questions) {
  if (questions.leads()) return {};
  const std::string leader = questions.leader();
  return refusal(503, "ServiceUnavailable",
                 "this operator stands by, " + (leader.empty() ? "nobody" : leader) + " leads");
}

wire::HttpAnswer explain(const LiveQuestions& questions, std::string_view path) {
  const auto key = parse_service_path(path);
  if (!key) return refusal(400, "BadRequest", "the path is /explain/NAMESPACE/NAME");
  if (auto refused = standing_by(questions)) return std::move(*refused);
  const auto found = questions.explain(*key);
  if (!found) return refusal(found.error());
  wire::JsonWriter out;
  api::write_explanation(out, *found);
  return {200, kJson, std::move(out).text() + "\n"};
}

wire::HttpAnswer plan(const LiveQuestions& questions, std::string_view path) {
  const auto asked = parse_plan_path(path);
  if (!asked) return refusal(400, "BadRequest", "the path is /plan/NAMESPACE/NAME/TIER/REPLICAS");
  if (auto refused = standing_by(questions)) return std::move(*refused);
  const auto found = questions.plan(asked->service, asked->tier, asked->wanted);
  if (!found) return refusal(found.error());
  wire::JsonWriter out;
  api::write_plan_preview(out, *found);
  return {200, kJson, std::move(out).text() + "\n"};
}

}  // namespace

std::optional<ObjectKey> parse_service_path(std::string_view path) {
  const std::size_t slash = path.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view space = path.substr(0, slash);
  const std::string_view name = path.substr(slash + 1);
  if (!is_name(space, 63, "-") || !is_name(name, 253, "-.")) return std::nullopt;
  return ObjectKey{std::string(space), std::string(name)};
}

std::optional<PlanQuestion> parse_plan_path(std::string_view path) {
  const std::size_t last = path.rfind('/');
  const std::size_t before = last == 0 ? last : path.rfind('/', last - 1);
  if (last == std::string_view::npos || before == std::string_view::npos) return std::nullopt;
  const auto service = parse_service_path(path.substr(0, before));
  const std::string_view tier = path.substr(before + 1, last - before - 1);
  const auto wanted = read_number(path.substr(last + 1));
  if (!service || !is_name(tier, 63, "-") || !wanted) return std::nullopt;
  return PlanQuestion{*service, std::string(tier), *wanted};
}

wire::HttpFolders live_folders(LiveQuestions questions) {
  wire::HttpFolders folders;
  folders["/explain/"] = [questions](std::string_view path) { return explain(questions, path); };
  folders["/plan/"] = [questions = std::move(questions)](std::string_view path) {
    return plan(questions, path);
  };
  return folders;
}

}  // namespace evalscaler::app
