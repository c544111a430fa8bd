// SPDX-License-Identifier: Apache-2.0
// The spec's schema and the structs of operator/api say the same.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "api/enum_text.hpp"
#include "api/service_json.hpp"
#include "golden/crd_schema.hpp"
#include "golden/json_tree.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::golden {
namespace {

using wire::JsonType;

Result<api::ServiceSpec> decode(const JsonTree& document) {
  Result<api::ServiceSpec> spec = fail(ErrorKind::Invalid, "not read");
  JsonTree root{JsonType::Object, "", {{"spec", document}}, {}};
  wire::JsonReader reader;
  const auto read = reader.read_copy(root.text(), [&](wire::JsonCursor& cursor) {
    return cursor.members([&](std::string_view, wire::JsonCursor& value) -> Result<void> {
      spec = api::read_spec(value, api::UnknownFields::Refuse);
      EVALSCALER_TRY(spec);
      return {};
    });
  });
  if (!read) return read.error();
  return spec;
}

// The decoder's error or what validate() finds, one per line.
std::vector<std::string> refusals(const JsonTree& document) {
  const auto spec = decode(document);
  if (!spec) return {spec.error().message};
  std::vector<std::string> out;
  for (const api::FieldProblem& problem : api::validate(*spec)) out.push_back(problem.text());
  return out;
}

JsonTree every_field() {
  return read_tree(wire::read_yaml(source_file("tests/golden/every_field.yaml")).value().json)
      .value();
}

// "tiers[].name" as the errors write it.
std::string error_path(JsonTree document, const std::string& path) {
  return "spec." + find_place(document, path).value_or(Place{}).path;
}

std::string quoted(std::size_t length, char c) {
  return '"' + std::string(length, c) + '"';
}

// What the API server does with `default:`.
void apply_defaults(const JsonTree& schema, const std::string& prefix, JsonTree& document,
                    std::set<std::string>& applied) {
  if (const JsonTree* properties = schema.find("properties")) {
    for (const auto& [name, property] : properties->members) {
      const std::string path = prefix.empty() ? name : prefix + "." + name;
      const JsonTree* standard = property.find("default");
      if (standard != nullptr && document.find(name) == nullptr) {
        document.members.push_back({name, *standard});
        applied.insert(path);
      }
      if (JsonTree* member = document.find(name)) apply_defaults(property, path, *member, applied);
    }
  }
  if (const JsonTree* items = schema.find("items")) {
    for (JsonTree& item : document.items) apply_defaults(*items, prefix + "[]", item, applied);
  }
}

TEST(SpecSchema, HasTheFieldsOfEveryFieldYamlAndNoOthers) {
  EXPECT_EQ(properties_of(crd_schema("spec")), paths_of(every_field()));
}

TEST(SpecSchema, EveryFieldIsReadIntoTheStructs) {
  const JsonTree full = every_field();
  const auto whole = decode(full);
  ASSERT_TRUE(whole) << whole.error().message;
  EXPECT_THAT(refusals(full), testing::IsEmpty());
  for (const std::string& path : paths_of(full)) {
    JsonTree without = full;
    remove(without, path);
    const auto rest = decode(without);
    ASSERT_TRUE(rest) << path << ": " << rest.error().message;
    EXPECT_NE(*rest, *whole) << path
                             << " is not read, or stands in every_field.yaml at its default";
  }
}

TEST(SpecSchema, DefaultsAreThoseOfTheStructs) {
  const JsonTree schema = crd_schema("spec");
  JsonTree least = read_tree(R"({"tiers":[{"name":"app","scaleTargetRef":{"name":"web"},
      "maxReplicas":9,"threshold":{"metrics":[{"name":"cpu_usage","scaleUpThreshold":70}]}},
      {"name":"tracked","scaleTargetRef":{"name":"other"},"maxReplicas":9,"behavior":{},
      "fallback":{"replicas":3},"targetTracking":{"metrics":[{"name":"cpu_usage",
      "target":{"type":"Value","value":70}}]}},{"name":"set","scaleTargetRef":{"name":"set"},
      "maxReplicas":9,"statefulSet":{},"targetTracking":{"metrics":[{"name":"cpu_usage",
      "target":{"type":"Value","value":70}}]}},{"name":"cache","scaleTargetRef":{"name":"cache"},
      "maxReplicas":9,"redisCluster":{},"targetTracking":{"metrics":[{"name":"cpu_usage",
      "target":{"type":"Value","value":70}}]}}]})")
                       .value();
  const auto by_structs = decode(least);
  std::set<std::string> applied;
  apply_defaults(schema, "", least, applied);
  const auto by_schema = decode(least);
  ASSERT_TRUE(by_structs && by_schema);
  EXPECT_EQ(*by_structs, *by_schema);

  std::set<std::string> in_schema;
  visit_properties(schema, [&](const std::string& path, const JsonTree& node) {
    if (node.find("default") != nullptr) in_schema.insert(path);
  });
  EXPECT_EQ(applied, in_schema);
}

