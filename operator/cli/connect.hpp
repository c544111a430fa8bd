// SPDX-License-Identifier: Apache-2.0
// The real way to a cluster: kubeconfig or service account, TLS, the API client.
#pragma once

#include "cli/session.hpp"

namespace evalscaler::cli {

// Reads files, not the network. Errors name file and field. `clock` must outlive the cluster.
Result<Cluster> connect(const kube::AccessChoice& choice, const Clock& clock);

}  // namespace evalscaler::cli
