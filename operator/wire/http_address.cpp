// SPDX-License-Identifier: Apache-2.0
#include "wire/http_address.hpp"

#include <algorithm>
#include <charconv>
#include <string_view>

#include "core/text.hpp"

namespace evalscaler::wire {
namespace {

Error bad_url(const std::string& url, std::string_view what) {
  return fail(ErrorKind::Invalid,
              "'" + one_line(url, 256) + "' is not usable as a server's URL: " + std::string(what));
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<void> check_port(const std::string& url, std::string_view text) {
  unsigned port = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (problem != std::errc{} || end != text.data() + text.size() || port == 0 || port > 65'535) {
    return bad_url(url, "the port must be a number from 1 to 65535");
  }
  return {};
}

}  // namespace

Result<HttpAddress> parse_http_address(const std::string& url) {
  // Not quoted: what stands before the '@' may be a password.
  if (url.find('@') != std::string::npos) {
    return fail(ErrorKind::Invalid, "a server's URL must not hold a user name or password");
  }
  HttpAddress out;
  std::string_view rest = url;
  out.tls = rest.starts_with("https://");
  if (!out.tls && !rest.starts_with("http://")) {
    return bad_url(url, "it must begin with http:// or https://");
  }
  if (!is_printable(url) || url.find_first_of("?#\\") != std::string::npos) {
    return bad_url(url, "write http(s)://host[:port][/prefix] and nothing else");
  }
  const std::size_t host_at = out.tls ? 8 : 7;
  const std::size_t slash = std::min(rest.find('/', host_at), rest.size());
  const std::string_view authority = rest.substr(host_at, slash - host_at);
  if (authority.starts_with('[')) {
    return bad_url(url,
                   "IPv6 addresses are not supported; write a DNS name that resolves to it, "
                   "such as kubernetes.default.svc");
  }
  const std::size_t colon = authority.find(':');
  out.host = authority.substr(0, colon);
  if (out.host.empty()) return bad_url(url, "the host is missing");
  if (colon != std::string_view::npos) {
    EVALSCALER_TRY(check_port(url, authority.substr(colon + 1)));
  }
  out.origin = rest.substr(0, slash);
  out.prefix = rest.substr(slash);
  while (out.prefix.ends_with('/')) out.prefix.pop_back();
  return out;
}

}  // namespace evalscaler::wire