TEST(SpecSchema, OnlyTheseOptionalFieldsHaveNoDefault) {
  std::vector<std::string> without;
  std::set<std::string> required;
  const JsonTree schema = crd_schema("spec");
  const auto note_required = [&](const std::string& prefix, const JsonTree& node) {
    if (const JsonTree* names = node.find("required")) {
      for (const JsonTree& name : names->items) required.insert(prefix + name.unquoted());
    }
  };
  note_required("", schema);
  visit_properties(schema, [&](const std::string& path, const JsonTree& node) {
    note_required(path + ".", node);
    if (const JsonTree* items = node.find("items")) note_required(path + "[].", *items);
  });
  visit_properties(schema, [&](const std::string& path, const JsonTree& node) {
    if (!required.contains(path) && node.find("default") == nullptr) without.push_back(path);
  });
  EXPECT_THAT(
      without,
      testing::UnorderedElementsAre(
          "tiers[].metricIdentity", "tiers[].threshold", "tiers[].threshold.metrics[].query",
          "tiers[].threshold.metrics[].scaleUpThreshold",
          "tiers[].threshold.metrics[].scaleDownThreshold",
          "tiers[].threshold.metrics[].proportional", "tiers[].threshold.scaleUp.maxStep",
          "tiers[].targetTracking", "tiers[].targetTracking.metrics[].query", "tiers[].behavior",
          "tiers[].behavior.scaleUp.stabilizationWindowSeconds",
          "tiers[].behavior.scaleUp.policies", "tiers[].behavior.scaleUp.tolerance",
          "tiers[].behavior.scaleDown.stabilizationWindowSeconds",
          "tiers[].behavior.scaleDown.policies", "tiers[].behavior.scaleDown.tolerance",
          "tiers[].fallback", "tiers[].statefulSet", "tiers[].redisCluster",
          "tiers[].redisCluster.username", "tiers[].redisCluster.passwordSecret"));
}

template <typename E>
std::string choices() {
  JsonTree list{JsonType::Array, "", {}, {}};
  for (const std::string_view text : api::kEnumTexts<E>) {
    list.items.push_back(scalar(JsonType::String, '"' + std::string(text) + '"'));
  }
  return list.text();
}

TEST(SpecSchema, EnumsHaveTheSameTexts) {
  std::map<std::string, std::string> found;
  visit_properties(crd_schema("spec"), [&](const std::string& path, const JsonTree& node) {
    if (node.find("enum") != nullptr) found[path] = keyword(node, "enum");
  });
  const std::map<std::string, std::string> expected{
      {"type", choices<api::ServiceType>()},
      {"mode", choices<api::Mode>()},
      {"tiers[].threshold.metrics[].worse", choices<api::Worse>()},
      {"tiers[].threshold.metrics[].onUnavailable", choices<api::OnUnavailable>()},
      {"tiers[].threshold.cooldown", choices<api::CooldownKind>()},
      {"tiers[].targetTracking.metrics[].target.type", choices<api::MetricTargetType>()},
      {"tiers[].targetTracking.metrics[].onUnavailable", choices<api::OnUnavailable>()},
      {"tiers[].behavior.scaleUp.selectPolicy", choices<api::SelectPolicy>()},
      {"tiers[].behavior.scaleDown.selectPolicy", choices<api::SelectPolicy>()},
      {"tiers[].behavior.scaleUp.policies[].type", choices<api::ScalingPolicyType>()},
      {"tiers[].behavior.scaleDown.policies[].type", choices<api::ScalingPolicyType>()},
      // What there is an adapter for; the registry of targets judges it in code.
      {"tiers[].scaleTargetRef.apiVersion", R"(["apps/v1"])"},
      {"tiers[].scaleTargetRef.kind", R"(["Deployment","StatefulSet"])"},
  };
  EXPECT_EQ(found, expected);
}

