// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "prometheus/catalogue_fields.hpp"

namespace evalscaler::prometheus {
namespace {

using wire::JsonCursor;

Result<void> check_url(const JsonCursor& at, std::string_view url) {
  const bool https = url.starts_with("https://");
  if (!https && !url.starts_with("http://")) {
    return at.error("must begin with http:// or https://");
  }
  const std::string_view rest = url.substr(https ? 8 : 7);
  const std::string_view host = rest.substr(0, rest.find('/'));
  if (host.empty() || host.front() == ':') return at.error("names no host");
  if (host.find('@') != std::string_view::npos) {
    return at.error("must not hold a user or password; use basicAuth or bearerTokenFile");
  }
  if (rest.find_first_of("?# ") != std::string_view::npos) {
    return at.error("must end with the path; use params for query parameters");
  }
  return {};
}

bool is_header_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  });
}

using TextPairs = std::vector<std::pair<std::string, std::string>>;

Result<void> headers(JsonCursor& at, TextPairs& out) {
  return at.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (!is_header_name(name)) return value.error("is not the name of an HTTP header");
    out.emplace_back(std::string(name), std::string());
    return plain_text(value, out.back().second);
  });
}

Result<void> params(JsonCursor& at, TextPairs& out) {
  return at.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (name == "query" || name == "time" || name == "timeout" || name == "limit") {
      return value.error("is set by the operator itself; remove it");
    }
    out.emplace_back(std::string(name), std::string());
    return into(value.text_or_number(), out.back().second);
  });
}

Result<void> basic_auth(JsonCursor& at, std::optional<BasicAuthFiles>& out) {
  BasicAuthFiles files;
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "usernameFile") return plain_text(value, files.username_file);
    if (key == "passwordFile") return plain_text(value, files.password_file);
    return unknown_field(value, "usernameFile, passwordFile");
  }));
  if (files.username_file.empty() || files.password_file.empty()) {
    return at.error("needs both usernameFile and passwordFile");
  }
  out = std::move(files);
  return {};
}

Result<void> tls(JsonCursor& at, Server& out) {
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "caFile") return plain_text(value, out.tls.ca_file);
    if (key == "certFile") return plain_text(value, out.tls.certificate_file);
    if (key == "keyFile") return plain_text(value, out.tls.key_file);
    if (key == "serverName") return plain_text(value, out.server_name);
    return unknown_field(value, "caFile, certFile, keyFile, serverName");
  }));
  if (out.tls.certificate_file.empty() != out.tls.key_file.empty()) {
    return at.error("needs certFile and keyFile together");
  }
  return {};
}

Result<void> max_answer(JsonCursor& at, std::size_t& out) {
  std::int64_t mib = 0;
  EVALSCALER_TRY(into(at.integer(), mib));
  if (mib < 1 || mib > 64) return at.error("must be from 1 to 64");
  out = static_cast<std::size_t>(mib) << 20U;
  return {};
}

}  // namespace

Result<void> read_server(wire::JsonCursor& at, Server& out) {
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "name") return plain_text(value, out.name);
    if (key == "url") {
      const auto read = plain_text(value, out.url);
      return read ? check_url(value, out.url) : read;
    }
    if (key == "headers") return headers(value, out.headers);
    if (key == "bearerTokenFile") return plain_text(value, out.bearer_token_file);
    if (key == "basicAuth") return basic_auth(value, out.basic_auth);
    if (key == "tls") return tls(value, out);
    if (key == "params") return params(value, out.params);
    if (key == "maxAnswerMiB") return max_answer(value, out.max_answer);
    return unknown_field(
        value, "name, url, headers, bearerTokenFile, basicAuth, tls, params, maxAnswerMiB");
  }));
  if (out.name.empty()) return at.error("name is missing; services refer to it as spec.prometheus");
  if (out.url.empty()) return at.error("url is missing; for example http://prometheus:9090");
  if (out.basic_auth && !out.bearer_token_file.empty()) {
    return at.error("has both basicAuth and bearerTokenFile; keep one");
  }
  return {};
}

}  // namespace evalscaler::prometheus
