// SPDX-License-Identifier: Apache-2.0
#include "cli/live_source.hpp"

#include <algorithm>
#include <functional>
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

Result<api::PlanPreview> read_plan(const std::string& json) {
  api::PlanPreview out;
  wire::JsonReader reader;
  const auto done = reader.read_copy(json, [&](wire::JsonCursor& root) -> Result<void> {
    auto preview = api::read_plan_preview(root);
    if (!preview) return preview.error();
    out = std::move(*preview);
    return {};
  });
  if (!done)
    return fail(ErrorKind::Invalid, "its answer is not understood: " + done.error().message);
  if (out.from == 0) return fail(ErrorKind::Invalid, "what answers there is no evalscaler");
  return out;
}

// One question to whoever may answer it.
template <typename Answer>
struct Question {
  std::string path;
  std::function<Result<Answer>(const std::string& json)> read;
};

template <typename Answer>
struct Answered {
  Answer answer;
  std::string from;
};

template <typename Answer>
Result<Answer> ask(const Cluster& cluster, const std::string& path,
                   const Question<Answer>& question) {
  const auto json = cluster.quick->get(path, {});
  if (!json) return json.error();
  return question.read(*json);
}

// The Service's proxy picks any pod that is ready, which may be one that stands by and names the
// leader: that one first.
template <typename Answer>
Result<Answered<Answer>> ask_pods(const Cluster& cluster, const OperatorService& service,
                                  const Question<Answer>& question, const Error& first) {
  auto pods = find_pods(cluster, service);
  if (!pods) return fail(first.kind, first.message + "; and of its pods: " + pods.error().message);
  std::stable_partition(pods->begin(), pods->end(), [&](const OperatorPod& pod) {
    return first.message.find(pod.key.name) != std::string::npos;
  });
  if (pods->size() > kMostPods) pods->resize(kMostPods);
  for (const OperatorPod& pod : *pods) {
    auto answer = ask(cluster, proxy_path(pod, question.path), question);
    if (answer) return Answered<Answer>{std::move(*answer), pod.key.text()};
    if (answer.error().kind == ErrorKind::Forbidden) {
      return fail(ErrorKind::Forbidden, first.message + "; " + answer.error().message);
    }
  }
  return first;
}

template <typename Answer>
Result<Answered<Answer>> ask_service(const Cluster& cluster, const OperatorService& service,
                                     const Question<Answer>& question) {
  auto answer = ask(cluster, proxy_path(service, question.path), question);
  if (answer) return Answered<Answer>{std::move(*answer), service.key.text()};
  if (answer.error().kind != ErrorKind::Unavailable) return answer.error();
  return ask_pods(cluster, service, question, answer.error());
}

template <typename Answer>
Result<Answered<Answer>> ask_all(const Cluster& cluster, const OperatorChoice& choice,
                                 const Question<Answer>& question) {
  auto services = find_operators(cluster, choice);
  if (!services) return services.error();
  if (services->size() > kMostServices) services->resize(kMostServices);
  Error why = fail(ErrorKind::NotFound, "nobody was asked");
  for (const OperatorService& service : *services) {
    auto answer = ask_service(cluster, service, question);
    if (answer) return answer;
    why = fail(answer.error().kind, service.key.text() + ": " + answer.error().message);
  }
  return why;
}

std::string path_of(const ObjectKey& key) {
  return wire::percent_encoded(key.space) + "/" + wire::percent_encoded(key.name);
}

}  // namespace

Result<LiveAnswer> ask_operator(const Cluster& cluster, const OperatorChoice& choice,
                                const ObjectKey& key) {
  const Question<api::ServiceExplanation> question{
      "/explain/" + path_of(key), [&](const std::string& json) { return read(json, key); }};
  auto found = ask_all(cluster, choice, question);
  if (!found) return found.error();
  return LiveAnswer{std::move(found->answer), std::move(found->from)};
}

Result<PlanAnswer> ask_for_plan(const Cluster& cluster, const OperatorChoice& choice,
                                const ObjectKey& key, const std::string& tier,
                                api::Replicas wanted) {
  const Question<api::PlanPreview> question{
      "/plan/" + path_of(key) + "/" + wire::percent_encoded(tier) + "/" + std::to_string(wanted),
      read_plan};
  auto found = ask_all(cluster, choice, question);
  if (!found) return found.error();
  return PlanAnswer{std::move(found->answer), std::move(found->from)};
}

}  // namespace evalscaler::cli
