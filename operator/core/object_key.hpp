// SPDX-License-Identifier: Apache-2.0
// ObjectKey: namespace and name of a Kubernetes object; the identity of work in queues.
#pragma once

#include <compare>
#include <cstddef>
#include <functional>
#include <string>

namespace evalscaler {

struct ObjectKey {
  std::string space;  // the namespace; empty for cluster-scoped objects
  std::string name;

  auto operator<=>(const ObjectKey&) const = default;
  std::string text() const { return space.empty() ? name : space + "/" + name; }
};

}  // namespace evalscaler

template <>
struct std::hash<evalscaler::ObjectKey> {
  std::size_t operator()(const evalscaler::ObjectKey& key) const noexcept {
    const std::size_t space = std::hash<std::string>{}(key.space);
    return space ^ (std::hash<std::string>{}(key.name) + 0x9e3779b97f4a7c15U + (space << 6U));
  }
};
