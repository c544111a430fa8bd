// SPDX-License-Identifier: Apache-2.0
// Options: what the operator was told on its command line and in its environment.
//
// Every flag can also be given as EVALSCALER_... (dashes become underscores); the command line
// wins. Only flags that do something are taken. Bad input is one line with place and fix.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/target_observation.hpp"
#include "core/result.hpp"
#include "prometheus/prometheus_readings.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::app {

struct Options {
  std::string kubeconfig;                 // empty: KUBECONFIG, in-cluster, ~/.kube/config
  std::vector<std::string> namespaces;    // empty: all
  std::string config;                     // the metric catalogue; empty: built-in metrics only
  std::string metrics_address = ":8080";  // empty: off
  std::string probe_address = ":8081";    // empty: off
  bool leader_elect = false;
  std::string lease_namespace;  // empty: the pod's, the kubeconfig context's, default
  unsigned workers = 8;
  api::Replicas max_replicas_limit = 1000;
  std::size_t max_scale_downs_per_minute = 100;  // of all services together; 0: no limit
  bool paused = false;
  bool per_service_metrics = false;
  prometheus::InlineQueries inline_queries = prometheus::InlineQueries::Allowed;
  telemetry::LogLevel log_level = telemetry::LogLevel::Info;
  telemetry::LogFormat log_format = telemetry::LogFormat::Console;
};

// --help and --version: what to print before leaving with status 0.
struct Answer {
  std::string text;
};

using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

Result<std::variant<Options, Answer>> parse_options(int argc, const char* const* argv,
                                                    const Environment& environment);

}  // namespace evalscaler::app
