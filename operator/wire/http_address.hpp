// SPDX-License-Identifier: Apache-2.0
// HttpAddress: the parts of a server's URL.
#pragma once

#include <string>

#include "core/result.hpp"

namespace evalscaler::wire {

struct HttpAddress {
  std::string origin;  // "https://host:port"
  std::string host;
  std::string prefix;  // of every target, without a '/' at its end
  bool tls = false;
};

// Invalid, with the fix, unless it is http(s)://host[:port][/prefix]; quotes no password.
Result<HttpAddress> parse_http_address(const std::string& url);

}  // namespace evalscaler::wire
