// SPDX-License-Identifier: Apache-2.0
#include "targets/registry.hpp"

#include <gtest/gtest.h>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"

namespace evalscaler::targets {
namespace {

class Registry : public ::testing::Test {
 protected:
  Result<ScaleTarget*> find(const std::string& api_version, const std::string& kind) {
    api::Tier tier;
    tier.target = {api_version, kind, "app"};
    return registry_.find(tier);
  }
  fakes::ManualClock clock_;
  fakes::ScriptedKubeApi api_;
  kube::ObjectCache<WorkloadObject> cache_;
  TargetRegistry registry_{{&api_, &cache_, &cache_, &clock_}};
};

TEST_F(Registry, FindsDeployments) {
  ASSERT_TRUE(find("apps/v1", "Deployment"));
  EXPECT_NE(*find("apps/v1", "Deployment"), nullptr);
}

TEST_F(Registry, AStatefulSetIsScaledByPodsOnlyIfItsTierSaysThatThisIsSafe) {
  api::Tier tier;
  tier.target = {"apps/v1", "StatefulSet", "app"};
  EXPECT_FALSE(registry_.find(tier));
  tier.stateful_set.emplace();
  EXPECT_TRUE(registry_.find(tier));
}

TEST_F(Registry, UnknownKindIsNamedWithWhatIsSupported) {
  EXPECT_EQ(find("apps/v1", "Job").error().message,
            "kind Job cannot be scaled by this operator; supported: Deployment, StatefulSet, "
            "RedisCluster");
  EXPECT_EQ(find("example.com/v1", "Deployment").error().message,
            "kind Deployment of example.com/v1 cannot be scaled by this operator; "
            "supported: Deployment, StatefulSet, "
            "RedisCluster");
  EXPECT_EQ(find("apps/v1", "Job").error().kind, ErrorKind::Invalid);
}

}  // namespace
}  // namespace evalscaler::targets
