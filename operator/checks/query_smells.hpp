// SPDX-License-Identifier: Apache-2.0
// Query smells: what a PromQL expression will answer when it is idle, when its target is dead
// and when a scrape is late, as far as the text alone proves it. Pure.
//
// Authority: how prometheus/reading_rules takes an answer (several rows of one service, NaN and
// no row at all are no readings, and no reading lets a tier shrink).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "prometheus/catalogue.hpp"

namespace evalscaler::checks {

struct QueryContext {
  enum class Owner { Catalogue, Service } owner = Owner::Service;  // whose query it is
  prometheus::IdentityLabels identity;
  std::chrono::seconds scrape_interval{15};
  std::string_view unit;  // empty = not known
};

struct Smell {
  std::string_view reason;  // of reasons.hpp
  std::string message;
  std::string fix;
};

// At most one of a reason; UnreadableQuery alone if the text is no PromQL.
std::vector<Smell> smells_of(std::string_view query, const QueryContext& context);

}  // namespace evalscaler::checks
