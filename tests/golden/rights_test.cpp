// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "golden/json_tree.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::golden {
namespace {

// "verb group/resource" of every rule in the manifest.
std::set<std::string> granted() {
  std::set<std::string> out;
  const auto text = wire::read_file(EVALSCALER_SOURCE_DIR "/manifests/rbac.yaml");
  EXPECT_TRUE(text);
  const auto documents = wire::read_yaml_stream(*text);
  EXPECT_TRUE(documents);
  for (const auto& document : *documents) {
    auto tree = read_tree(document.json);
    EXPECT_TRUE(tree);
    const JsonTree* rules = tree->find("rules");
    if (rules == nullptr) continue;
    for (const JsonTree& rule : rules->items) {
      for (const JsonTree& group : rule.find("apiGroups")->items) {
        for (const JsonTree& resource : rule.find("resources")->items) {
          for (const JsonTree& verb : rule.find("verbs")->items) {
            out.insert(verb.unquoted() + " " + group.unquoted() + "/" + resource.unquoted());
          }
        }
      }
    }
  }
  return out;
}

TEST(Rights, TargetsAreWrittenThroughTheirScaleOnly) {  // R30, R34
  std::set<std::string> writes;
  for (const std::string& right : granted()) {
    const bool reads =
        right.starts_with("get ") || right.starts_with("list ") || right.starts_with("watch ");
    if (!reads) writes.insert(right);
  }
  const std::set<std::string> wanted{
      "patch apps/statefulsets/scale",
      "patch apps/deployments/scale",
      "patch evalscaler.io/evaluationservices/status",
      "create events.k8s.io/events",
      "patch events.k8s.io/events",
      "create coordination.k8s.io/leases",
      "update coordination.k8s.io/leases",
  };
  EXPECT_EQ(writes, wanted);
}

TEST(Rights, NothingIsGrantedByWildcard) {
  for (const std::string& right : granted()) {
    EXPECT_EQ(right.find('*'), std::string::npos) << right;
    EXPECT_EQ(right.find("secrets"), std::string::npos) << right;
  }
}

}  // namespace
}  // namespace evalscaler::golden
