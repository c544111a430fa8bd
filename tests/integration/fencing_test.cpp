// SPDX-License-Identifier: Apache-2.0
// What fences a write to a Deployment, against a real API server (decision 6).
//
// EVALSCALER_TEST_KUBECONFIG names an administrator's kubeconfig. Each test works in a
// namespace of its own, which it leaves behind: no controller would empty it.
#include <gtest/gtest.h>

#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <thread>

#include "kube/cluster_access.hpp"
#include "kube/http_kube_api.hpp"
#include "targets/workload.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::targets {
namespace {

using kube::PatchType;

const kube::Resource kNamespaces{"", "v1", "namespaces", "Namespace"};

class Fencing : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { wire::initialize_http(2); }

  void SetUp() override {
    const char* kubeconfig = std::getenv("EVALSCALER_TEST_KUBECONFIG");
    ASSERT_NE(kubeconfig, nullptr) << "EVALSCALER_TEST_KUBECONFIG is not set; see with_cluster";
    auto access = kube::find_cluster({kubeconfig, ""}, kube::process_surroundings(), clock_);
    ASSERT_TRUE(access) << access.error().message;
    auto client = wire::make_cpprest_client(access->endpoint);
    ASSERT_TRUE(client) << client.error().message;
    client_ = std::move(client).value();
    kube::HttpKubeApiSettings gated;
    gated.may_write = [this] { return sends_allowed_-- > 0; };
    api_ =
        std::make_unique<kube::HttpKubeApi>(*client_, *client_, *access, metrics_, clock_, gated);
    other_ = std::make_unique<kube::HttpKubeApi>(*client_, *client_, *access, metrics_, clock_);
    target_ = std::make_unique<WorkloadTarget>(deployment_resource(), *api_, cache_, clock_);
    make_deployment();
  }
  void make_deployment() {
    const std::string test = ::testing::UnitTest::GetInstance()->current_test_info()->name();
    key_ = {"fencing-" + std::to_string(::getpid()) + "-" + std::to_string(test.size()), "web"};
    const auto space = other_->create(
        kube::collection_path(kNamespaces),
        R"({"apiVersion":"v1","kind":"Namespace","metadata":{"name":")" + key_.space + "\"}}", {});
    ASSERT_TRUE(space) << space.error().message;
    const auto made = other_->create(
        kube::collection_path(deployment_resource(), key_.space),
        R"({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web"},"spec":{)"
        R"("replicas":5,"selector":{"matchLabels":{"app":"x"}},"template":{"metadata":{"labels":{)"
        R"("app":"x"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}})",
        {});
    ASSERT_TRUE(made) << made.error().message;
  }
  // What a watch that is up to date would show.
  api::TargetObservation now() {
    const auto scale = live();
    api::TargetObservation seen;
    seen.uid = scale.uid;
    seen.resource_version = scale.resource_version;
    seen.spec_replicas = scale.spec_replicas;
    return seen;
  }
  ScaleDocument live() {
    const auto json = other_->get(kube::object_path(deployment_resource(), key_, "scale"), {});
    EXPECT_TRUE(json) << json.error().message;
    return read_scale(json.value_or("")).value_or(ScaleDocument{});
  }
  // The next leader, a person, another controller.
  void another_sets(const std::string& part, const std::string& patch) {
    const auto done = other_->patch(kube::object_path(deployment_resource(), key_, part),
                                    PatchType::Merge, patch, {});
    EXPECT_TRUE(done) << done.error().message;
  }
  void another_scales_to(int replicas) {
    another_sets("scale", R"({"spec":{"replicas":)" + std::to_string(replicas) + "}}");
  }

  SystemClock clock_;
  telemetry::Metrics metrics_;
  std::atomic<int> sends_allowed_{1'000'000};
  std::unique_ptr<wire::HttpClient> client_;
  std::unique_ptr<kube::HttpKubeApi> api_;    // through the gate
  std::unique_ptr<kube::HttpKubeApi> other_;  // past it
  kube::ObjectCache<WorkloadObject> cache_;
  std::unique_ptr<WorkloadTarget> target_;
  ObjectKey key_;
};

// Checked, then stopped for so long that the next leader scaled up and down again: the patch
// goes out when nobody leads here any more.
TEST_F(Fencing, StalePatchFindsNothingToChangeThoughTheReplicasAreTheSameAgain) {
  const auto seen = now();
  another_scales_to(8);
  another_scales_to(5);
  sends_allowed_ = 1;
  EXPECT_EQ(target_->step_towards(key_, seen, 7, {}).error().kind, ErrorKind::Cancelled);
  EXPECT_EQ(live().spec_replicas, 5);
}

TEST_F(Fencing, StatusWriteBetweenCacheAndPatchCostsOneMoreSend) {
  const auto seen = now();
  another_sets("status", R"({"status":{"observedGeneration":1}})");
  sends_allowed_ = 2;
  const auto done = target_->step_towards(key_, seen, 7, {});
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(live().spec_replicas, 7);
  EXPECT_EQ(sends_allowed_, 0);
}

TEST_F(Fencing, P15CompetitorWithoutPauseDoesNotStarveUs) {
  std::jthread competitor([this](const std::stop_token& stop) {
    for (int i = 0; !stop.stop_requested(); ++i) {
      another_sets("", R"({"metadata":{"annotations":{"n":")" + std::to_string(i) + "\"}}}");
    }
  });
  int visits = 0;
  for (int replicas = 6; replicas < 16; ++replicas) {
    const auto seen = now();
    auto done = target_->step_towards(key_, seen, replicas, {});
    for (++visits; !done && done.error().kind == ErrorKind::Conflict && visits < 100; ++visits) {
      done = target_->step_towards(key_, now(), replicas, {});
    }
    ASSERT_TRUE(done) << done.error().message;
    ASSERT_EQ(*done, replicas);
  }
  EXPECT_LE(visits, 40) << "ten changes";
  RecordProperty("visits", visits);
}

}  // namespace
}  // namespace evalscaler::targets
