// SPDX-License-Identifier: Apache-2.0
// EngineRoutes: what the engine answers, without sockets: POST /evaluate, GET /health, /ready
// and /metrics.
//
// Safe from any thread. Pool and metrics must outlive it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "workload/engine/engine_metrics.hpp"
#include "workload/engine/evaluation_request.hpp"
#include "workload/engine/work.hpp"
#include "workload/engine/worker_pool.hpp"

namespace evalscaler::workload {

struct HttpQuestion {
  std::string method;
  std::string target;  // path and query, as sent
  std::string body;
};

struct HttpField {
  std::string name;
  std::string value;
};

struct HttpAnswer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<HttpField> fields = {};
  // Keeps the request in the in-flight gauge; let go of it once the answer is written.
  std::shared_ptr<void> in_flight = {};
};

// An error's body: {"error":{"field":"items[0].id","message":"..."}}, without field when empty.
[[nodiscard]] std::string to_error_json(const FieldComplaint& complaint);

class EngineRoutes {
 public:
  using Reply = std::function<void(HttpAnswer)>;

  EngineRoutes(WorkerPool& pool, EngineMetrics& metrics, WorkPerItem default_work)
      : pool_(pool), metrics_(metrics), default_work_(default_work) {}

  // Calls reply exactly once: before returning, or from a worker when an evaluation is done.
  void answer(HttpQuestion question, Reply reply);

  // The answer to a request whose body was found to exceed kMostBodyBytes before it was read.
  [[nodiscard]] HttpAnswer refuse_body(std::string_view method, std::string_view target);

  // From now on /ready says 503; everything else goes on.
  void start_draining() { draining_ = true; }
  [[nodiscard]] bool is_draining() const { return draining_; }

 private:
  void answer_evaluate(HttpQuestion question, Reply reply);
  void run_evaluation(const EvaluationRequest& request, HttpAnswer answer, const Reply& reply,
                      std::chrono::steady_clock::time_point begin);
  [[nodiscard]] std::string metrics_text() const;

  WorkerPool& pool_;
  EngineMetrics& metrics_;
  const WorkPerItem default_work_;
  std::atomic<bool> draining_ = false;
};

}  // namespace evalscaler::workload
