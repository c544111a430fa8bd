// SPDX-License-Identifier: Apache-2.0
#include "cli/service_reader.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "api/service_json.hpp"
#include "core/time_text.hpp"
#include "kube/resource_path.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::cli {
namespace {

using wire::JsonCursor;

Result<void> read_into(JsonCursor& at, std::string& out) {
  auto text = at.text();
  if (!text) return text.error();
  out = std::move(*text);
  return {};
}

Result<void> read_metadata(JsonCursor& at, ServiceView& out) {
  return at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "name") return read_into(value, out.key.name);
    if (key == "namespace") return read_into(value, out.key.space);
    if (key == "generation") {
      const auto number = value.integer();
      if (number) out.generation = *number;
      return number ? Result<void>{} : number.error();
    }
    if (key == "annotations") {
      return value.members([&](std::string_view name, JsonCursor& member) -> Result<void> {
        return name == api::kPausedAnnotation ? read_into(member, out.paused) : Result<void>{};
      });
    }
    if (key != "creationTimestamp") return {};
    const auto text = value.text();
    if (!text) return text.error();
    const auto time = parse_time(*text);
    if (!time) return value.error(time.error().message);
    out.created = *time;
    return {};
  });
}

Result<void> read_object(JsonCursor& object, ServiceView& out) {
  return object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metadata") return read_metadata(value, out);
    if (key == "spec") {
      auto spec = api::read_spec(value, api::UnknownFields::Ignore);
      if (!spec) return spec.error();
      out.spec = std::move(*spec);
    }
    if (key == "status") {
      auto status = api::read_status(value);
      if (!status) return status.error();
      out.status = std::move(*status);
    }
    return {};
  });
}

// Reads one page; returns the token of the next one, empty at the end.
Result<std::string> read_page(const std::string& json, std::vector<ServiceView>& out) {
  std::string next;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read_copy(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "metadata") {
        return value.members([&](std::string_view name, JsonCursor& member) -> Result<void> {
          return name == "continue" ? read_into(member, next) : Result<void>{};
        });
      }
      if (key != "items") return {};
      return value.items([&](std::size_t, JsonCursor& item) {
        // One object that cannot be understood must not hide the others.
        ServiceView& view = out.emplace_back();
        if (const auto read = read_object(item, view); !read) view.problem = read.error().message;
        return Result<void>{};
      });
    });
  }));
  return next;
}

Error explained(const Error& error, const Cluster& cluster, const std::string& what) {
  if (error.kind == ErrorKind::Forbidden) {
    return fail(error.kind, what + ": forbidden: " + error.message +
                                "; ask for get and list on evaluationservices.evalscaler.io");
  }
  return fail(error.kind, what + " (" + cluster.source + "): " + error.message);
}

Error not_installed(const Cluster& cluster) {
  return fail(ErrorKind::NotFound, "EvaluationService is not installed in this cluster (" +
                                       cluster.source +
                                       "); apply crds/evalscaler.io_evaluationservices.yaml");
}

}  // namespace

const kube::Resource& service_resource() {
  static const kube::Resource resource{api::kGroup, api::kVersion, api::kPlural, api::kKind};
  return resource;
}

Result<ServiceView> parse_service(const std::string& json, const ObjectKey& key) {
  ServiceView view;
  wire::JsonReader reader;
  const auto read =
      reader.read_copy(json, [&](JsonCursor& root) { return read_object(root, view); });
  if (!read) return fail(ErrorKind::Invalid, "service " + key.text() + ": " + read.error().message);
  return view;
}

Result<ServiceView> read_service(const Cluster& cluster, const ObjectKey& key) {
  const std::string what = "service " + key.text();
  const auto json = cluster.api->get(kube::object_path(service_resource(), key), {});
  if (!json && json.error().kind == ErrorKind::NotFound) {
    // A resource that is not served answers 404 as well, to a list too.
    kube::ListQuery one;
    one.limit = 1;
    const auto list =
        cluster.api->list(kube::collection_path(service_resource(), key.space), one, {});
    if (!list && list.error().kind == ErrorKind::NotFound) return not_installed(cluster);
    return fail(ErrorKind::NotFound, what + ": not found; 'status -A' lists every service");
  }
  if (!json) return explained(json.error(), cluster, what);
  return parse_service(*json, key);
}

Result<std::vector<ServiceView>> list_services(const Cluster& cluster, const std::string& space) {
  std::vector<ServiceView> found;
  kube::ListQuery query;
  do {
    const auto page =
        cluster.api->list(kube::collection_path(service_resource(), space), query, {});
    if (!page && page.error().kind == ErrorKind::NotFound) return not_installed(cluster);
    if (!page) return explained(page.error(), cluster, "services");
    auto next = read_page(*page, found);
    if (!next) return fail(ErrorKind::Invalid, "services: " + next.error().message);
    query.continue_token = std::move(*next);
  } while (!query.continue_token.empty());
  std::sort(found.begin(), found.end(),
            [](const ServiceView& a, const ServiceView& b) { return a.key < b.key; });
  return found;
}

void add_cluster_options(CLI::App& command, ClusterOptions& options) {
  command.add_option("-n,--namespace", options.space, "Default: the context's")->type_name("NAME");
  command.add_option("--kubeconfig", options.access.kubeconfig, "Default: as kubectl finds it")
      ->type_name("FILE");
  command.add_option("--context", options.access.context, "Of the kubeconfig")->type_name("NAME");
}

std::string space_of(const ClusterOptions& options, const Cluster& cluster) {
  return options.space.empty() ? cluster.space : options.space;
}

}  // namespace evalscaler::cli
