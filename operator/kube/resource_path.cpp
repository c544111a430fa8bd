// SPDX-License-Identifier: Apache-2.0
#include "kube/resource_path.hpp"

#include "wire/http.hpp"

namespace evalscaler::kube {

std::string collection_path(const Resource& resource, std::string_view space) {
  std::string path = resource.group.empty() ? "/api/" : "/apis/" + resource.group + "/";
  path += resource.version;
  // Names come from users' objects: encoded, none of them can add a segment or a query.
  if (!space.empty()) path += "/namespaces/" + wire::percent_encoded(space);
  return path + "/" + resource.plural;
}

std::string object_path(const Resource& resource, const ObjectKey& key,
                        std::string_view subresource) {
  std::string path = collection_path(resource, key.space) + "/" + wire::percent_encoded(key.name);
  if (!subresource.empty()) path += "/" + std::string(subresource);
  return path;
}

}  // namespace evalscaler::kube
