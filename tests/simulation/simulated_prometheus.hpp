// SPDX-License-Identifier: Apache-2.0
// The simulated Prometheus: what is true of each target, what is answered instead while
// something is wrong with it, and one process's connection to it.
#pragma once

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "prometheus/catalogue.hpp"
#include "simulation/cluster.hpp"
#include "simulation/history.hpp"
#include "simulation/process_state.hpp"
#include "wire/http.hpp"

namespace evalscaler::simulation {

// The three queries of metric "load" (a total, divided by ready replicas) and the one of
// "errors".
enum class Question { Load, LoadAge, LoadMaturity, Errors };
inline constexpr std::array<std::string_view, 4> kQuestions{"load_total", "load_age",
                                                            "load_maturity", "error_ratio"};

prometheus::Catalogue simulated_catalogue();

// One target's row in one answer that reached a process.
struct Told {
  SteadyTime at;
  double value = 0;
  bool good = false;  // true, whole, recent and of a healthy server
};

class MetricsServer {
 public:
  enum class Mode {
    Healthy,
    Refused,
    Error,
    Empty,
    NotANumber,
    RowMissing,
    Partial,
    Garbage,
    Skewed,
    Stale,
    Cold
  };
  struct Truth {
    double load = 0;  // total
    double errors = 0;
  };

  std::map<ObjectKey, Truth> truths;  // by target
  Mode mode = Mode::Healthy;
  SteadyTime mode_since{};
  // Stale and Cold: ages and maturities go bad this much before values do, and get well later.
  static constexpr std::chrono::seconds kLead{40};
  SteadyTime ages_bad_until{};

  void enter(Mode next, SteadyTime now) {
    if (mode == Mode::Stale || mode == Mode::Cold) ages_bad_until = now + kLead;
    mode = next;
    mode_since = now;
  }
};

class SimulatedPrometheus final : public wire::HttpClient {
 public:
  struct Parts {
    const SeedSettings& settings;
    const VirtualClock& clock;
    History& history;
    MetricsServer& server;
    Passage& passage;
    ProcessState& process;
  };
  explicit SimulatedPrometheus(Parts parts)
      : with_(parts), random_(parts.settings.seed, parts.process.name + "prometheus") {}

  Result<wire::HttpResponse> send(const wire::HttpRequest& request,
                                  const std::stop_token& stop) override;
  Result<wire::HttpResponse> stream(const wire::HttpRequest& request, wire::LineSink sink,
                                    const std::stop_token& stop) override;

  // Everything that this process was told of one target, oldest first.
  const std::vector<Told>& told(Question question, const ObjectKey& target) {
    return told_[{question, target}];
  }
  std::size_t requests() const { return requests_; }

 private:
  Result<wire::HttpResponse> answer(Question question, MetricsServer::Mode mode,
                                    std::map<ObjectKey, Told>& told);
  double value_of(Question question, const MetricsServer::Truth& truth, MetricsServer::Mode mode,
                  bool& good);

  Parts with_;
  RandomStream random_;
  std::map<std::pair<Question, ObjectKey>, std::vector<Told>> told_;
  std::size_t requests_ = 0;
};

}  // namespace evalscaler::simulation
