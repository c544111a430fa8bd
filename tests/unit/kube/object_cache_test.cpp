// SPDX-License-Identifier: Apache-2.0
#include "kube/object_cache.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

struct Thing {
  ObjectMeta meta;
};

Thing thing(std::string space, std::string name, std::string uid, std::string revision) {
  Thing out;
  out.meta.key = {std::move(space), std::move(name)};
  out.meta.uid = std::move(uid);
  out.meta.resource_version = std::move(revision);
  return out;
}

class ObjectCacheTest : public ::testing::Test {
 protected:
  ObjectCacheTest() {
    cache_.listen([this](const ObjectKey& key, const ObjectCache<Thing>::Pointer& object) {
      told_.push_back((object ? "+" : "-") + key.text() + (object ? ":" + object->meta.uid : ""));
    });
  }
  std::vector<std::string> told() { return std::exchange(told_, {}); }

  ObjectCache<Thing> cache_;
  std::vector<std::string> told_;
};

TEST_F(ObjectCacheTest, ReplaceAnnouncesOnlyChanges) {
  cache_.replace({thing("a", "same", "1", "10"), thing("a", "changed", "2", "11"),
                  thing("a", "gone", "3", "12")});
  (void)told();
  cache_.replace({thing("a", "same", "1", "10"), thing("a", "changed", "2", "20")});
  EXPECT_EQ(told(), (std::vector<std::string>{"+a/changed:2", "-a/gone"}));
  EXPECT_EQ(cache_.size(), 2U);
}

TEST_F(ObjectCacheTest, ReplaceKeepsTheObjectThatDidNotChange) {
  cache_.replace({thing("a", "same", "1", "10")});
  const auto before = cache_.find({"a", "same"});
  cache_.replace({thing("a", "same", "1", "10")});
  EXPECT_EQ(cache_.find({"a", "same"}), before);
}

TEST_F(ObjectCacheTest, ANewUidUnderAnOldNameIsADeletionAndACreation) {  // R19
  cache_.put(thing("a", "x", "old", "1"));
  (void)told();
  cache_.put(thing("a", "x", "new", "2"));
  EXPECT_EQ(told(), (std::vector<std::string>{"-a/x", "+a/x:new"}));
  cache_.replace({thing("a", "x", "newest", "2")});
  EXPECT_EQ(told(), (std::vector<std::string>{"-a/x", "+a/x:newest"}));
}

TEST_F(ObjectCacheTest, ANamespaceIsKnownOnceItOrAllOfThemHaveBeenListed) {  // R20
  cache_.expect_spaces(2);
  EXPECT_FALSE(cache_.knows("a"));
  cache_.replace({}, "a");
  EXPECT_TRUE(cache_.knows("a"));
  EXPECT_FALSE(cache_.knows("b"));
  ObjectCache<Thing> whole;
  whole.replace({});
  EXPECT_TRUE(whole.knows("b"));
}

TEST_F(ObjectCacheTest, ARefusalHoldsForItsNamespaceUntilThatIsListed) {
  cache_.refuse("a", "may not list things");
  EXPECT_EQ(cache_.refusal("a"), "may not list things");
  EXPECT_EQ(cache_.refusal("b"), "");
  cache_.replace({}, "a");
  EXPECT_EQ(cache_.refusal("a"), "");
  cache_.refuse("", "may not list things anywhere");
  EXPECT_EQ(cache_.refusal("b"), "may not list things anywhere");
}

TEST_F(ObjectCacheTest, ReplacingOneNamespaceLeavesTheOthersAlone) {
  cache_.expect_spaces(2);
  cache_.replace({thing("a", "x", "1", "1")}, "a");
  EXPECT_FALSE(cache_.synced());  // R20
  cache_.replace({thing("b", "y", "2", "2")}, "b");
  EXPECT_TRUE(cache_.synced());
  (void)told();
  cache_.replace({}, "a");
  EXPECT_EQ(told(), (std::vector<std::string>{"-a/x"}));
  EXPECT_TRUE(cache_.find({"b", "y"}));
}

TEST_F(ObjectCacheTest, ErasingWhatIsNotThereIsSilent) {
  cache_.erase({"a", "x"});
  EXPECT_TRUE(told().empty());
}

TEST_F(ObjectCacheTest, AnEmptyListIsSynced) {
  EXPECT_FALSE(cache_.synced());
  cache_.replace({});
  EXPECT_TRUE(cache_.synced());
}

}  // namespace
}  // namespace evalscaler::kube
