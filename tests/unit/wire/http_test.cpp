// SPDX-License-Identifier: Apache-2.0
#include "wire/http.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>
#include <string>

namespace evalscaler::wire {
namespace {

using std::chrono::seconds;

std::optional<seconds> wait_of(const std::string& name, const std::string& value) {
  return HttpResponse{503, {{name, value}}, ""}.retry_after();
}

TEST(HttpResponse, RetryAfterIsTakenInSecondsAndForAnHourAtMost) {  // R39
  EXPECT_EQ(wait_of("Retry-After", "0"), seconds(0));
  EXPECT_EQ(wait_of("retry-after", " 120 "), seconds(120));
  EXPECT_EQ(wait_of("Retry-After", "86400"), seconds(3600));
  EXPECT_EQ(wait_of("Retry-After", "99999999999999999999"), seconds(3600));
}

TEST(HttpResponse, ARetryAfterThatIsNoNumberAsksForNothing) {  // R39
  EXPECT_EQ(wait_of("Retry-After", ""), std::nullopt);
  EXPECT_EQ(wait_of("Retry-After", "abc"), std::nullopt);
  EXPECT_EQ(wait_of("Retry-After", "-1"), std::nullopt);
  EXPECT_EQ(wait_of("Retry-After", "1.5"), std::nullopt);
  EXPECT_EQ(wait_of("Retry-After", "Sun, 22 Nov 2026 05:00:00 GMT"), std::nullopt);
  EXPECT_EQ(wait_of("X-Retry-After", "1"), std::nullopt);
}

TEST(HttpResponse, EverythingThatIsNotUnreservedIsPercentEncoded) {
  EXPECT_EQ(percent_encoded("a-Z_0.~"), "a-Z_0.~");
  EXPECT_EQ(percent_encoded("a/b?c=d&e %\n\xC3\xA4"), "a%2Fb%3Fc%3Dd%26e%20%25%0A%C3%A4");
}

}  // namespace
}  // namespace evalscaler::wire
