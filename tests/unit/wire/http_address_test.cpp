// SPDX-License-Identifier: Apache-2.0
#include "wire/http_address.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(HttpAddress, TakesAUrlApart) {
  const auto address = parse_http_address("https://host.test:6443/prefix/");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->origin, "https://host.test:6443");
  EXPECT_EQ(address->host, "host.test");
  EXPECT_EQ(address->prefix, "/prefix");
  EXPECT_TRUE(address->tls);
  const auto plain = parse_http_address("http://127.0.0.1");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->prefix, "");
  EXPECT_FALSE(plain->tls);
}

TEST(HttpAddress, RefusesWhatTheClientCannotDo) {
  for (const char* url :
       {"", "host", "ftp://host", "https://", "http://:80", "http://h:0", "http://h:65536",
        "http://h:x", "http://h:", "http://h/?q", "http://h/#f", "http://h /", "http://h\n"}) {
    const auto address = parse_http_address(url);
    ASSERT_FALSE(address) << url;
    EXPECT_EQ(address.error().kind, ErrorKind::Invalid);
    EXPECT_THAT(address.error().message, Not(HasSubstr("\n")));
  }
}

TEST(HttpAddress, NamesTheWayOutForIpv6) {
  const auto address = parse_http_address("https://[::1]:6443");
  ASSERT_FALSE(address);
  EXPECT_THAT(address.error().message, HasSubstr("IPv6 addresses are not supported; write a DNS"));
}

TEST(HttpAddress, NeverQuotesAPassword) {
  for (const char* url : {"https://me:secret@host", "ftp://me:secret@host"}) {
    const auto address = parse_http_address(url);
    ASSERT_FALSE(address);
    EXPECT_THAT(address.error().message, Not(HasSubstr("secret")));
  }
}

}  // namespace
}  // namespace evalscaler::wire
