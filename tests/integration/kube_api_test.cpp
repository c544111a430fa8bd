// SPDX-License-Identifier: Apache-2.0
// The kube folder against a real API server: what the scripted tests assume of it.
//
// EVALSCALER_TEST_KUBECONFIG names an administrator's kubeconfig. Each test works in a
// namespace of its own, which it leaves behind: no controller would empty it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "kube/api_event_recorder.hpp"
#include "kube/cluster_access.hpp"
#include "kube/http_kube_api.hpp"
#include "kube/list_page.hpp"
#include "kube/store.hpp"
#include "kube/watcher.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::kube {
namespace {

using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr seconds kPatience{30};
const Resource kDeployments{"apps", "v1", "deployments", "Deployment"};
const Resource kNamespaces{"", "v1", "namespaces", "Namespace"};

struct Deployment {
  ObjectMeta meta;
  std::int64_t replicas = 0;
};

Result<Deployment> read_deployment(wire::JsonCursor& object) {
  Deployment out;
  const auto read = object.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "metadata") {
      return store(read_object_meta(
                       value, [](std::string_view, wire::JsonCursor&) { return Result<void>(); }),
                   out.meta);
    }
    if (key != "spec") return Result<void>();
    return value.members([&](std::string_view field, wire::JsonCursor& member) {
      return field == "replicas" ? store(member.integer(), out.replicas) : Result<void>();
    });
  });
  if (!read) return read.error();
  return out;
}

std::string workload_json(const std::string& name) {
  return R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":")" + name +
         R"("},"spec":{"replicas":2,"selector":{"matchLabels":{"app":"x"}},"template":{)"
         R"("metadata":{"labels":{"app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})";
}

std::string text_of(const std::string& json, const std::string& key) {
  const std::string mark = "\"" + key + "\":\"";
  const std::size_t begin = json.find(mark);
  if (begin == std::string::npos) return {};
  return json.substr(begin + mark.size(),
                     json.find('"', begin + mark.size()) - begin - mark.size());
}

class KubeApiTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { wire::initialize_http(2); }

  void SetUp() override {
    const char* kubeconfig = std::getenv("EVALSCALER_TEST_KUBECONFIG");
    ASSERT_NE(kubeconfig, nullptr) << "EVALSCALER_TEST_KUBECONFIG is not set; see with_cluster";
    kubeconfig_ = kubeconfig;
    connect({kubeconfig_, ""});
    space_ = "kube-" + std::to_string(::getpid()) + "-" +
             ::testing::UnitTest::GetInstance()->current_test_info()->name();
    for (char& c : space_) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    space_.resize(std::min<std::size_t>(space_.size(), 60));
    const auto made = api_->create(
        collection_path(kNamespaces),
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" + space_ + "\"}}", never_);
    ASSERT_TRUE(made) << made.error().message;
  }
  void connect(const AccessChoice& choice) {
    auto access = find_cluster(choice, process_surroundings(), clock_);
    ASSERT_TRUE(access) << access.error().message;
    access_ = std::move(*access);
    auto requests = wire::make_cpprest_client(access_.endpoint);
    auto watches = wire::make_cpprest_client(access_.endpoint);
    ASSERT_TRUE(requests && watches);
    requests_ = std::move(*requests);
    watches_ = std::move(*watches);
    api_ = std::make_unique<HttpKubeApi>(*requests_, *watches_, access_, metrics_, clock_);
  }
  std::string create(const std::string& name) {
    const auto made =
        api_->create(collection_path(kDeployments, space_), workload_json(name), never_);
    EXPECT_TRUE(made) << made.error().message;
    return made ? *made : "";
  }
  Result<std::string> scale(const std::string& name, const std::string& uid, int from, int to) {
    return api_->patch(
        object_path(kDeployments, {space_, name}, "scale"), PatchType::Json,
        R"([{"op":"test","path":"/metadata/uid","value":")" + uid +
            R"("},{"op":"test","path":"/spec/replicas","value":)" + std::to_string(from) +
            R"(},{"op":"replace","path":"/spec/replicas","value":)" + std::to_string(to) + "}]",
        never_);
  }
  // A kind of this test's own, so that nobody has used it before.
  Resource thing() const { return {space_ + ".example.org", "v1", "things", "Thing"}; }
  void install(const Resource& resource) {
    const auto made = api_->create(
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
        R"({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{)"
        R"("name":"things.)" +
            resource.group + R"("},"spec":{"group":")" + resource.group +
            R"(","scope":"Namespaced","names":{"kind":"Thing","plural":"things"},"versions":[{)"
            R"("name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{)"
            R"("type":"object"}}}]}})",
        never_);
    ASSERT_TRUE(made) << made.error().message;
  }
  void remove(const std::string& name) {
    wire::HttpRequest request;
    request.method = wire::Method::Delete;
    request.target = object_path(kDeployments, {space_, name});
    const auto answer = requests_->send(request, never_);
    ASSERT_TRUE(answer) << answer.error().message;
    ASSERT_EQ(answer->status, 200) << answer->body;
  }

  SystemClock clock_;
  telemetry::Metrics metrics_;
  std::stop_token never_;
  std::string kubeconfig_;
  std::string space_;
  ClusterAccess access_;
  std::unique_ptr<wire::HttpClient> requests_;
  std::unique_ptr<wire::HttpClient> watches_;
  std::unique_ptr<HttpKubeApi> api_;
};

