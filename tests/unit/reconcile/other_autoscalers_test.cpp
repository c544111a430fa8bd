// SPDX-License-Identifier: Apache-2.0
#include "reconcile/other_autoscalers.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using Keys = std::vector<ObjectKey>;

const ObjectKey kWeb{"ml", "web"};
const ObjectKey kHpa{"ml", "hpa"};

class OtherAutoscalersTest : public ::testing::Test {
 protected:
  OtherAutoscalersTest() { add_service(kWeb, 1); }

  void add_service(const ObjectKey& key, int minute) {
    ServiceObject object;
    object.meta.key = key;
    object.meta.uid = key.name;
    object.meta.created = WallTime{} + std::chrono::minutes(minute);
    object.spec.tiers.emplace_back();
    object.spec.tiers[0].target = {"apps/v1", "Deployment", "app"};
    services_.update(key, &object);
  }
  static targets::AutoscalerObject autoscaler(const std::string& target,
                                              const std::string& api_version = "apps/v1") {
    targets::AutoscalerObject out;
    out.meta.key = kHpa;
    out.target_api_version = api_version;
    out.target_kind = "Deployment";
    out.target_name = target;
    return out;
  }
  std::string other(const ObjectKey& service = kWeb) const {
    api::Tier tier;
    tier.target = {"apps/v1", "Deployment", "app"};
    return others_.on_target_of(service, tier);
  }

  ServiceIndex services_;
  OtherAutoscalers others_{services_};
};

TEST_F(OtherAutoscalersTest, AutoscalerOnTheSameTargetIsNamed) {
  EXPECT_EQ(other(), "");
  auto object = autoscaler("app");
  EXPECT_EQ(others_.update(kHpa, &object), Keys{kWeb});
  EXPECT_EQ(other(), "HorizontalPodAutoscaler hpa");
  EXPECT_EQ(others_.update(kHpa, nullptr), Keys{kWeb});
  EXPECT_EQ(other(), "");
}

TEST_F(OtherAutoscalersTest, ItsStatusIsNothingToUs) {
  auto object = autoscaler("app");
  others_.update(kHpa, &object);
  object.meta.resource_version = "8";
  EXPECT_EQ(others_.update(kHpa, &object), Keys{});
}

TEST_F(OtherAutoscalersTest, AutoscalerThatTurnsToAnotherTargetFreesThisOne) {
  auto object = autoscaler("app");
  others_.update(kHpa, &object);
  object = autoscaler("engine");
  EXPECT_EQ(others_.update(kHpa, &object), Keys{kWeb});
  EXPECT_EQ(other(), "");
}

TEST_F(OtherAutoscalersTest, AnotherVersionIsTheSameKindAndAnotherGroupIsNot) {
  auto object = autoscaler("app", "apps/v1beta2");
  others_.update(kHpa, &object);
  EXPECT_EQ(other(), "HorizontalPodAutoscaler hpa");
  object = autoscaler("app", "example.org/v1");
  others_.update(kHpa, &object);
  EXPECT_EQ(other(), "");
}

TEST_F(OtherAutoscalersTest, AnotherNamespaceIsAnotherTarget) {
  auto object = autoscaler("app");
  EXPECT_EQ(others_.update({"other", "hpa"}, &object), Keys{});
  EXPECT_EQ(other(), "");
}

TEST_F(OtherAutoscalersTest, OneOfTwoAutoscalersStays) {
  auto object = autoscaler("app");
  others_.update(kHpa, &object);
  others_.update({"ml", "second"}, &object);
  others_.update(kHpa, nullptr);
  EXPECT_EQ(other(), "HorizontalPodAutoscaler second");
}

TEST_F(OtherAutoscalersTest, YoungerServiceYieldsToTheOlder) {
  const ObjectKey younger{"ml", "a-younger"};
  add_service(younger, 2);
  EXPECT_EQ(other(younger), "EvaluationService web, which is older,");
  EXPECT_EQ(other(kWeb), "");
}

}  // namespace
}  // namespace evalscaler::reconcile
