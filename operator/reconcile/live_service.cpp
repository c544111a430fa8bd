// SPDX-License-Identifier: Apache-2.0
#include "reconcile/live_service.hpp"

#include <compare>
#include <utility>

#include "kube/resource_path.hpp"
#include "kube/revision.hpp"
#include "kube/store.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::reconcile {

Result<ServiceObject> decode_service(const std::string& json) {
  wire::JsonReader reader;
  ServiceObject object;
  const auto read = reader.read_copy(
      json, [&](wire::JsonCursor& root) { return kube::store(read_service(root), object); });
  if (!read) return read.error();
  return object;
}

Result<ServiceObject> get_service(kube::KubeApi& api, const ObjectKey& key,
                                  const std::stop_token& stop) {
  const auto json = api.get(kube::object_path(service_resource(), key), stop);
  if (!json) return json.error();
  return decode_service(*json);
}

bool is_behind(const std::string& revision, const std::string& other) {
  const auto order = kube::compare_revisions(revision, other);
  return order && std::is_lt(*order);
}

}  // namespace evalscaler::reconcile
