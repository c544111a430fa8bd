// SPDX-License-Identifier: Apache-2.0
#include "targets/pod_resources.hpp"

#include <optional>
#include <string>

#include "core/quantity.hpp"
#include "kube/store.hpp"

namespace evalscaler::targets {
namespace {

using wire::JsonCursor;

void add(std::optional<double>& sum, const std::optional<double>& part) {
  if (part) sum = sum.value_or(0) + *part;
}

void add(api::PodResources& sum, const api::PodResources& part) {
  add(sum.cpu_request, part.cpu_request);
  add(sum.cpu_limit, part.cpu_limit);
  add(sum.memory_request, part.memory_request);
  add(sum.memory_limit, part.memory_limit);
}

Result<void> read_list(JsonCursor& list, std::optional<double>& cpu,
                       std::optional<double>& memory) {
  return list.members([&](std::string_view resource, JsonCursor& value) -> Result<void> {
    if (resource != "cpu" && resource != "memory") return {};
    const auto text = value.text_or_number();
    if (!text) return text.error();
    const auto quantity = parse_quantity(*text);
    if (!quantity) return value.error(quantity.error().message);
    (resource == "cpu" ? cpu : memory) = quantity->value;
    return {};
  });
}

struct Container {
  api::PodResources resources;
  std::string restart_policy;
};

Result<Container> read_container(JsonCursor& object) {
  Container container;
  api::PodResources& found = container.resources;
  EVALSCALER_TRY(object.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "restartPolicy") return kube::store(value.text(), container.restart_policy);
    if (key != "resources") return {};
    return value.members([&](std::string_view which, JsonCursor& list) -> Result<void> {
      if (which == "requests") return read_list(list, found.cpu_request, found.memory_request);
      if (which == "limits") return read_list(list, found.cpu_limit, found.memory_limit);
      return {};
    });
  }));
  return container;
}

}  // namespace

Result<api::PodResources> read_pod_resources(JsonCursor& pod_spec) {
  api::PodResources sum;
  EVALSCALER_TRY(pod_spec.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    const bool init = key == "initContainers";
    if (!init && key != "containers") return {};
    return value.items([&](std::size_t, JsonCursor& item) -> Result<void> {
      const auto container = read_container(item);
      if (!container) return container.error();
      if (!init || container->restart_policy == "Always") add(sum, container->resources);
      return {};
    });
  }));
  return sum;
}

}  // namespace evalscaler::targets
