// SPDX-License-Identifier: Apache-2.0
#include "prometheus/server_access.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "core/version.hpp"

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

}  // namespace

ServerAccess::ServerAccess(const Server& server, const Clock& clock) : server_(server) {
  const auto file = [&](const std::string& path) {
    return std::make_unique<wire::TokenFile>(path, clock);
  };
  if (!server.bearer_token_file.empty()) token_ = file(server.bearer_token_file);
  if (!server.basic_auth) return;
  username_ = file(server.basic_auth->username_file);
  password_ = file(server.basic_auth->password_file);
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
  } else if (username_) {
    const auto user = username_->token();
    if (!user) return user.error();
    const auto password = password_->token();
    if (!password) return password.error();
    out.emplace_back("Authorization", "Basic " + base64(*user + ":" + *password));
  }
  return out;
}

void ServerAccess::refused() {
  for (const auto& file : {token_.get(), username_.get(), password_.get()}) {
    if (file != nullptr) file->expire();
  }
}

}  // namespace evalscaler::prometheus