// A value on each side of each limit of a schema node.
struct Probe {
  JsonTree inside;
  JsonTree outside;
};

std::vector<Probe> probes(const JsonTree& node, const JsonTree& sample) {
  std::vector<Probe> out;
  const auto number = [](std::int64_t value) {
    return scalar(JsonType::Number, std::to_string(value));
  };
  const auto limit = [&](std::string_view name) { return std::stoll(keyword(node, name)); };
  const auto list = [&](std::int64_t count) {
    JsonTree copy = sample;
    copy.items.resize(static_cast<std::size_t>(count), sample.items.front());
    return copy;
  };
  if (node.find("minimum")) out.push_back({number(limit("minimum")), number(limit("minimum") - 1)});
  if (node.find("maximum")) out.push_back({number(limit("maximum")), number(limit("maximum") + 1)});
  if (node.find("maxLength") != nullptr) {
    const auto most = static_cast<std::size_t>(limit("maxLength"));
    const char c = node.find("x-kubernetes-int-or-string") != nullptr ? '1' : 'a';
    out.push_back(
        {scalar(JsonType::String, quoted(most, c)), scalar(JsonType::String, quoted(most + 1, c))});
  }
  if (node.find("maxItems")) out.push_back({list(limit("maxItems")), list(limit("maxItems") + 1)});
  if (node.find("minItems")) out.push_back({list(limit("minItems")), list(limit("minItems") - 1)});
  return out;
}

bool names_a_limit(const std::string& refusal, const std::string& path) {
  for (const char* limit : {": must be from", ": must be at most", ": must have", ": must be a "}) {
    if (refusal.starts_with(path + limit)) return true;
  }
  return false;
}

TEST(SpecSchema, LimitsAreThoseOfValidate) {
  const JsonTree full = every_field();
  int tried = 0;
  visit_properties(crd_schema("spec"), [&](const std::string& path, const JsonTree& node) {
    // The API group and kind are bounded by their enums.
    if (node.find("enum") != nullptr) return;
    JsonTree document = full;
    JsonTree* place = at(document, path);
    ASSERT_NE(place, nullptr) << path;
    for (const Probe& probe : probes(node, *place)) {
      ++tried;
      *place = probe.inside;
      for (const std::string& refusal : refusals(document)) {
        EXPECT_FALSE(names_a_limit(refusal, error_path(full, path))) << refusal;
      }
      *place = probe.outside;
      EXPECT_THAT(refusals(document),
                  testing::Contains(testing::StartsWith(error_path(full, path))))
          << probe.outside.text().substr(0, 100) << " is outside for the schema only";
    }
  });
  EXPECT_GE(tried, 34);
}

TEST(SpecSchema, PatternsAreThoseOfValidate) {
  const JsonTree full = every_field();
  visit_properties(crd_schema("spec"), [&](const std::string& path, const JsonTree& node) {
    if (node.find("pattern") == nullptr) return;
    const bool quantity = node.find("x-kubernetes-int-or-string") != nullptr;
    const std::vector<std::string> bad =
        quantity ? std::vector<std::string>{"",     " 5",    "5 ",    "NaN", "Inf", "-1",
                                            "0x10", "1_000", "1e309", "1,5", "70%"}
                 : std::vector<std::string>{"", " a", "a b", "a/b", "a$", "-a", "1\xC3\xA4"};
    for (const std::string& text : bad) {
      JsonTree document = full;
      *at(document, path) = scalar(JsonType::String, '"' + text + '"');
      EXPECT_THAT(refusals(document),
                  testing::Contains(testing::StartsWith(error_path(full, path))))
          << "'" << text << "' matches no pattern of the schema, but the decoder takes it";
    }
  });
}

}  // namespace
}  // namespace evalscaler::golden
