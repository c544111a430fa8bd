// SPDX-License-Identifier: Apache-2.0
// ClusterAccess: where the API server is, whom to trust there, and who we are.
//
// Found in this order: the --kubeconfig flag, the KUBECONFIG list, the pod's service account,
// ~/.kube/config. Authority: client-go clientcmd and rest.InClusterConfig (R51..R58), but
// stricter: no CA in the cluster fails closed; insecure-skip-tls-verify, proxies, exec and
// auth-provider plugins, basic auth and impersonation are refused by name. Errors are one
// line with file and field and never hold a credential.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "wire/http.hpp"

namespace evalscaler::kube {

// The bearer token of the next request. Thread-safe.
class TokenSource {
 public:
  virtual ~TokenSource() = default;
  virtual Result<std::string> token() = 0;  // empty: send none (a client certificate says who)
  virtual void expire() = 0;                // the server refused the last one (R48)
};

struct ClusterAccess {
  wire::HttpEndpoint endpoint;  // user_agent set
  std::shared_ptr<TokenSource> tokens;
  std::string space;   // the context's or the pod's namespace, else "default"
  std::string source;  // for messages: "/root/.kube/config, context demo"; "in-cluster"
};

// What of the process's surroundings decides. Tests bring their own.
struct Surroundings {
  std::function<std::optional<std::string>(const std::string& name)> variable;
  std::string service_account = "/var/run/secrets/kubernetes.io/serviceaccount";
};
Surroundings process_surroundings();

struct AccessChoice {
  std::string kubeconfig;  // --kubeconfig; empty = not given
  std::string context;     // --context; empty = current-context; given, it rules out in-cluster
};

// Reads files, not the network. `clock` must outlive the result.
Result<ClusterAccess> find_cluster(const AccessChoice& choice, const Surroundings& surroundings,
                                   const Clock& clock);

}  // namespace evalscaler::kube
