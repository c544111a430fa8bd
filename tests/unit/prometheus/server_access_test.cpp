// SPDX-License-Identifier: Apache-2.0
#include "prometheus/server_access.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "fakes/manual_clock.hpp"

namespace evalscaler::prometheus {
namespace {

class ServerAccessTest : public testing::Test {
 public:
  ServerAccessTest() {
    std::filesystem::create_directories(folder_);
    server_.name = "default";
    server_.url = "http://prometheus:9090/prefix/";
  }
  ~ServerAccessTest() override { std::filesystem::remove_all(folder_); }

 protected:
  std::string file(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  const std::filesystem::path folder_ =
      std::filesystem::path(testing::TempDir()) /
      ("server_access_" + std::to_string(::getpid()) +
       testing::UnitTest::GetInstance()->current_test_info()->name());
  fakes::ManualClock clock_;
  Server server_;
};

TEST_F(ServerAccessTest, SendsConfiguredHeaders) {
  server_.headers = {{"X-Scope-OrgID", "team-a"}};
  const auto access = *ServerAccess::open(server_, clock_);
  EXPECT_EQ(*access->headers(), server_.headers);
  EXPECT_EQ(access->endpoint().url, "http://prometheus:9090/prefix");
}

TEST_F(ServerAccessTest, SendsTheTokenOfTheFileAndReadsItAgainWhenRefused) {
  server_.bearer_token_file = file("token", "first\n");
  const auto access = *ServerAccess::open(server_, clock_);
  EXPECT_EQ(access->headers()->back().second, "Bearer first");
  file("token", "second");
  access->refused();
  EXPECT_EQ(access->headers()->back().second, "Bearer second");
}

TEST_F(ServerAccessTest, EncodesBasicCredentials) {
  server_.basic_auth = {file("user", "Aladdin"), file("password", "open sesame\n")};
  const auto access = *ServerAccess::open(server_, clock_);
  EXPECT_EQ(access->headers()->back(),
            wire::Header("Authorization", "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
}

TEST_F(ServerAccessTest, MissingCredentialFileIsNamed) {
  server_.bearer_token_file = "/nonexistent/token";
  const auto access = *ServerAccess::open(server_, clock_);
  const auto headers = access->headers();
  ASSERT_FALSE(headers);
  EXPECT_NE(headers.error().message.find("/nonexistent/token"), std::string::npos);
}

TEST_F(ServerAccessTest, MissingCaFileRefusesTheServerAtOnce) {
  server_.url = "https://prometheus:9090";
  server_.tls.ca_file = "/nonexistent/ca.pem";
  const auto access = ServerAccess::open(server_, clock_);
  ASSERT_FALSE(access);
  EXPECT_NE(access.error().message.find("/nonexistent/ca.pem"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::prometheus
