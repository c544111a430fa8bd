// SPDX-License-Identifier: Apache-2.0
#include "kube/cluster_access.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "core/version.hpp"
#include "fakes/manual_clock.hpp"
#include "unit/wire/test_certificates.hpp"

namespace evalscaler::kube {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

std::string base64(const std::string& text) {
  std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
  const int length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                     reinterpret_cast<const unsigned char*>(text.data()),
                                     static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(length));
  return out;
}

// Made once: real ones, since damaged PEM is refused where it is read.
const wire::TestCa& ca() {
  static const wire::TestCa made("ca");
  return made;
}
const wire::PemPair& me() {
  static const wire::PemPair made = ca().issue("me", "");
  return made;
}

class ClusterAccessTest : public ::testing::Test {
 protected:
  ClusterAccessTest() {
    std::string pattern = (fs::temp_directory_path() / "evalscaler-access-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    surroundings_.variable = [this](const std::string& name) -> std::optional<std::string> {
      const auto at = variables_.find(name);
      if (at == variables_.end()) return std::nullopt;
      return at->second;
    };
    surroundings_.service_account = path("sa");
    variables_["HOME"] = path("home");
  }
  ~ClusterAccessTest() override { fs::remove_all(folder_); }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  std::string write(const std::string& name, const std::string& text) {
    fs::create_directories(fs::path(path(name)).parent_path());
    std::ofstream(path(name)) << text;
    return path(name);
  }
  // A configuration whose one cluster and user hold these lines.
  static std::string config(const std::string& cluster, const std::string& user,
                            const std::string& context = "") {
    return "apiVersion: v1\nkind: Config\ncurrent-context: demo\n"
           "clusters:\n- name: c\n  cluster: {" +
           cluster +
           "}\n"
           "users:\n- name: u\n  user: {" +
           user +
           "}\n"
           "contexts:\n- name: demo\n  context: {cluster: c, user: u" +
           context + "}\n";
  }
  Result<ClusterAccess> find(AccessChoice choice = {}) {
    return find_cluster(choice, surroundings_, clock_);
  }
  Result<ClusterAccess> find_in(const std::string& text) {
    return find({write("kubeconfig", text), ""});
  }
  std::string error_of(const std::string& text) {
    const auto found = find_in(text);
    if (found) return "no error";
    EXPECT_EQ(found.error().kind, ErrorKind::Invalid);
    EXPECT_EQ(found.error().message.find('\n'), std::string::npos);
    return found.error().message;
  }
  void pod(const std::string& host) {
    variables_["KUBERNETES_SERVICE_HOST"] = host;
    variables_["KUBERNETES_SERVICE_PORT"] = "443";
    write("sa/token", "pod-token\n");
    write("sa/ca.crt", ca().pem());
    write("sa/namespace", "operators\n");
  }
  static std::string token(const ClusterAccess& access) { return access.tokens->token().value(); }

  fs::path folder_;
  std::map<std::string, std::string> variables_;
  Surroundings surroundings_;
  fakes::ManualClock clock_;
};

TEST_F(ClusterAccessTest, ReadsServerTrustTokenAndNamespace) {
  const auto access = find_in(config(std::string("server: 'https://h:6443/', tls-server-name: real,"
                                                 " certificate-authority-data: ") +
                                         base64(ca().pem()),
                                     "token: secret", ", namespace: ml"));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->endpoint.url, "https://h:6443");
  EXPECT_EQ(access->endpoint.server_name, "real");
  EXPECT_EQ(access->endpoint.tls()->ca_pem, ca().pem());
  EXPECT_EQ(access->endpoint.user_agent, std::string("evalscaler/") + kVersion);  // R46
  EXPECT_EQ(token(*access), "secret");
  EXPECT_EQ(access->space, "ml");
  EXPECT_EQ(access->source, path("kubeconfig") + ", context demo");
}

TEST_F(ClusterAccessTest, FilesAreRelativeToTheirKubeconfig) {  // R53
  write("pki/ca.pem", ca().pem());
  write("pki/me.pem", me().certificate);
  write("pki/me.key", me().key);
  const auto access =
      find_in(config("server: 'https://h', certificate-authority: pki/ca.pem",
                     "client-certificate: pki/me.pem, client-key: " + path("pki/me.key")));
  ASSERT_TRUE(access) << access.error().message;
  const auto material = access->endpoint.tls();
  EXPECT_EQ(material->ca_pem, ca().pem());
  EXPECT_EQ(material->certificate_pem, me().certificate);
  EXPECT_EQ(material->key_pem, me().key);
  EXPECT_EQ(token(*access), "");
  EXPECT_EQ(access->space, "default");
}

