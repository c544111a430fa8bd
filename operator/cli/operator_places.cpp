// SPDX-License-Identifier: Apache-2.0
#include "cli/operator_places.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "kube/resource_path.hpp"
#include "wire/http.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::cli {
namespace {

using wire::JsonCursor;

const kube::Resource services{"", "v1", "services", "Service"};
const kube::Resource pods{"", "v1", "pods", "Pod"};

struct Port {
  std::string name;
  std::string number;
  std::string target;
};

Result<void> read_into(JsonCursor& at, std::string& out) {
  auto text = at.text_or_number();
  if (!text) return text.error();
  out = std::move(*text);
  return {};
}

Result<void> read_key(JsonCursor& metadata, ObjectKey& key) {
  return metadata.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (name == "name") return read_into(value, key.name);
    if (name == "namespace") return read_into(value, key.space);
    return {};
  });
}

Result<void> read_ports(JsonCursor& ports, std::string_view number, std::vector<Port>& out) {
  return ports.items([&](std::size_t, JsonCursor& item) {
    Port& port = out.emplace_back();
    return item.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
      if (name == "name") return read_into(value, port.name);
      if (name == number) return read_into(value, port.number);
      if (name == "targetPort") return read_into(value, port.target);
      return {};
    });
  });
}

// The one that is called as metrics' ports are, else the first.
const Port* metrics_port(const std::vector<Port>& ports) {
  for (const char* name : {"metrics", "http-metrics"}) {
    for (const Port& port : ports) {
      if (port.name == name) return &port;
    }
  }
  return ports.empty() ? nullptr : &ports.front();
}

Result<void> read_service_spec(JsonCursor& spec, OperatorService& out) {
  std::vector<Port> ports;
  EVALSCALER_TRY(spec.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (name == "ports") return read_ports(value, "port", ports);
    if (name != "selector") return {};
    return value.members([&](std::string_view label, JsonCursor& member) {
      return read_into(member, out.selector[std::string(label)]);
    });
  }));
  const Port* port = metrics_port(ports);
  if (port == nullptr) return {};
  out.port = port->name.empty() ? port->number : port->name;
  out.target_port = port->target.empty() ? port->number : port->target;
  return {};
}

Result<void> read_service(JsonCursor& object, std::vector<OperatorService>& out) {
  OperatorService found;
  EVALSCALER_TRY(object.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (name == "metadata") return read_key(value, found.key);
    return name == "spec" ? read_service_spec(value, found) : Result<void>{};
  }));
  if (!found.port.empty()) out.push_back(std::move(found));
  return {};
}

struct PodFacts {
  OperatorPod pod;
  std::string phase;
  std::vector<Port> ports;
};

Result<void> read_pod(JsonCursor& object, PodFacts& out) {
  return object.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
    if (name == "metadata") return read_key(value, out.pod.key);
    if (name == "status") {
      return value.members([&](std::string_view field, JsonCursor& member) {
        return field == "phase" ? read_into(member, out.phase) : Result<void>{};
      });
    }
    if (name != "spec") return {};
    return value.members([&](std::string_view field, JsonCursor& member) -> Result<void> {
      if (field != "containers") return {};
      return member.items([&](std::size_t, JsonCursor& container) {
        return container.members([&](std::string_view part, JsonCursor& ports) {
          return part == "ports" ? read_ports(ports, "containerPort", out.ports) : Result<void>{};
        });
      });
    });
  });
}

template <typename Read>
Result<void> read_items(const std::string& json, Read each) {
  wire::JsonReader reader;
  return reader.read_copy(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
      if (name != "items") return {};
      return value.items([&](std::size_t, JsonCursor& item) { return each(item); });
    });
  });
}

Result<std::vector<OperatorService>> named_operator(const Cluster& cluster,
                                                    const OperatorChoice& choice) {
  const ObjectKey key{choice.space.empty() ? kOperatorSpace : choice.space, choice.service};
  const auto json = cluster.quick->get(kube::object_path(services, key), {});
  if (!json) return json.error();
  std::vector<OperatorService> found;
  wire::JsonReader reader;
  EVALSCALER_TRY(
      reader.read_copy(*json, [&](JsonCursor& root) { return read_service(root, found); }));
  if (found.empty()) return fail(ErrorKind::NotFound, "Service " + key.text() + " has no port");
  return found;
}

// The proxy takes "scheme:name:port" in the place of a name.
std::string proxied(const std::string& name, const std::string& port) {
  return "/http:" + wire::percent_encoded(name) + ":" + wire::percent_encoded(port) + "/proxy";
}

bool is_digits(const std::string& text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

void add_operator_options(CLI::App& command, OperatorChoice& choice) {
  command
      .add_option("--operator-namespace", choice.space,
                  "Where the operator runs (default: wherever its Service is found)")
      ->type_name("NAME");
  command
      .add_option("--operator-service", choice.service,
                  "Its Service (default: labelled app.kubernetes.io/name=evalscaler)")
      ->type_name("NAME");
}

Result<std::vector<OperatorService>> find_operators(const Cluster& cluster,
                                                    const OperatorChoice& choice) {
  if (!choice.service.empty()) return named_operator(cluster, choice);
  kube::ListQuery query;
  query.label_selector = kOperatorLabel;
  std::string where = choice.space;
  auto json = cluster.quick->list(kube::collection_path(services, where), query, {});
  if (!json && json.error().kind == ErrorKind::Forbidden && where.empty()) {
    where = kOperatorSpace;
    json = cluster.quick->list(kube::collection_path(services, where), query, {});
  }
  if (!json) return json.error();
  std::vector<OperatorService> found;
  EVALSCALER_TRY(read_items(*json, [&](JsonCursor& item) { return read_service(item, found); }));
  // Anybody may label a Service like this in a namespace of theirs.
  std::stable_partition(found.begin(), found.end(), [](const OperatorService& each) {
    return each.key.space == kOperatorSpace;
  });
  if (!found.empty()) return found;
  return fail(ErrorKind::NotFound, std::string("no Service is labelled ") + kOperatorLabel +
                                       " in " +
                                       (where.empty() ? "any namespace" : "namespace " + where));
}

Result<std::vector<OperatorPod>> find_pods(const Cluster& cluster, const OperatorService& service) {
  std::vector<OperatorPod> found;
  if (service.selector.empty()) return found;
  std::vector<std::string> labels;
  for (const auto& [name, value] : service.selector) labels.push_back(name + "=" + value);
  kube::ListQuery query;
  query.label_selector = join(labels, ",");
  const auto json = cluster.quick->list(kube::collection_path(pods, service.key.space), query, {});
  if (!json) return json.error();
  const auto read = read_items(*json, [&](JsonCursor& item) -> Result<void> {
    PodFacts facts;
    EVALSCALER_TRY(read_pod(item, facts));
    if (facts.phase != "Running") return {};
    facts.pod.port = is_digits(service.target_port) ? service.target_port : std::string();
    for (const Port& port : facts.ports) {
      if (port.name == service.target_port) facts.pod.port = port.number;
    }
    if (!facts.pod.port.empty()) found.push_back(std::move(facts.pod));
    return {};
  });
  if (!read) return read.error();
  return found;
}

std::string proxy_path(const OperatorService& service, const std::string& path) {
  return kube::collection_path(services, service.key.space) +
         proxied(service.key.name, service.port) + path;
}

std::string proxy_path(const OperatorPod& pod, const std::string& path) {
  return kube::collection_path(pods, pod.key.space) + proxied(pod.key.name, pod.port) + path;
}

}  // namespace evalscaler::cli
