// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/surroundings.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/quantity.hpp"
#include "kube/base64.hpp"
#include "kube/list_page.hpp"
#include "kube/object_meta.hpp"
#include "kube/resource_path.hpp"
#include "kube/store.hpp"
#include "targets/redis_cluster/labels.hpp"
#include "targets/workload_object.hpp"

namespace evalscaler::targets {
namespace {

using kube::store;
using wire::JsonCursor;

const kube::Resource& pod_resource() {
  static const kube::Resource resource{"", "v1", "pods", "Pod"};
  return resource;
}

const kube::Resource& budget_resource() {
  static const kube::Resource resource{"policy", "v1", "poddisruptionbudgets",
                                       "PodDisruptionBudget"};
  return resource;
}

const kube::Resource& secret_resource() {
  static const kube::Resource resource{"", "v1", "secrets", "Secret"};
  return resource;
}

Error about(const std::string& what, const Error& error) {
  return {error.kind, what + ": " + error.message, error.retry_after};
}

// Two readings of one document: the cache's decoder knows the numbers, this one the rest.
struct TemplateLook {
  Selector selector;
  Labels labels;
  std::optional<std::int64_t> memory_limit;  // of the container that serves Redis
};

struct Container {
  std::optional<std::int64_t> memory_limit;
  bool has_port = false;
};

Result<void> read_limits(JsonCursor& resources, Container& into) {
  return resources.members([&](std::string_view which, JsonCursor& list) -> Result<void> {
    if (which != "limits") return {};
    return list.members([&](std::string_view name, JsonCursor& value) -> Result<void> {
      if (name != "memory") return {};
      const auto text = value.text_or_number();
      if (!text) return text.error();
      const auto quantity = parse_quantity(*text);
      if (!quantity) return value.error(quantity.error().message);
      into.memory_limit = static_cast<std::int64_t>(std::clamp(quantity->value, 0.0, 9e18));
      return {};
    });
  });
}

Result<void> read_ports(JsonCursor& ports, int wanted, Container& into) {
  return ports.items([&](std::size_t, JsonCursor& port) {
    return port.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key != "containerPort") return {};
      const auto number = value.integer();
      if (!number) return number.error();
      into.has_port = into.has_port || *number == wanted;
      return {};
    });
  });
}

Result<Container> read_container(JsonCursor& object, int port) {
  Container out;
  EVALSCALER_TRY(object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "resources") return read_limits(value, out);
    return key == "ports" ? read_ports(value, port, out) : Result<void>();
  }));
  return out;
}

// The container that names the port serves Redis; without one, the first does.
Result<std::optional<std::int64_t>> read_containers(JsonCursor& containers, int port) {
  std::vector<Container> found;
  EVALSCALER_TRY(containers.items([&](std::size_t, JsonCursor& item) -> Result<void> {
    const auto one = read_container(item, port);
    if (one) found.push_back(*one);
    return one ? Result<void>() : one.error();
  }));
  const auto serves =
      std::find_if(found.begin(), found.end(), [](const Container& one) { return one.has_port; });
  if (serves != found.end()) return serves->memory_limit;
  return found.empty() ? std::nullopt : found.front().memory_limit;
}

Result<void> read_template(JsonCursor& object, int port, TemplateLook& into) {
  return object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "metadata") {
      return value.members([&](std::string_view field, JsonCursor& labels) -> Result<void> {
        return field == "labels" ? store(read_labels(labels), into.labels) : Result<void>();
      });
    }
    if (key != "spec") return {};
    return value.members([&](std::string_view field, JsonCursor& list) -> Result<void> {
      return field == "containers" ? store(read_containers(list, port), into.memory_limit)
                                   : Result<void>();
    });
  });
}

Result<TemplateLook> read_template_of(std::string& json, int port) {
  TemplateLook out;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key != "spec") return {};
      return value.members([&](std::string_view field, JsonCursor& part) -> Result<void> {
        if (field == "selector") return store(read_selector(part), out.selector);
        return field == "template" ? read_template(part, port, out) : Result<void>();
      });
    });
  }));
  return out;
}

struct PodLook {
  kube::ObjectMeta meta;
  std::string address;
  std::string host;
};

Result<PodLook> read_pod(std::string json) {
  PodLook out;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
      if (key == "metadata") {
        return store(kube::read_object_meta(
                         value, [](std::string_view, JsonCursor&) { return Result<void>(); }),
                     out.meta);
      }
      if (key != "status" && key != "spec") return {};
      return value.members([&](std::string_view field, JsonCursor& text) -> Result<void> {
        if (key == "spec" && field == "nodeName") return store(text.text(), out.host);
        if (key == "status" && field == "podIP") return store(text.text(), out.address);
        return {};
      });
    });
  }));
  return out;
}

// "redis-cluster-12" of "redis-cluster" is 12.
std::optional<int> ordinal_of(const std::string& pod, const std::string& stateful_set) {
  if (!pod.starts_with(stateful_set + "-")) return {};
  const char* first = pod.data() + stateful_set.size() + 1;
  const char* last = pod.data() + pod.size();
  int out = 0;
  const auto [end, error] = std::from_chars(first, last, out);
  if (error != std::errc() || end != last || out < 0) return {};
  return out;
}

Result<void> list_all(kube::KubeApi& api, const kube::Resource& resource, const std::string& space,
                      const std::string& selector, FunctionRef<void(std::string json)> item,
                      const std::stop_token& stop) {
  kube::ListQuery query;
  query.label_selector = selector;
  wire::JsonReader reader;
  do {
    auto body = api.list(kube::collection_path(resource, space), query, stop);
    if (!body) return about(resource.plural, body.error());
    const auto page = kube::read_list_page(reader, *body, resource.kind, item);
    if (!page) return about(resource.plural, page.error());
    query.continue_token = page->next_page;
  } while (!query.continue_token.empty());
  return {};
}

