// SPDX-License-Identifier: Apache-2.0
// Reads EvaluationServices from the API server for the commands that look at a cluster.
//
// Errors are one line for people and say what to do: not found, not installed, forbidden.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "api/evaluation_service.hpp"
#include "api/service_status.hpp"
#include "cli/session.hpp"
#include "core/object_key.hpp"
#include "kube/resource_path.hpp"

namespace CLI {  // NOLINT(readability-identifier-naming): the library's own name
class App;
}

namespace evalscaler::cli {

struct ServiceView {
  ObjectKey key;
  std::optional<WallTime> created;
  std::int64_t generation = 0;
  api::ServiceSpec spec;
  api::ServiceStatus status;
  std::string paused;   // the annotation; empty if there is none
  std::string problem;  // why spec or status could not be understood; empty if they were
};

const kube::Resource& service_resource();

// An object as the API server answers it; `key` is for messages.
Result<ServiceView> parse_service(const std::string& json, const ObjectKey& key);

// NotFound if there is none of that name, or if the resource is not installed at all.
Result<ServiceView> read_service(const Cluster& cluster, const ObjectKey& key);
// Sorted by namespace and name; `space` empty = all namespaces.
Result<std::vector<ServiceView>> list_services(const Cluster& cluster, const std::string& space);

// --kubeconfig, --context, -n.
struct ClusterOptions {
  kube::AccessChoice access;
  std::string space;
};
void add_cluster_options(CLI::App& command, ClusterOptions& options);

// Where to look: -n, else the context's namespace.
std::string space_of(const ClusterOptions& options, const Cluster& cluster);

}  // namespace evalscaler::cli