// A watcher on its thread, and a way to wait for what it sees.
class Follower {
 public:
  Follower(KubeApi& api, Clock& clock, telemetry::Metrics& metrics, const std::string& space,
           const Resource& resource = kDeployments)
      : feed_(cache, read_deployment, space),
        watcher({resource, space, ""}, feed_, api, clock, metrics, [] { return 0.0; }) {
    cache.listen([this](const ObjectKey&, const ObjectCache<Deployment>::Pointer&) {
      const std::lock_guard lock(mutex_);
      changed_.notify_all();
    });
    thread_ = std::jthread([this](const std::stop_token& stop) { watcher.run(stop); });
  }
  ~Follower() {
    thread_.request_stop();
    thread_.join();
  }
  bool sees(const std::function<bool()>& what) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    std::unique_lock lock(mutex_);
    while (!what()) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      // A filled cache without objects tells nobody: look again from time to time.
      changed_.wait_for(lock, std::chrono::milliseconds(20));
    }
    return true;
  }
  std::int64_t replicas(const ObjectKey& key) const {
    const auto found = cache.find(key);
    return found ? found->replicas : -1;
  }

  ObjectCache<Deployment> cache;

 private:
  CacheFeed<Deployment> feed_;

 public:
  Watcher watcher;

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::jthread thread_;
};

TEST_F(KubeApiTest, OnePatchFormFencesUidAndReplicas) {
  const std::string uid = text_of(create("web"), "uid");
  const auto done = scale("web", uid, 2, 3);
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_THAT(*done, HasSubstr("\"replicas\":3"));
  const auto foreign = scale("web", uid, 2, 4);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().kind, ErrorKind::Conflict) << foreign.error().message;
  const auto recreated = scale("web", "00000000-0000-0000-0000-000000000000", 3, 4);
  ASSERT_FALSE(recreated);
  EXPECT_EQ(recreated.error().kind, ErrorKind::Conflict) << recreated.error().message;
  const auto negative = scale("web", uid, 3, -1);
  ASSERT_FALSE(negative);
  EXPECT_EQ(negative.error().kind, ErrorKind::Invalid) << negative.error().message;
}

TEST_F(KubeApiTest, RefusalsHaveTheirKinds) {
  create("web");
  const std::string collection = collection_path(kDeployments, space_);
  EXPECT_EQ(api_->create(collection, workload_json("web"), never_).error().kind,
            ErrorKind::Conflict);
  EXPECT_EQ(api_->get(collection + "/absent", never_).error().kind, ErrorKind::NotFound);
  const auto unknown =
      api_->patch(collection + "/web", PatchType::Merge, R"({"spec":{"replicaz":1}})", never_);
  ASSERT_FALSE(unknown);  // fieldValidation=Strict (R37)
  EXPECT_EQ(unknown.error().kind, ErrorKind::Invalid);
  EXPECT_THAT(unknown.error().message, HasSubstr("replicaz"));
  const auto stale =
      api_->patch(collection + "/web", PatchType::Merge,
                  R"({"metadata":{"resourceVersion":"1"},"spec":{"paused":true}})", never_);
  ASSERT_FALSE(stale);
  EXPECT_EQ(stale.error().kind, ErrorKind::Conflict);
}

TEST_F(KubeApiTest, ListsComeInPages) {
  for (const char* name : {"a", "b", "c"}) create(name);
  ListQuery query;
  query.limit = 2;
  wire::JsonReader reader;
  std::size_t items = 0;
  const auto count = [&](std::string) { ++items; };
  auto body = api_->list(collection_path(kDeployments, space_), query, never_);
  ASSERT_TRUE(body) << body.error().message;
  auto page = read_list_page(reader, *body, "Deployment", count);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(items, 2U);
  query.continue_token = page->next_page;
  query.resource_version = page->revision;
  body = api_->list(collection_path(kDeployments, space_), query, never_);
  ASSERT_TRUE(body) << body.error().message;
  page = read_list_page(reader, *body, "Deployment", count);
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(items, 3U);
  EXPECT_EQ(page->next_page, "");
}

TEST_F(KubeApiTest, AWatcherListsByStreamAndFollows) {
  const std::string first = text_of(create("web"), "uid");
  Follower follower(*api_, clock_, metrics_, space_);
  ASSERT_TRUE(follower.sees([&] { return follower.cache.synced(); }));
  EXPECT_EQ(follower.replicas({space_, "web"}), 2);
  ASSERT_TRUE(scale("web", first, 2, 7));
  EXPECT_TRUE(follower.sees([&] { return follower.replicas({space_, "web"}) == 7; }));
  EXPECT_THAT(metrics_.exposition(), HasSubstr("kind=\"stream\""));
  EXPECT_THAT(metrics_.exposition(), ::testing::Not(HasSubstr("kind=\"paged\"")));
  remove("web");
  EXPECT_TRUE(follower.sees([&] { return follower.cache.size() == 0; }));
  const std::string second = text_of(create("web"), "uid");
  EXPECT_TRUE(follower.sees([&] {
    const auto found = follower.cache.find({space_, "web"});
    return found && found->meta.uid == second;
  }));
}

