// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "http_library_environment.hpp"
#include "tls_server.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::wire {
namespace {

using ::testing::HasSubstr;

TlsMaterial trusting(const std::string& ca_pem) {
  return {ca_pem, {}, {}};
}

HttpEndpoint endpoint(const std::string& url, const TlsMaterial& material,
                      const std::string& server_name = "") {
  auto shared = std::make_shared<const TlsMaterial>(material);
  return {url, server_name, [shared] { return shared; }, "test/1"};
}

HttpRequest request(Method method = Method::Get) {
  HttpRequest out;
  out.method = method;
  out.target = "/x";
  if (method != Method::Get) out.body = "{}";
  out.timeout = std::chrono::milliseconds(20'000);
  return out;
}

// The answer's body, or the error's text after the URL.
std::string asked(const HttpEndpoint& to, Method method = Method::Get) {
  auto client = make_cpprest_client(to);
  if (!client) return "error: " + client.error().message;
  const auto response = (*client)->send(request(method), {});
  if (response) return response->body;
  EXPECT_EQ(response.error().kind, ErrorKind::Unavailable);
  return "error: " + response.error().message;
}

TEST(CpprestTls, TrustsTheGivenCaAndAnIpName) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(server.url(), trusting(ca.pem()))), HasSubstr("cn=none"));
}

// What SO_LINGER says on our ends of connections to this port.
std::vector<linger> lingers_to(int port) {
  std::vector<linger> out;
  for (int descriptor = 3; descriptor < 1024; ++descriptor) {
    sockaddr_in peer{};
    socklen_t size = sizeof peer;
    if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0) continue;
    if (peer.sin_family != AF_INET || ntohs(peer.sin_port) != port) continue;
    linger set{};
    size = sizeof set;
    if (::getsockopt(descriptor, SOL_SOCKET, SO_LINGER, &set, &size) == 0) out.push_back(set);
  }
  return out;
}

TEST(CpprestTls, NothingIsDeliveredAfterTheEndOfTheProcess) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  const auto client = make_cpprest_client(endpoint(server.url(), trusting(ca.pem())));
  ASSERT_TRUE(client);
  ASSERT_TRUE((*client)->send(request(), {}));
  const auto found = lingers_to(std::stoi(server.url().substr(server.url().rfind(':') + 1)));
  ASSERT_EQ(found.size(), 1U) << "the connection is kept";
  EXPECT_EQ(found.front().l_onoff, 1);
  EXPECT_EQ(found.front().l_linger, 0);
}

TEST(CpprestTls, TrustsADnsName) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "DNS:localhost"), "", TLS1_3_VERSION});
  EXPECT_EQ(asked(endpoint(server.url("localhost"), trusting(ca.pem()))), "cn=none sni=localhost");
}

TEST(CpprestTls, RefusesAnotherCa) {
  const TestCa ca("ca");
  const TestCa other("other");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  const std::string error = asked(endpoint(server.url(), trusting(other.pem())), Method::Patch);
  EXPECT_THAT(error, HasSubstr("the TLS handshake failed: certificate verify failed"));
  EXPECT_EQ(server.requests(), 0);
}

TEST(CpprestTls, RefusesACertificateWhoseNameIsOnlyItsCommonName) {
  const TestCa ca("ca");
  const TlsServer by_name({ca.issue("localhost", ""), "", TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(by_name.url("localhost"), trusting(ca.pem()))),
              HasSubstr("certificate verify failed"));
  const TlsServer by_address({ca.issue("127.0.0.1", ""), "", TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(by_address.url(), trusting(ca.pem()))),
              HasSubstr("certificate verify failed"));
}

TEST(CpprestTls, RefusesAnotherName) {
  const TestCa ca("ca");
  const TlsServer server(
      {ca.issue("127.0.0.1", "DNS:other.test,IP:127.0.0.2"), "", TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(server.url(), trusting(ca.pem()))),
              HasSubstr("certificate verify failed"));
}

TEST(CpprestTls, ServerNameReplacesTheHostInEveryCheck) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "DNS:kubernetes.default.svc"), "", TLS1_3_VERSION});
  EXPECT_EQ(asked(endpoint(server.url(), trusting(ca.pem()), "kubernetes.default.svc")),
            "cn=none sni=kubernetes.default.svc");
  EXPECT_THAT(asked(endpoint(server.url(), trusting(ca.pem()), "other.test")),
              HasSubstr("certificate verify failed"));
}

