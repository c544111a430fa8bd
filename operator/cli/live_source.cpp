// SPDX-License-Identifier: Apache-2.0
#include "cli/live_source.hpp"

#include <algorithm>
#include <utility>

#include "api/explanation_json.hpp"
#include "wire/http.hpp"

namespace evalscaler::cli {
namespace {

// Several Services: operators that share the cluster by namespace. Several pods: standbys.
constexpr std::size_t kMostServices = 3;
constexpr std::size_t kMostPods = 5;

Result<api::ServiceExplanation> read(const std::string& json, const ObjectKey& key) {
  api::ServiceExplanation out;
  wire::JsonReader reader;
  const auto done = reader.read_copy(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto explanation = api::read_explanation(root);
    if (!explanation) return explanation.error();
    out = std::move(*explanation);
    return {};
  });
  if (!done)
    return fail(ErrorKind::Invalid, "its answer is not understood: " + done.error().message);
  if (out.key != key) return fail(ErrorKind::Invalid, "what answers there is no evalscaler");
  return out;
}

Result<api::ServiceExplanation> ask(const Cluster& cluster, const std::string& path,
                                    const ObjectKey& key) {
  const auto json = cluster.quick->get(path, {});
  if (!json) return json.error();
  return read(*json, key);
}

// The Service's proxy picks any pod that is ready, which may be one that stands by and names the
// leader: that one first.
Result<LiveAnswer> ask_pods(const Cluster& cluster, const OperatorService& service,
                            const std::string& path, const ObjectKey& key, const Error& first) {
  auto pods = find_pods(cluster, service);
  if (!pods) return fail(first.kind, first.message + "; and of its pods: " + pods.error().message);
  std::stable_partition(pods->begin(), pods->end(), [&](const OperatorPod& pod) {
    return first.message.find(pod.key.name) != std::string::npos;
  });
  if (pods->size() > kMostPods) pods->resize(kMostPods);
  for (const OperatorPod& pod : *pods) {
    auto answer = ask(cluster, proxy_path(pod, path), key);
    if (answer) return LiveAnswer{std::move(*answer), pod.key.text()};
    if (answer.error().kind == ErrorKind::Forbidden) {
      return fail(ErrorKind::Forbidden, first.message + "; " + answer.error().message);
    }
  }
  return first;
}

Result<LiveAnswer> ask_service(const Cluster& cluster, const OperatorService& service,
                               const std::string& path, const ObjectKey& key) {
  auto answer = ask(cluster, proxy_path(service, path), key);
  if (answer) return LiveAnswer{std::move(*answer), service.key.text()};
  if (answer.error().kind != ErrorKind::Unavailable) return answer.error();
  return ask_pods(cluster, service, path, key, answer.error());
}

}  // namespace

Result<LiveAnswer> ask_operator(const Cluster& cluster, const OperatorChoice& choice,
                                const ObjectKey& key) {
  auto services = find_operators(cluster, choice);
  if (!services) return services.error();
  if (services->size() > kMostServices) services->resize(kMostServices);
  const std::string path =
      "/explain/" + wire::percent_encoded(key.space) + "/" + wire::percent_encoded(key.name);
  Error why = fail(ErrorKind::NotFound, "nobody was asked");
  for (const OperatorService& service : *services) {
    auto answer = ask_service(cluster, service, path, key);
    if (answer) return answer;
    why = fail(answer.error().kind, service.key.text() + ": " + answer.error().message);
  }
  return why;
}

}  // namespace evalscaler::cli
