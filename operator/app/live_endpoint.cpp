// SPDX-License-Identifier: Apache-2.0
#include "app/live_endpoint.hpp"

#include <algorithm>
#include <utility>

#include "api/explanation_json.hpp"
#include "core/text.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::app {
namespace {

constexpr const char* kJson = "application/json";

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

wire::HttpAnswer refusal(int code, std::string_view reason, std::string_view message) {
  wire::JsonWriter out;
  out.begin_object().member("kind", "Status").member("apiVersion", "v1");
  out.member("status", "Failure").member("message", one_line(message));
  out.member("reason", reason).member("code", code).end_object();
  return {code, kJson, std::move(out).text() + "\n"};
}

wire::HttpAnswer refusal(const Error& error) {
  if (error.kind == ErrorKind::NotFound) return refusal(404, "NotFound", error.message);
  return refusal(503, "ServiceUnavailable", error.message);
}

wire::HttpAnswer answer(const LiveQuestions& questions, std::string_view path) {
  const auto key = parse_service_path(path);
  if (!key) return refusal(400, "BadRequest", "the path is /explain/NAMESPACE/NAME");
  if (!questions.leads()) {
    const std::string leader = questions.leader();
    return refusal(503, "ServiceUnavailable",
                   "this operator stands by, " + (leader.empty() ? "nobody" : leader) + " leads");
  }
  const auto found = questions.explain(*key);
  if (!found) return refusal(found.error());
  wire::JsonWriter out;
  api::write_explanation(out, *found);
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

wire::HttpFolders live_folders(LiveQuestions questions) {
  wire::HttpFolders folders;
  folders["/explain/"] = [questions = std::move(questions)](std::string_view path) {
    return answer(questions, path);
  };
  return folders;
}

}  // namespace evalscaler::app