TEST(CpprestTls, PresentsTheClientCertificate) {
  const TestCa ca("ca");
  const PemPair client = ca.issue("the-operator", "");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), ca.pem(), TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(server.url(), {ca.pem(), client.certificate, client.key})),
              HasSubstr("cn=the-operator"));
}

TEST(CpprestTls, AMissingClientCertificateExecutesNothing) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), ca.pem(), TLS1_2_VERSION});
  EXPECT_THAT(asked(endpoint(server.url(), trusting(ca.pem())), Method::Patch),
              HasSubstr("the TLS handshake failed"));
  EXPECT_EQ(server.requests(), 0);
}

TEST(CpprestTls, RefusesProtocolsBeforeTls12) {
  const TestCa ca("ca");
  const PemPair own = ca.issue("server", "IP:127.0.0.1");
  const TlsServer old({own, "", TLS1_1_VERSION});
  EXPECT_THAT(asked(endpoint(old.url(), trusting(ca.pem()))), HasSubstr("TLS handshake failed"));
  const TlsServer good({own, "", TLS1_2_VERSION});
  EXPECT_THAT(asked(endpoint(good.url(), trusting(ca.pem()))), HasSubstr("cn=none"));
}

TEST(CpprestTls, TrustsEachCaOfABundle) {
  const TestCa first("first");
  const TestCa second("second");
  const TlsServer server({second.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  EXPECT_THAT(asked(endpoint(server.url(), trusting(first.pem() + "\n# next\n" + second.pem()))),
              HasSubstr("cn=none"));
}

TEST(CpprestTls, TrustsTheSystemOnlyWithoutAGivenCa) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  EXPECT_THAT(asked({server.url(), "", nullptr, ""}), HasSubstr("certificate verify failed"));
}

TEST(CpprestTls, KeepsAndChecksItsPooledConnection) {
  const TestCa ca("ca");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), "", TLS1_3_VERSION});
  const auto client = make_cpprest_client(endpoint(server.url(), trusting(ca.pem())));
  ASSERT_TRUE(client);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE((*client)->send(request(), {}));
  EXPECT_EQ(server.connections(), 1U);
}

TEST(CpprestTls, NewMaterialIsUsedFromTheNextRequestOn) {
  const TestCa ca("ca");
  const PemPair one = ca.issue("one", "");
  const PemPair two = ca.issue("two", "");
  const TlsServer server({ca.issue("server", "IP:127.0.0.1"), ca.pem(), TLS1_3_VERSION});
  auto current =
      std::make_shared<const TlsMaterial>(TlsMaterial{ca.pem(), one.certificate, one.key});
  const auto client = make_cpprest_client({server.url(), "", [&] { return current; }, ""});
  EXPECT_THAT((*client)->send(request(), {})->body, HasSubstr("cn=one"));
  current = std::make_shared<const TlsMaterial>(TlsMaterial{ca.pem(), two.certificate, two.key});
  EXPECT_THAT((*client)->send(request(), {})->body, HasSubstr("cn=two"));
  current = std::make_shared<const TlsMaterial>(TlsMaterial{"broken", "", ""});
  EXPECT_THAT((*client)->send(request(), {})->body, HasSubstr("cn=two"));
}

TEST(CpprestTls, ServersThatDoNotSpeakTlsExecuteNothing) {
  const TestCa ca("ca");
  RawServer server({[](RawConnection& peer) { peer.write("HTTP/1.1 400 Bad Request\r\n\r\n"); }});
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  EXPECT_THAT(asked(endpoint(url, trusting(ca.pem())), Method::Patch),
              HasSubstr("the TLS handshake failed"));
}

TEST(CpprestTls, APatchThatNeverGotThroughTheHandshakeWasNotExecuted) {
  const TestCa ca("ca");
  RawServer server({[](RawConnection& peer) { peer.wait_until_closed(); }});
  const std::string url = "https://127.0.0.1:" + std::to_string(server.port());
  const auto client = make_cpprest_client(endpoint(url, trusting(ca.pem())));
  HttpRequest slow = request(Method::Patch);
  slow.timeout = std::chrono::milliseconds(150);
  const auto result = (*client)->send(slow, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::Unavailable);
}

}  // namespace
}  // namespace evalscaler::wire
