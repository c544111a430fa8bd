// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/engine_routes.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "workload/clock.hpp"
#include "workload/engine/evaluation.hpp"

namespace evalscaler::workload {
namespace {

constexpr std::string_view kEvaluatePath = "/evaluate";

std::string_view path_of(std::string_view target) {
  return target.substr(0, target.find('?'));
}

HttpAnswer error_answer(unsigned status, const FieldComplaint& complaint) {
  HttpAnswer answer;
  answer.status = status;
  answer.body = to_error_json(complaint);
  return answer;
}

HttpAnswer text_answer(unsigned status, std::string body) {
  HttpAnswer answer;
  answer.status = status;
  answer.content_type = "text/plain; charset=utf-8";
  answer.body = std::move(body);
  return answer;
}

HttpAnswer wrong_method(std::string allowed) {
  HttpAnswer answer = error_answer(405, {"", "this path takes " + allowed + " only"});
  answer.fields.push_back({"Allow", std::move(allowed)});
  return answer;
}

// The label of a method on /evaluate; made-up methods must not make up series.
std::string_view method_label(std::string_view method) {
  if (method == "POST" || method == "GET") return method;
  return "other";
}

}  // namespace

std::string to_error_json(const FieldComplaint& complaint) {
  nlohmann::ordered_json error = nlohmann::ordered_json::object();
  if (!complaint.field.empty()) error["field"] = complaint.field;
  error["message"] = complaint.message;
  return nlohmann::ordered_json({{"error", std::move(error)}}).dump();
}

void EngineRoutes::answer(HttpQuestion question, Reply reply) {
  const std::string_view path = path_of(question.target);
  if (path == kEvaluatePath) return answer_evaluate(std::move(question), std::move(reply));
  const bool known = path == "/health" || path == "/ready" || path == "/metrics";
  if (!known) {
    return reply(error_answer(404, {"", "no such path; try /evaluate, /health, /ready, /metrics"}));
  }
  if (question.method != "GET" && question.method != "HEAD") return reply(wrong_method("GET"));
  if (path == "/health") return reply(text_answer(200, "ok\n"));
  if (path == "/ready") {
    return reply(draining_ ? text_answer(503, "draining\n") : text_answer(200, "ok\n"));
  }
  HttpAnswer answer = text_answer(200, metrics_text());
  answer.content_type = kPrometheusTextType;
  reply(std::move(answer));
}

HttpAnswer EngineRoutes::refuse_body(std::string_view method, std::string_view target) {
  if (path_of(target) == kEvaluatePath) metrics_.record_answer(413, method_label(method));
  return error_answer(413, {"", "the body is larger than 1 MiB"});
}

void EngineRoutes::answer_evaluate(HttpQuestion question, Reply reply) {
  const Instant begin = monotonic_now();
  if (question.method != "POST") {
    metrics_.record_answer(405, method_label(question.method));
    return reply(wrong_method("POST"));
  }
  HttpAnswer answer;
  answer.in_flight = metrics_.begin_request();
  auto parsed = parse_evaluation_request(question.body, default_work_);
  if (const auto* complaint = std::get_if<FieldComplaint>(&parsed)) {
    metrics_.record_answer(400, "POST");
    answer.status = 400;
    answer.body = to_error_json(*complaint);
    return reply(std::move(answer));
  }
  const bool queued = pool_.try_submit(
      [this, request = std::get<EvaluationRequest>(std::move(parsed)), answer, reply,
       begin]() mutable { run_evaluation(request, std::move(answer), reply, begin); });
  if (queued) return;
  metrics_.record_answer(503, "POST");
  answer.status = 503;
  answer.body = to_error_json({"", "the queue is full; try again in a second"});
  answer.fields.push_back({"Retry-After", "1"});
  reply(std::move(answer));
}

void EngineRoutes::run_evaluation(const EvaluationRequest& request, HttpAnswer answer,
                                  const Reply& reply, Instant begin) {
  const EvaluationResult result = evaluate(request);
  answer.body = to_json(request, result);
  metrics_.record_evaluation(monotonic_now() - begin, request.items.size());
  metrics_.record_answer(200, "POST");
  reply(std::move(answer));
}

std::string EngineRoutes::metrics_text() const {
  MetricsSnapshot snapshot = metrics_.snapshot();
  snapshot.queue_depth = pool_.queue_depth();
  snapshot.process = observe_process_usage();
  return to_prometheus_text(snapshot);
}

}  // namespace evalscaler::workload
