// SPDX-License-Identifier: Apache-2.0
#include "reconcile/service_index.hpp"

#include <gtest/gtest.h>

namespace evalscaler::reconcile {
namespace {

using Keys = std::vector<ObjectKey>;

const ObjectKey kWeb{"ml", "web"};

ServiceObject service(std::int64_t generation, const std::string& target) {
  ServiceObject out;
  out.meta.key = kWeb;
  out.meta.uid = "u";
  out.meta.generation = generation;
  out.spec.tiers.emplace_back();
  out.spec.tiers[0].target.name = target;
  return out;
}

TEST(ServiceIndex, R35OnlySpecAndIdentityCallForAVisit) {
  ServiceIndex index;
  auto object = service(1, "app");
  EXPECT_EQ(index.update(kWeb, &object), Keys{kWeb});
  object.meta.resource_version = "200";
  object.status.summary = "app 5/5";
  EXPECT_EQ(index.update(kWeb, &object), Keys{}) << "our own status write";
  object.meta.generation = 2;
  EXPECT_EQ(index.update(kWeb, &object), Keys{kWeb});
  object.meta.being_deleted = true;
  EXPECT_EQ(index.update(kWeb, &object), Keys{kWeb});
  object.paused = "true";
  EXPECT_EQ(index.update(kWeb, &object), Keys{kWeb}) << "the annotation";
  object.meta.uid = "another";
  EXPECT_EQ(index.update(kWeb, &object), Keys{kWeb});
  EXPECT_EQ(index.update(kWeb, nullptr), Keys{kWeb});
}

TEST(ServiceIndex, KnowsWhoScalesATarget) {
  ServiceIndex index;
  auto object = service(1, "app");
  index.update(kWeb, &object);
  EXPECT_EQ(index.services_of("Deployment", {"ml", "app"}), Keys{kWeb});
  EXPECT_EQ(index.services_of("Deployment", {"other", "app"}), Keys{});
  EXPECT_EQ(index.services_of("StatefulSet", {"ml", "app"}), Keys{});
  object = service(2, "engine");
  index.update(kWeb, &object);
  EXPECT_EQ(index.services_of("Deployment", {"ml", "app"}), Keys{});
  EXPECT_EQ(index.services_of("Deployment", {"ml", "engine"}), Keys{kWeb});
  index.update(kWeb, nullptr);
  EXPECT_EQ(index.services_of("Deployment", {"ml", "engine"}), Keys{});
}

TEST(ServiceIndex, OldestServiceKeepsATarget) {
  ServiceIndex index;
  const ObjectKey old{"ml", "z-old"};
  const auto add = [&](const ObjectKey& key, int minute) {
    auto object = service(1, "app");
    object.meta.key = key;
    object.meta.created = WallTime{} + std::chrono::minutes(minute);
    return index.update(key, &object);
  };
  EXPECT_EQ(add(old, 1), Keys{old});
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, old), std::nullopt);
  EXPECT_EQ(add(kWeb, 2), (Keys{kWeb, old})) << "both have to look again";
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, kWeb), old);
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, old), std::nullopt);
  EXPECT_EQ(index.older_on("Deployment", {"ml", "engine"}, kWeb), std::nullopt);
  EXPECT_EQ(index.update(old, nullptr), (Keys{kWeb, old}));
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, kWeb), std::nullopt);
}

TEST(ServiceIndex, OfEquallyOldServicesTheFirstByNameKeepsATarget) {
  ServiceIndex index;
  const ObjectKey other{"ml", "api"};
  auto object = service(1, "app");
  index.update(kWeb, &object);
  index.update(other, &object);
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, kWeb), other);
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, other), std::nullopt);
  object.meta.being_deleted = true;
  index.update(other, &object);
  EXPECT_EQ(index.older_on("Deployment", {"ml", "app"}, kWeb), std::nullopt);
}

TEST(ServiceIndex, CountsServicesByMode) {
  ServiceIndex index;
  auto object = service(1, "app");
  index.update(kWeb, &object);
  EXPECT_EQ(index.count(api::Mode::Auto), 1U);
  object.spec.mode = api::Mode::DryRun;
  object.meta.generation = 2;
  index.update(kWeb, &object);
  EXPECT_EQ(index.count(api::Mode::Auto), 0U);
  EXPECT_EQ(index.count(api::Mode::DryRun), 1U);
}

}  // namespace
}  // namespace evalscaler::reconcile
