// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "api/service_json.hpp"

namespace evalscaler::api {
namespace {

Result<ServiceFile> read(const std::string& yaml) {
  const auto document = wire::read_yaml(yaml);
  if (!document) return document.error();
  return read_service_file(*document);
}

std::string error_of(const std::string& yaml) {
  const auto file = read(yaml);
  EXPECT_FALSE(file) << yaml;
  return file ? "" : file.error().message;
}

const std::string head = "apiVersion: evalscaler.io/v1alpha1\nkind: EvaluationService\n";

TEST(ServiceFile, HasNameNamespaceAndSpec) {
  const auto file = read(head +
                         "metadata: {name: web, namespace: ml, labels: {a: b}}\n"
                         "spec: {mode: DryRun, tiers: []}\nstatus: {summary: x}\n");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->key, (ObjectKey{"ml", "web"}));
  EXPECT_EQ(file->spec.mode, Mode::DryRun);
}

TEST(ServiceFile, NeedsNoNamespace) {
  const auto file = read(head + "metadata: {name: web}\nspec: {}\n");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->key, (ObjectKey{"", "web"}));
}

TEST(ServiceFile, SaysWhatIsMissing) {
  EXPECT_EQ(error_of("# nothing\n"), "is empty: must be an EvaluationService");
  EXPECT_EQ(error_of("spec: {}\n"), "apiVersion: must be evalscaler.io/v1alpha1, is missing");
  EXPECT_EQ(error_of("apiVersion: evalscaler.io/v1alpha1\nspec: {}\n"),
            "kind: must be EvaluationService, is missing");
  EXPECT_EQ(error_of(head + "spec: {}\n"), "metadata.name: is missing");
  EXPECT_EQ(error_of(head + "metadata: {name: web}\n"), "spec: is missing");
}

TEST(ServiceFile, AnotherKindIsToldByItsKind) {
  EXPECT_EQ(error_of("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n"
                     "data: {}\nspec: {replicas: 3}\n"),
            "apiVersion: must be evalscaler.io/v1alpha1, not 'apps/v1'");
}

TEST(ServiceFile, RefusesAMisspeltFieldAndItsPlaceIsKnown) {
  const auto document = wire::read_yaml(head +
                                        "metadata: {name: web}\n"
                                        "spec:\n"
                                        "  tiers:\n"
                                        "  - name: app\n"
                                        "    maxReplica: 5\n");
  ASSERT_TRUE(document);
  const auto file = read_service_file(*document);
  ASSERT_FALSE(file);
  EXPECT_TRUE(document->placed("web.yaml", file.error().message)
                  .starts_with("web.yaml:7: spec.tiers[0].maxReplica: unknown field; known here: "))
      << document->placed("web.yaml", file.error().message);
}

TEST(ServiceFile, RefusesWhatIsNotAManifest) {
  EXPECT_EQ(error_of("- a\n- b\n"), "must be an object, not a list");
  EXPECT_EQ(error_of(head + "metadata: {name: web}\nspec: {}\nspecs: {}\n"),
            "specs: unknown field; known here: apiVersion, kind, metadata, spec");
  EXPECT_EQ(error_of(head + "metadata: {name: " + std::string(64, 'a') + "}\nspec: {}\n"),
            "metadata.name: must be at most 63 characters long");
}

}  // namespace
}  // namespace evalscaler::api
