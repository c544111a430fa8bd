// SPDX-License-Identifier: Apache-2.0
// Query strings of list, watch and write requests, in a fixed order.
//
// Authority: k8s.io/apimachinery internalversion/validation (which parameters go together:
// R11, R24..R26). Values are percent-encoded here.
#pragma once

#include <string>

#include "kube/kube_api.hpp"

namespace evalscaler::kube {

std::string list_target(const std::string& collection, const ListQuery& query);
std::string watch_target(const std::string& collection, const WatchQuery& query);
// `manager` is noted in managedFields as the author of what is written.
std::string write_target(const std::string& path, const std::string& manager);

}  // namespace evalscaler::kube
