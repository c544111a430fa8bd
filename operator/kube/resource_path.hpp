// SPDX-License-Identifier: Apache-2.0
// Paths of API resources: /apis/GROUP/VERSION/namespaces/NS/PLURAL/NAME/SUBRESOURCE.
#pragma once

#include <string>
#include <string_view>

#include "core/object_key.hpp"

namespace evalscaler::kube {

struct Resource {
  std::string group;  // empty for the core group
  std::string version;
  std::string plural;
  std::string kind;
  auto operator<=>(const Resource&) const = default;

  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
};

// The collection, in one namespace or (space empty) in all.
std::string collection_path(const Resource& resource, std::string_view space = {});
// One object, or one of its subresources ("scale", "status").
std::string object_path(const Resource& resource, const ObjectKey& key,
                        std::string_view subresource = {});

}  // namespace evalscaler::kube
