// SPDX-License-Identifier: Apache-2.0
#include "redis/kept_masters.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

TEST(ChooseKept, MastersThatStayAreKept) {
  RedisClusterModel model(4);
  const auto kept = choose_kept(model.view(), 6, 3);
  EXPECT_EQ(kept.size(), 3U);
  for (const std::string& ref : kept) EXPECT_LT(model.view().find(ref)->pod.ordinal, 6);
}

TEST(ChooseKept, AReplicaThatStaysStandsInForAMasterThatGoes) {
  RedisClusterModel model(3);
  std::swap(model.at(2).slots, model.at(5).slots);  // pod 5 is the master of pod 2
  model.at(5).master_id.clear();
  model.at(2).master_id = model.at(5).id;
  const auto kept = choose_kept(model.view(), 4, 3);
  EXPECT_EQ(kept, (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(2)}));
  model.at(2).link_up = false;
  EXPECT_EQ(choose_kept(model.view(), 4, 3).size(), 2U) << "one out of sync cannot stand in";
}

TEST(ChooseKept, TheFullestStayWhenThereAreTooMany) {
  RedisClusterModel model(4);
  model.at(1).keys = 1;
  const auto kept = choose_kept(model.view(), 8, 3);
  EXPECT_EQ(kept, (std::vector<std::string>{model.ref(0), model.ref(2), model.ref(3)}));
}

TEST(ChooseKept, AMasterWithoutAReplicaGoesBeforeOneWithFewKeys) {
  RedisClusterModel model(4);
  model.at(3).keys = 1;
  EXPECT_EQ(choose_kept(model.view(), 6, 3),
            (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(2)}));
  model.at(6).link_up = false;  // of master 2
  EXPECT_EQ(choose_kept(model.view(), 6, 3),
            (std::vector<std::string>{model.ref(0), model.ref(1), model.ref(3)}));
}

// A failover and a plan that goes on meanwhile can leave the old master with nothing; pods 6 and 7
// have just been added.
class ReplaceLost : public testing::Test {
 protected:
  ReplaceLost() : model_(3) {
    for (const int added : {6, 7}) {
      model_.add_pod();
      model_.join(added);
    }
    model_.at(7).master_id = model_.at(6).id;
    journal_ = model_.journal(Direction::Up, {0, 1, 2, 6}, 8);
    journal_.from_pods = 6;
    std::swap(model_.at(0).slots, model_.at(3).slots);
    model_.at(3).master_id.clear();
    model_.at(0).keys = 0;
  }
  bool keeps(int ordinal) { return journal_.keeps(model_.at(ordinal).id); }

  RedisClusterModel model_;
  Journal journal_;
};

TEST_F(ReplaceLost, WhoTookOverStaysForAMasterThatIsLeftWithNothing) {
  replace_lost(journal_, model_.view());
  EXPECT_FALSE(keeps(0));
  EXPECT_TRUE(keeps(3));
  EXPECT_TRUE(keeps(6)) << "it has no slots yet: that is what the plan is for";
  const Journal once = journal_;
  replace_lost(journal_, model_.view());
  EXPECT_EQ(journal_, once);
}

TEST_F(ReplaceLost, AMasterThatIsGoneForGoodIsReplaced) {
  model_.at(0).id = std::string(40, 'f');
  replace_lost(journal_, model_.view());
  EXPECT_TRUE(keeps(3));
  EXPECT_FALSE(keeps(0));
}

TEST_F(ReplaceLost, AMasterWithKeysOrWithSlotsOnTheirWayToItKeepsItsPlace) {
  model_.at(0).keys = 1;
  replace_lost(journal_, model_.view());
  EXPECT_TRUE(keeps(0));
  model_.at(0).keys = 0;
  journal_.batch = {{{{1, 2}}, model_.ref(0)}};
  replace_lost(journal_, model_.view());
  EXPECT_TRUE(keeps(0));
}

TEST_F(ReplaceLost, NobodyLosesItsPlaceWhileTheMapsDisagree) {
  model_.at(1).believes[5] = model_.at(0).id;
  replace_lost(journal_, model_.view());
  EXPECT_TRUE(keeps(0));
}

}  // namespace
}  // namespace evalscaler::redis
