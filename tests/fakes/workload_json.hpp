// SPDX-License-Identifier: Apache-2.0
// Deployments, StatefulSets and Scales as the API server writes them, cut to what is read.
#pragma once

#include <string>

#include "targets/workload_object.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::fakes {

struct WorkloadText {
  std::string kind = "Deployment";
  std::string space = "ml";
  std::string name = "app";
  std::string uid = "uid-1";
  std::string resource_version = "100";
  std::string replicas = "5";  // JSON text; empty = the field is absent
  int ready = 5;
  std::string managed_fields = "[]";
  std::string extra_meta;    // ,"creationTimestamp":"..."
  std::string extra_spec;    // ,"paused":true
  std::string extra_status;  // ,"conditions":[...]

  std::string json() const {
    const std::string count = std::to_string(ready);
    return R"({"apiVersion":"apps/v1","kind":")" + kind + R"(","metadata":{"name":")" + name +
           R"(","namespace":")" + space + R"(","uid":")" + uid + R"(","resourceVersion":")" +
           resource_version + R"(","generation":3,"managedFields":)" + managed_fields + extra_meta +
           R"(},"spec":{)" + (replicas.empty() ? "" : "\"replicas\":" + replicas + ",") +
           R"("selector":{"matchLabels":{"a":"b"}})" + extra_spec +
           R"(},"status":{"observedGeneration":3,"replicas":)" + count + R"(,"readyReplicas":)" +
           count + R"(,"updatedReplicas":)" + count + extra_status + "}}";
  }
};

inline Result<targets::WorkloadObject> decode_with(
    Result<targets::WorkloadObject> (*decode)(wire::JsonCursor& object), std::string json) {
  targets::WorkloadObject object;
  wire::JsonReader reader;
  const auto read = reader.read(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto decoded = decode(root);
    if (!decoded) return decoded.error();
    object = std::move(decoded).value();
    return {};
  });
  if (!read) return read.error();
  return object;
}

inline Result<targets::WorkloadObject> decode_deployment(std::string json) {
  return decode_with(targets::read_deployment, std::move(json));
}

inline Result<targets::WorkloadObject> decode_stateful_set(std::string json) {
  return decode_with(targets::read_stateful_set, std::move(json));
}

// Replicas 0 are left out, as the API server does.
inline std::string scale_json(const std::string& uid, const std::string& resource_version,
                              int replicas) {
  return R"({"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"app",)"
         R"("namespace":"ml","uid":")" +
         uid + R"(","resourceVersion":")" + resource_version + R"("},"spec":{)" +
         (replicas == 0 ? "" : "\"replicas\":" + std::to_string(replicas)) +
         R"(},"status":{"replicas":5,"selector":"a=b"}})";
}

}  // namespace evalscaler::fakes
