// SPDX-License-Identifier: Apache-2.0
#include "kube/resource_path.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

const Resource kDeployments{"apps", "v1", "deployments", "Deployment"};

TEST(ResourcePath, GroupAndCoreDiffer) {
  EXPECT_EQ(collection_path(kDeployments), "/apis/apps/v1/deployments");
  EXPECT_EQ(collection_path({"", "v1", "pods", "Pod"}, "ml"), "/api/v1/namespaces/ml/pods");
}

TEST(ResourcePath, NamesObjectsAndSubresources) {
  EXPECT_EQ(object_path(kDeployments, {"ml", "web"}, "scale"),
            "/apis/apps/v1/namespaces/ml/deployments/web/scale");
  EXPECT_EQ(object_path({"", "v1", "nodes", "Node"}, {"", "n1"}), "/api/v1/nodes/n1");
}

TEST(ResourcePath, ANameCannotAddSegmentsOrAQuery) {
  EXPECT_EQ(object_path(kDeployments, {"ml", "a/../b?x=1#y"}, "scale"),
            "/apis/apps/v1/namespaces/ml/deployments/a%2F..%2Fb%3Fx%3D1%23y/scale");
}

}  // namespace
}  // namespace evalscaler::kube