Result<void> look_at_pods(kube::KubeApi& api, const ObjectKey& key, const TemplateLook& pods,
                          int port, Surroundings& into, const std::stop_token& stop) {
  Result<void> bad;
  const auto take = [&](std::string json) {
    auto pod = read_pod(std::move(json));
    if (!pod) {
      bad = about("pod", pod.error());
      return;
    }
    const auto ordinal = ordinal_of(pod->meta.key.name, key.name);
    if (!ordinal || pod->meta.controller_owner != "StatefulSet/" + key.name) return;
    if (pod->address.empty()) {
      into.addressless.push_back(pod->meta.key.name);
      return;
    }
    into.pods.push_back({*ordinal, {pod->address, port}, pods.memory_limit, pod->host});
  };
  EVALSCALER_TRY(
      list_all(api, pod_resource(), key.space, to_query(pods.selector.match_labels), take, stop));
  return bad;
}

struct Budget {
  Selector selector;
  bool selects = false;  // a budget without a selector selects nothing
  std::int64_t allowed = 0;
};

Result<Budget> read_budget(std::string json) {
  Budget out;
  wire::JsonReader reader;
  EVALSCALER_TRY(reader.read(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& part) -> Result<void> {
      if (key != "spec" && key != "status") return {};
      return part.members([&](std::string_view field, JsonCursor& value) -> Result<void> {
        if (field == "selector") {
          out.selects = true;
          return store(read_selector(value), out.selector);
        }
        return field == "disruptionsAllowed" ? store(value.integer(), out.allowed) : Result<void>();
      });
    });
  }));
  return out;
}

Result<void> look_at_budgets(kube::KubeApi& api, const std::string& space, const Labels& labels,
                             redis::StatefulSetFacts& into, const std::stop_token& stop) {
  Result<void> bad;
  const auto take = [&](std::string json) {
    const auto budget = read_budget(std::move(json));
    if (!budget) {
      bad = about("PodDisruptionBudget", budget.error());
      return;
    }
    if (!budget->selects || !may_select(budget->selector, labels)) return;
    const int allowed = static_cast<int>(std::clamp<std::int64_t>(budget->allowed, 0, 1'000'000));
    into.disruptions_allowed = std::min(into.disruptions_allowed.value_or(allowed), allowed);
  };
  EVALSCALER_TRY(list_all(api, budget_resource(), space, "", take, stop));
  return bad;
}

}  // namespace

Result<Surroundings> look_around(kube::KubeApi& api, const ObjectKey& stateful_set,
                                 const api::RedisClusterBlock& block, const std::stop_token& stop) {
  const std::string what = "StatefulSet " + stateful_set.text();
  auto json = api.get(kube::object_path(stateful_set_resource(), stateful_set), stop);
  if (!json) return about(what, json.error());
  const auto pods = read_template_of(*json, block.port);
  if (!pods) return about(what, pods.error());
  if (pods->selector.has_expressions || pods->selector.match_labels.empty()) {
    return fail(ErrorKind::Invalid, what + ": spec.selector: only matchLabels is supported here");
  }
  WorkloadObject object;
  wire::JsonReader reader;
  const auto read =
      reader.read(*json, [&](JsonCursor& root) { return store(read_stateful_set(root), object); });
  if (!read) return about(what, read.error());
  const auto seen = observation_of(object);
  if (!seen) return about(what, seen.error());

  Surroundings out;
  out.facts.uid = seen->uid;
  out.facts.replicas = seen->spec_replicas;
  out.facts.updating = seen->rollout != api::Rollout::Settled;
  out.facts.owner = seen->controller_owner.value_or("");
  out.resource_version = seen->resource_version;
  EVALSCALER_TRY(look_at_pods(api, stateful_set, *pods, block.port, out, stop));
  EVALSCALER_TRY(look_at_budgets(api, stateful_set.space, pods->labels, out.facts, stop));
  return out;
}

Result<std::string> read_password(kube::KubeApi& api, const std::string& space,
                                  const api::RedisClusterBlock& block,
                                  const std::stop_token& stop) {
  if (!block.password_secret) return std::string();
  const auto& [name, key] = *block.password_secret;
  const std::string what = "Secret " + ObjectKey{space, name}.text();
  auto json = api.get(kube::object_path(secret_resource(), {space, name}), stop);
  if (!json) return about(what, json.error());
  std::optional<std::string> encoded;
  wire::JsonReader reader;
  const auto read = reader.read(*json, [&, &wanted = key](JsonCursor& root) {
    return root.members([&](std::string_view part, JsonCursor& data) -> Result<void> {
      if (part != "data") return {};
      return data.members([&](std::string_view field, JsonCursor& value) -> Result<void> {
        return field == wanted ? store(value.text(), encoded.emplace()) : Result<void>();
      });
    });
  });
  if (!read) return fail(ErrorKind::Invalid, what + ": cannot be read");
  if (!encoded) {
    return fail(ErrorKind::Invalid,
                what + ": has no key '" + key + "'; correct redisCluster.passwordSecret");
  }
  auto password = kube::base64_decoded(*encoded);
  if (!password) return fail(ErrorKind::Invalid, what + ": its data is not base64");
  return std::move(*password);
}

}  // namespace evalscaler::targets
