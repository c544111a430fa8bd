// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_context.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/ssl.h>

#include <memory>

#include "test_certificates.hpp"

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;

std::string problem_with(const TlsMaterial& material) {
  const auto made = TlsContext::make(material, "a.test");
  if (made) return "none";
  EXPECT_EQ(made.error().kind, ErrorKind::Invalid);
  return made.error().message;
}

TEST(TlsContext, NamesThePartThatIsNotUsable) {
  const TestCa ca("ca");
  const PemPair client = ca.issue("client", "");
  const PemPair other = ca.issue("other", "");
  EXPECT_EQ(problem_with({ca.pem(), client.certificate, client.key}), "none");
  EXPECT_EQ(problem_with({"garbage", "", ""}), "the CA bundle holds no PEM certificate");
  EXPECT_THAT(problem_with({ca.pem().substr(0, 200), "", ""}),
              HasSubstr("the CA bundle holds a damaged certificate"));
  EXPECT_THAT(
      problem_with({"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "", ""}),
      HasSubstr("the CA bundle holds a damaged certificate"));
  EXPECT_EQ(problem_with({ca.pem(), "garbage", client.key}),
            "the client certificate holds no PEM certificate");
  EXPECT_THAT(problem_with({ca.pem(), client.certificate, "garbage"}),
              HasSubstr("the client key is not an unencrypted PEM private key"));
  EXPECT_THAT(problem_with({ca.pem(), client.certificate, other.key}),
              HasSubstr("the client key does not belong to the client certificate"));
  EXPECT_EQ(problem_with({ca.pem(), client.certificate, ""}),
            "a client certificate and its key must be given together");
}

TEST(TlsContext, RaisesTheOldestProtocolWhateverTheSystemAllows) {
  const TestCa ca("ca");
  const auto made = TlsContext::make({ca.pem(), "", ""}, "a.test");
  ASSERT_TRUE(made);
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()),
                                                                  SSL_CTX_free);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
  ASSERT_TRUE((*made)->apply(context.get()));
  EXPECT_EQ(SSL_CTX_get_min_proto_version(context.get()), TLS1_2_VERSION);
}

}  // namespace
}  // namespace evalscaler::wire