TEST_F(ClusterAccessTest, DamagedMaterialNamesFileAndContext) {
  const std::string garbage =
      base64("-----BEGIN CERTIFICATE-----\nMA==\n-----END CERTIFICATE-----");
  EXPECT_THAT(error_of(config("server: 'https://h', certificate-authority-data: " + garbage, "")),
              StartsWith(path("kubeconfig") + ": context 'demo': "));
  const wire::PemPair other = ca().issue("other", "");
  EXPECT_THAT(error_of(config("server: 'https://h'",
                              "client-certificate-data: " + base64(me().certificate) +
                                  ", client-key-data: " + base64(other.key))),
              StartsWith(path("kubeconfig") + ": context 'demo': "));
}

TEST_F(ClusterAccessTest, DataBeatsFilesAndTokenFileBeatsToken) {  // R53
  write("token", " from-file\n");
  const auto access =
      find_in(config(std::string("server: 'https://h', certificate-authority: missing.pem,"
                                 " certificate-authority-data: ") +
                         base64(ca().pem()),
                     "token: from-config, tokenFile: token"));
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(token(*access), "from-file");
}

TEST_F(ClusterAccessTest, ARotatedTokenFileIsReadAgainWhenTheServerRefusesTheOld) {  // R48
  write("token", "old");
  const auto access = find_in(config("server: 'https://h'", "tokenFile: token"));
  ASSERT_TRUE(access) << access.error().message;
  write("token", "new");
  EXPECT_EQ(token(*access), "old");
  access->tokens->expire();
  EXPECT_EQ(token(*access), "new");
}

TEST_F(ClusterAccessTest, WhatIsNotHonouredIsRefusedByName) {  // R51, R54, R56, R58
  const struct {
    const char* cluster;
    const char* user;
    const char* field;
  } kCases[] = {
      {"server: 'https://h', insecure-skip-tls-verify: true", "", "insecure-skip-tls-verify"},
      {"server: 'https://h', proxy-url: 'http://p'", "", "proxy-url"},
      {"server: 'https://h'", "exec: {command: aws}", "exec"},
      {"server: 'https://h'", "auth-provider: {name: gcp}", "auth-provider"},
      {"server: 'https://h'", "username: joe, password: topsecret", "username"},
      {"server: 'https://h'", "token: topsecret, as: admin", "as"},
  };
  for (const auto& one : kCases) {
    const std::string message = error_of(config(one.cluster, one.user));
    EXPECT_THAT(message, StartsWith(path("kubeconfig") + ":")) << one.field;
    EXPECT_THAT(message, HasSubstr(std::string(".") + one.field + ": ")) << message;
    EXPECT_THAT(message, Not(HasSubstr("topsecret")));  // R57
  }
}

TEST_F(ClusterAccessTest, ARefusedEntryThatNobodySelectsDoesNoHarm) {
  const auto access = find_in(
      "current-context: demo\nclusters: [{name: c, cluster: {server: 'https://h'}}]\n"
      "users: [{name: cloud, user: {exec: {command: aws}}}, {name: u, user: {token: t}}]\n"
      "contexts: [{name: demo, context: {cluster: c, user: u}}]\n");
  EXPECT_TRUE(access) << access.error().message;
}

TEST_F(ClusterAccessTest, MissingPiecesAreNamed) {
  const std::string server = "server: 'https://h'";
  EXPECT_THAT(error_of("{}"), HasSubstr("current-context is not set; give --context"));
  EXPECT_THAT(error_of(""), HasSubstr("current-context is not set"));
  EXPECT_THAT(error_of("current-context: demo"), HasSubstr("no context named 'demo'"));
  EXPECT_THAT(error_of("current-context: demo\ncontexts: [{name: demo, context: {cluster: x}}]"),
              HasSubstr("context 'demo': cluster: there is no cluster named 'x'"));
  EXPECT_THAT(error_of("current-context: demo\nclusters: [{name: x, cluster: {}}]\n"
                       "contexts: [{name: demo, context: {cluster: x, user: joe}}]"),
              HasSubstr("context 'demo': user: there is no user named 'joe'"));
  EXPECT_THAT(error_of(config("", "")), HasSubstr("cluster 'c': server: must be https://"));
  EXPECT_THAT(error_of(config(server + ", certificate-authority: no.pem", "")),
              HasSubstr(path("no.pem")));
  EXPECT_THAT(error_of(config(server, "tokenFile: no.token")), HasSubstr(path("no.token")));
  EXPECT_THAT(
      error_of(config(server, std::string("client-certificate-data: ") + base64(ca().pem()))),
      HasSubstr("user 'u': client-key is missing"));
}

TEST_F(ClusterAccessTest, DefectsNameFileLineAndField) {
  EXPECT_THAT(error_of("clusters:\n- name: c\n  cluster:\n    server: [1]\n"),
              StartsWith(path("kubeconfig") + ":4: clusters[0].cluster.server: "));
  EXPECT_THAT(error_of("users:\n- name: u\n- name: u\n"),
              AllOf(StartsWith(path("kubeconfig") + ":"), HasSubstr("users[1]"),
                    HasSubstr("a second entry named 'u'")));
  EXPECT_THAT(error_of("kind: Deployment\n"), HasSubstr("kind: must be Config, not Deployment"));
  EXPECT_THAT(error_of("clusters: {"), StartsWith(path("kubeconfig") + ": "));
  EXPECT_THAT(error_of(config("server: 'https://h', certificate-authority-data: '%%'", "")),
              HasSubstr("cluster 'c': certificate-authority-data: is not base64"));
}

