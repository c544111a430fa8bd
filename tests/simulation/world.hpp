// SPDX-License-Identifier: Apache-2.0
// World: everything that outlives a run of the operator, as its parts see it.
#pragma once

#include <vector>

#include "simulation/api_server.hpp"
#include "simulation/history.hpp"
#include "simulation/process_state.hpp"
#include "simulation/simulated_prometheus.hpp"

namespace evalscaler::simulation {

class Oracles;

struct World {
  const SeedSettings& settings;
  VirtualClock& clock;
  History& history;
  Cluster& cluster;
  std::vector<ApiServer>& servers;
  MetricsServer& metrics;
  Passage& passage;
  Oracles& oracles;
};

}  // namespace evalscaler::simulation
