// SPDX-License-Identifier: Apache-2.0
#include "redis/cluster_view.hpp"

#include <gtest/gtest.h>

#include "fakes/redis_cluster_model.hpp"

namespace evalscaler::redis {
namespace {

using fakes::RedisClusterModel;

TEST(ClusterView, AHealthyClusterAgreesAndIsCovered) {
  const RedisClusterModel model(3);
  const ClusterView view = model.view();
  EXPECT_FALSE(view.disagreement()) << view.disagreement()->message;
  EXPECT_FALSE(view.coverage());
  EXPECT_EQ(view.attached_members().size(), 6U);
}

TEST(ClusterView, FindsNodesByIdOrItsBeginning) {
  RedisClusterModel model(3);
  const ClusterView view = model.view();
  EXPECT_EQ(view.find(model.at(4).id)->pod.ordinal, 4);
  EXPECT_EQ(view.find(model.ref(4))->pod.ordinal, 4);
  EXPECT_EQ(view.find(""), nullptr);
  EXPECT_EQ(view.find("100"), nullptr) << "the beginning of more than one id names none";
}

TEST(ClusterView, DifferentOwnersEpochsOrNodesAreADisagreement) {
  RedisClusterModel owners(3);
  owners.at(4).believes[7] = owners.at(2).id;
  EXPECT_EQ(owners.view().disagreement()->number, 7);
  EXPECT_EQ(owners.view().disagreement()->node, "#4");

  RedisClusterModel nodes(3);
  nodes.at(5).knows.erase(nodes.at(1).id);
  EXPECT_TRUE(nodes.view().disagreement());

  RedisClusterModel epochs(3);
  auto members = std::vector<Member>(epochs.view().members());
  members[3].report->map.nodes[0].config_epoch = 99;
  EXPECT_NE(ClusterView(std::move(members)).disagreement()->message.find("epochs"),
            std::string::npos);
}

TEST(ClusterView, SlotsOfNobodyAndOfTwoAreCounted) {
  RedisClusterModel lost(3);
  lost.at(1).slots.reset();
  EXPECT_EQ(lost.view().coverage()->reason, Reason::SlotsUncovered);
  EXPECT_EQ(lost.view().coverage()->number, 5461);

  RedisClusterModel twice(3);
  twice.at(1).slots.set(0);
  EXPECT_EQ(twice.view().coverage()->reason, Reason::SlotsWithTwoOwners);
}

TEST(ClusterView, LagIsWhatTheMasterIsAhead) {
  RedisClusterModel model(3);
  model.at(0).offset = 5'000;
  model.at(3).offset = 1'500;
  model.at(4).offset = 9'000;
  const ClusterView view = model.view();
  EXPECT_EQ(view.lag(*view.at(3)), 3'500);
  EXPECT_EQ(view.lag(*view.at(4)), 0) << "asked later than its master";
}

TEST(ClusterView, APodThatKnowsNobodyIsNotAttached) {
  RedisClusterModel model(3);
  model.add_pod();
  const ClusterView view = model.view();
  EXPECT_FALSE(ClusterView::attached(*view.at(6)));
  EXPECT_FALSE(view.disagreement());
}

}  // namespace
}  // namespace evalscaler::redis
