// SPDX-License-Identifier: Apache-2.0
#include "golden/crd_schema.hpp"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "wire/yaml.hpp"

namespace evalscaler::golden {
namespace {

void visit_under(const JsonTree& node, const std::string& prefix, SchemaVisitor visit) {
  if (const JsonTree* properties = node.find("properties")) {
    for (const auto& [name, property] : properties->members) {
      const std::string path = prefix.empty() ? name : prefix + "." + name;
      visit(path, property);
      visit_under(property, path, visit);
    }
  }
  if (const JsonTree* items = node.find("items")) visit_under(*items, prefix + "[]", visit);
}

}  // namespace

std::string source_path(std::string_view path) {
  return std::filesystem::path(EVALSCALER_SOURCE_DIR) / path;
}

std::string source_file(std::string_view path) {
  auto text = wire::read_file(source_path(path));
  if (!text) throw std::runtime_error(text.error().message);
  return *text;
}

JsonTree crd_schema(std::string_view part) {
  constexpr std::string_view kFile = "crds/evalscaler.io_evaluationservices.yaml";
  const auto yaml = wire::read_yaml(source_file(kFile));
  if (!yaml) throw std::runtime_error(std::string(kFile) + ": " + yaml.error().message);
  auto crd = read_tree(yaml->json);
  if (!crd) throw std::runtime_error(crd.error().message);
  JsonTree* schema =
      at(*crd, "spec.versions[].schema.openAPIV3Schema.properties." + std::string(part));
  if (schema == nullptr) throw std::runtime_error("the CRD has no " + std::string(part));
  return *schema;
}

void visit_properties(const JsonTree& schema, SchemaVisitor visit) {
  visit_under(schema, "", visit);
}

std::vector<std::string> properties_of(const JsonTree& schema) {
  std::vector<std::string> out;
  visit_properties(schema, [&](const std::string& path, const JsonTree&) { out.push_back(path); });
  std::sort(out.begin(), out.end());
  return out;
}

std::string keyword(const JsonTree& node, std::string_view name) {
  const JsonTree* value = node.find(name);
  if (value == nullptr) return "";
  return value->type == wire::JsonType::String ? value->unquoted() : value->text();
}

}  // namespace evalscaler::golden