TEST_F(ClusterAccessTest, ATokenIsNotSentOverPlainHttp) {
  EXPECT_THAT(error_of(config("server: 'http://h'", "token: t")), HasSubstr("unencrypted"));
  const auto access = find_in(config("server: 'http://127.0.0.1:8001'", ""));
  ASSERT_TRUE(access);
  EXPECT_FALSE(access->endpoint.tls);
}

TEST_F(ClusterAccessTest, OfSeveralFilesTheFirstToSetAKeyWins) {  // R53
  write("a/config", "current-context: one\nusers: [{name: u, user: {tokenFile: token}}]\n");
  write("a/token", "from-a");
  write("b/config",
        "current-context: two\nusers: [{name: u, user: {token: from-b}}]\n"
        "clusters: [{name: c, cluster: {server: 'https://b'}}]\n"
        "contexts: [{name: one, context: {cluster: c, user: u}},"
        " {name: two, context: {cluster: c, user: u, namespace: second}}]\n");
  variables_["KUBECONFIG"] = path("missing") + ":" + path("a/config") + ":" + path("b/config");
  const auto access = find();
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(token(*access), "from-a");
  EXPECT_EQ(access->endpoint.url, "https://b");
  EXPECT_EQ(find({"", "two"})->space, "second");
  EXPECT_THAT(find({"", "three"}).error().message, HasSubstr("no context named 'three'"));
}

TEST_F(ClusterAccessTest, TheFlagBeatsKubeconfigBeatsThePodBeatsHome) {
  write("home/.kube/config", config("server: 'https://home'", ""));
  EXPECT_EQ(find()->endpoint.url, "https://home");
  pod("10.0.0.1");
  EXPECT_EQ(find()->endpoint.url, "https://10.0.0.1:443");
  EXPECT_EQ(find({"", "demo"})->endpoint.url, "https://home");  // a context is no pod's business
  variables_["KUBECONFIG"] = write("env", config("server: 'https://env'", ""));
  EXPECT_EQ(find()->endpoint.url, "https://env");
  EXPECT_EQ(find({write("flag", config("server: 'https://flag'", "")), ""})->endpoint.url,
            "https://flag");
}

TEST_F(ClusterAccessTest, InThePodTheServiceAccountIsUsed) {  // R52
  pod("10.0.0.1");
  const auto access = find();
  ASSERT_TRUE(access) << access.error().message;
  EXPECT_EQ(access->endpoint.tls()->ca_pem, ca().pem());
  EXPECT_EQ(token(*access), "pod-token");
  EXPECT_EQ(access->space, "operators");
  EXPECT_EQ(access->source, "in-cluster");
}

TEST_F(ClusterAccessTest, AnIpv6ServiceIsReachedByItsName) {  // R52
  pod("fd00::1");
  EXPECT_EQ(find()->endpoint.url, "https://kubernetes.default.svc:443");
}

TEST_F(ClusterAccessTest, WithoutTheClustersCaNothingIsSent) {  // R52
  pod("10.0.0.1");
  fs::remove(path("sa/ca.crt"));
  const auto access = find();
  ASSERT_FALSE(access);
  EXPECT_THAT(access.error().message, HasSubstr(path("sa/ca.crt")));
}

TEST_F(ClusterAccessTest, MessagesAreOneLineWhateverTheNamesHold) {
  const std::string odd = R"("a\nb\u001b[31m")";
  const std::string context = "{name: " + odd + ", context: {cluster: " + odd + ", user: u}}";
  for (const std::string& file :
       {"{current-context: " + odd + ", contexts: [" + context + "]}",
        "{current-context: " + odd + ", contexts: [" + context + ", " + context + "]}"}) {
    const auto access = find({write("odd", file), ""});
    ASSERT_FALSE(access);
    EXPECT_EQ(access.error().message.find_first_of("\n\x1b"), std::string::npos)
        << access.error().message;
  }
}

TEST_F(ClusterAccessTest, NothingConfiguredSaysWhatToDo) {
  const auto access = find();
  ASSERT_FALSE(access);
  EXPECT_THAT(access.error().message, AllOf(HasSubstr(path("home/.kube/config")),
                                            HasSubstr("--kubeconfig"), HasSubstr("KUBECONFIG")));
  variables_["KUBECONFIG"] = path("missing");
  EXPECT_THAT(find().error().message, HasSubstr("KUBECONFIG: no such file: " + path("missing")));
  EXPECT_THAT(find({path("absent"), ""}).error().message, HasSubstr(path("absent")));
}

}  // namespace
}  // namespace evalscaler::kube
