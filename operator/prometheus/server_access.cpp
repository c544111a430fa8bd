// SPDX-License-Identifier: Apache-2.0
#include "prometheus/server_access.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "core/version.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::prometheus {
namespace {

// RFC 4648 section 4, which RFC 7617 (Basic) asks for.
std::string base64(std::string_view text) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    const auto byte = [&](std::size_t i) -> unsigned {
      return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U;
    };
    const unsigned bits = byte(0) << 16U | byte(1) << 8U | byte(2);
    out += kAlphabet[bits >> 18U];
    out += kAlphabet[bits >> 12U & 63U];
    out += at + 1 < text.size() ? kAlphabet[bits >> 6U & 63U] : '=';
    out += at + 2 < text.size() ? kAlphabet[bits & 63U] : '=';
  }
  return out;
}

// A user name or password: one line, which may hold blanks; its final line break is not part
// of it.
Result<std::string> credential(const std::string& path) {
  auto text = wire::read_file(path, 4096);
  if (!text) return text;
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (!text->empty() && one_line(*text, 4096) == *text) return text;
  return fail(ErrorKind::Invalid, path + ": must hold one line of text");
}

}  // namespace

ServerAccess::ServerAccess(const Server& server, const Clock& clock) : server_(server) {
  if (!server.bearer_token_file.empty()) {
    token_ = std::make_unique<wire::TokenFile>(server.bearer_token_file, clock);
  }
}

Result<std::unique_ptr<ServerAccess>> ServerAccess::open(const Server& server, const Clock& clock) {
  std::unique_ptr<ServerAccess> access(new ServerAccess(server, clock));
  if (!server.url.starts_with("https://")) return access;
  auto tls = wire::TlsSource::open(server.tls, clock);
  if (!tls) {
    return fail(tls.error().kind, "prometheus server " + server.name + ": " + tls.error().message);
  }
  access->tls_ = *std::move(tls);
  return access;
}

wire::HttpEndpoint ServerAccess::endpoint() const {
  wire::HttpEndpoint out;
  out.url = server_.url;
  while (out.url.ends_with('/')) out.url.pop_back();
  out.server_name = server_.server_name;
  if (tls_) out.tls = [tls = tls_] { return tls->current(); };
  out.user_agent = std::string("evalscaler/") + kVersion;
  return out;
}

Result<std::vector<wire::Header>> ServerAccess::headers() {
  std::vector<wire::Header> out = server_.headers;
  if (token_) {
    const auto token = token_->token();
    if (!token) return token.error();
    out.emplace_back("Authorization", "Bearer " + *token);
  } else if (server_.basic_auth) {
    const auto user = credential(server_.basic_auth->username_file);
    if (!user) return user.error();
    const auto password = credential(server_.basic_auth->password_file);
    if (!password) return password.error();
    out.emplace_back("Authorization", "Basic " + base64(*user + ":" + *password));
  }
  return out;
}

void ServerAccess::refused() {
  if (token_) token_->expire();
}

}  // namespace evalscaler::prometheus
