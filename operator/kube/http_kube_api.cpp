// SPDX-License-Identifier: Apache-2.0
#include "kube/http_kube_api.hpp"

#include <utility>

#include "core/text.hpp"
#include "kube/request_target.hpp"
#include "kube/status_error.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::kube {
namespace {

// A page of a slow list takes longer than any single object.
constexpr std::chrono::seconds kList{60};
constexpr std::size_t kListBody = std::size_t{128} << 20U;
constexpr std::size_t kRememberedWarnings = 256;

std::string_view content_type(PatchType type) {
  switch (type) {
    case PatchType::Json:
      return "application/json-patch+json";
    case PatchType::Merge:
      return "application/merge-patch+json";
    case PatchType::Apply:
      return "application/apply-patch+yaml";
  }
  return "application/json-patch+json";
}

std::string host_of(const std::string& url) {
  const std::size_t scheme = url.find("://");
  const std::size_t begin = scheme == std::string::npos ? 0 : scheme + 3;
  return url.substr(begin, url.find('/', begin) - begin);
}

// For messages: no query, since a continue token is long and says nothing.
std::string what(const wire::HttpRequest& request) {
  return std::string(wire::to_text(request.method)) + " " +
         request.target.substr(0, request.target.find('?'));
}

wire::HttpRequest write_request(wire::Method method, const std::string& path, std::string_view type,
                                std::string body, const HttpKubeApiSettings& settings) {
  wire::HttpRequest request;
  request.method = method;
  request.target = write_target(path, settings.field_manager);
  request.content_type = type;
  request.body = std::move(body);
  request.timeout = settings.request_time;
  return request;
}

wire::HttpRequest read_request(std::string target, std::chrono::milliseconds timeout) {
  wire::HttpRequest request;
  request.target = std::move(target);
  request.timeout = timeout;
  return request;
}

RequestForm form_of(const wire::HttpRequest& request) {
  return request.method == wire::Method::Get ? RequestForm::Read : RequestForm::Write;
}

}  // namespace

HttpKubeApi::HttpKubeApi(wire::HttpClient& requests, wire::HttpClient& watches,
                         const ClusterAccess& access, telemetry::Metrics& metrics,
                         const Clock& clock, HttpKubeApiSettings settings)
    : requests_(requests),
      watches_(watches),
      tokens_(access.tokens),
      host_(host_of(access.endpoint.url)),
      metrics_(metrics),
      clock_(clock),
      settings_(std::move(settings)) {}

Result<std::string> HttpKubeApi::get(const std::string& path, const std::stop_token& stop) {
  return sent(read_request(path, settings_.request_time), stop);
}

Result<std::string> HttpKubeApi::list(const std::string& collection, const ListQuery& query,
                                      const std::stop_token& stop) {
  wire::HttpRequest request = read_request(list_target(collection, query), kList);
  request.max_body = kListBody;
  return sent(std::move(request), stop);
}

Result<void> HttpKubeApi::watch(const std::string& collection, const WatchQuery& query,
                                wire::LineSink sink, const std::stop_token& stop) {
  wire::HttpRequest request = read_request(watch_target(collection, query), query.idle_timeout);
  const auto response = authorized(request, [&](const wire::HttpRequest& ready) {
    return counted(ready, watches_.stream(ready, sink, stop));
  });
  if (!response) return response.error();
  if (response->status == 200) return {};
  return answer_error(*response, RequestForm::Watch, what(request));
}

Result<std::string> HttpKubeApi::patch(const std::string& path, PatchType type, std::string body,
                                       const std::stop_token& stop) {
  return sent(
      write_request(wire::Method::Patch, path, content_type(type), std::move(body), settings_),
      stop);
}

Result<std::string> HttpKubeApi::create(const std::string& collection, std::string body,
                                        const std::stop_token& stop) {
  return sent(
      write_request(wire::Method::Post, collection, "application/json", std::move(body), settings_),
      stop);
}

Result<std::string> HttpKubeApi::replace(const std::string& path, std::string body,
                                         const std::stop_token& stop) {
  return sent(
      write_request(wire::Method::Put, path, "application/json", std::move(body), settings_), stop);
}

Result<std::string> HttpKubeApi::sent(wire::HttpRequest request, const std::stop_token& stop) {
  auto response =
      authorized(request, [&](const wire::HttpRequest& ready) { return sent_once(ready, stop); });
  if (!response) return std::move(response).error();
  if (response->status >= 200 && response->status < 300) return std::move(response->body);
  return answer_error(*response, form_of(request), what(request));
}

Result<wire::HttpResponse> HttpKubeApi::sent_once(const wire::HttpRequest& ready,
                                                  const std::stop_token& stop) {
  // Last of all: whatever came before it may have taken long.
  if (ready.method != wire::Method::Get && settings_.may_write && !settings_.may_write()) {
    return fail(ErrorKind::Cancelled, "not sent, since this process does not lead");
  }
  const SteadyTime started = clock_.steady();
  const std::string name = what(ready);
  if (const auto left = hold_off_.left(name, started)) {
    return Error{ErrorKind::Unavailable, "not sent again before the server wants it", left};
  }
  auto answer = requests_.send(ready, stop);
  const SteadyTime ended = clock_.steady();
  const std::chrono::duration<double> lasted = ended - started;
  if (answer && answer->status >= 400) {
    if (const auto wait = answer->retry_after()) hold_off_.hold(name, *wait, ended);
  }
  metrics_.observe(telemetry::Metric::RestClientSeconds, {wire::to_text(ready.method), host_},
                   lasted.count());
  return counted(ready, std::move(answer));
}

// Sends with the token of the moment. A 401 was not executed, whatever the method: once more
// if the token has changed meanwhile (R48).
Result<wire::HttpResponse> HttpKubeApi::authorized(wire::HttpRequest& request, Exchange exchange) {
  request.headers.emplace_back("Accept", "application/json");
  const std::size_t headers = request.headers.size();
  auto token = tokens_->token();
  if (!token) return std::move(token).error();
  if (!token->empty()) request.headers.emplace_back("Authorization", "Bearer " + *token);
  auto response = exchange(request);
  if (response && response->status == 401) {
    tokens_->expire();
    const auto fresh = tokens_->token();
    if (fresh && *fresh != *token) {
      request.headers.resize(headers);
      request.headers.emplace_back("Authorization", "Bearer " + *fresh);
      response = exchange(request);
    }
  }
  if (!response) {
    response.error().message = what(request) + " at " + host_ + ": " + response.error().message;
    return response;
  }
  note_warnings(*response);
  return response;
}

Result<wire::HttpResponse> HttpKubeApi::counted(const wire::HttpRequest& request,
                                                Result<wire::HttpResponse> response) {
  const std::string code = response ? std::to_string(response->status) : "<error>";
  metrics_.add(telemetry::Metric::RestClientRequests, {code, wire::to_text(request.method), host_});
  return response;
}

// Warning: 299 - "text"; several may share a line (RFC 7234 5.5, R37).
void HttpKubeApi::note_warnings(const wire::HttpResponse& response) {
  for (const wire::Header& header : response.headers) {
    if (header.first != "Warning" && header.first != "warning") continue;
    const std::string text = one_line(header.second);
    const bool news = warnings_.with([&](std::set<std::string>& seen) {
      return seen.size() < kRememberedWarnings && seen.insert(text).second;
    });
    if (news) telemetry::log_warning("API server warns", {{"warning", text}});
  }
}

}  // namespace evalscaler::kube