TEST_F(KubeApiTest, AWatcherFindsACrdThatIsInstalledLater) {  // R45
  const Resource things = thing();
  Follower follower(*api_, clock_, metrics_, space_, things);
  EXPECT_TRUE(follower.sees([&] { return follower.watcher.health().absent; }));
  EXPECT_FALSE(follower.cache.synced());
  install(things);
  EXPECT_TRUE(follower.sees([&] { return follower.watcher.health().synced; }));
  EXPECT_TRUE(follower.cache.synced());
  EXPECT_FALSE(follower.watcher.health().absent);
}

TEST_F(KubeApiTest, ARevisionTheServerForgotIsExpired) {  // R4
  const Resource things = thing();
  install(things);
  Follower served(*api_, clock_, metrics_, space_, things);
  ASSERT_TRUE(served.sees([&] { return served.cache.synced(); }));
  WatchQuery query;
  query.resource_version = "1";  // from before the kind existed
  std::string line;
  const auto end = api_->watch(
      collection_path(things), query,
      [&](std::string_view text) {
        line = text;
        return false;
      },
      never_);
  ASSERT_TRUE(end) << end.error().message;
  wire::JsonReader reader;
  const auto frame = read_frame(reader, line);
  ASSERT_TRUE(frame) << line;
  EXPECT_EQ(frame->type, WatchFrame::Type::Error);
  EXPECT_EQ(to_error(frame->status, RequestForm::Watch).kind, ErrorKind::Expired) << line;
}

TEST_F(KubeApiTest, ARevisionFromTheFutureIsExpired) {  // R5
  ListQuery query;
  query.resource_version = "999999999999";
  const auto body = api_->list(collection_path(kDeployments, space_), query, never_);
  ASSERT_FALSE(body);
  EXPECT_EQ(body.error().kind, ErrorKind::Expired) << body.error().message;
}

TEST_F(KubeApiTest, EventsAreAcceptedAndRepeated) {
  const std::string made = create("web");
  ApiEventRecorder recorder(*api_, clock_, metrics_, "kube-api-test");
  const ObjectReference about{"apps/v1", "Deployment", {space_, "web"}, text_of(made, "uid"), ""};
  recorder.record(about, EventType::Warning, "MetricsUnavailable", "Scale", std::string(3000, 'n'));
  recorder.record(about, EventType::Warning, "MetricsUnavailable", "Scale", std::string(3000, 'n'));
  std::jthread thread([&](const std::stop_token& stop) { recorder.run(stop); });
  const std::string collection =
      collection_path({"events.k8s.io", "v1", "events", "Event"}, space_);
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string events;
  while (events.find("\"series\"") == std::string::npos &&
         std::chrono::steady_clock::now() < deadline) {
    const auto body = api_->list(collection, {}, never_);
    ASSERT_TRUE(body) << body.error().message;
    events = *body;
  }
  EXPECT_THAT(events, AllOf(HasSubstr("\"reason\":\"MetricsUnavailable\""),
                            HasSubstr("\"count\":2"), HasSubstr("\"type\":\"Warning\"")));
}

TEST_F(KubeApiTest, ATokenFileIsReadAgainAfterA401) {  // R48
  const std::string accounts = "/api/v1/namespaces/" + space_ + "/serviceaccounts";
  ASSERT_TRUE(api_->create(
      accounts, R"({"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"me"}})", never_));
  const auto token = api_->create(
      accounts + "/me/token",
      R"({"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}})", never_);
  ASSERT_TRUE(token) << token.error().message;

  const auto folder = std::filesystem::temp_directory_path() / space_;
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "ca.pem") << access_.endpoint.tls()->ca_pem;
  std::ofstream(folder / "token") << "stale";
  std::ofstream(folder / "config")
      << "current-context: x\nclusters: [{name: x, cluster: {server: '" << access_.endpoint.url
      << "', certificate-authority: ca.pem}}]\nusers: [{name: x, user: {tokenFile: token}}]\n"
      << "contexts: [{name: x, context: {cluster: x, user: x}}]\n";
  connect({(folder / "config").string(), ""});
  const auto refused = api_->get("/version", never_);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::Forbidden) << refused.error().message;
  std::ofstream(folder / "token") << text_of(*token, "token");
  const auto answer = api_->get("/version", never_);
  EXPECT_TRUE(answer) << answer.error().message;
  const auto forbidden = api_->get(collection_path(kDeployments, space_), never_);
  ASSERT_FALSE(forbidden);  // known now, but without any right
  EXPECT_THAT(forbidden.error().message, HasSubstr("cannot list resource \"deployments\""));
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace evalscaler::kube
