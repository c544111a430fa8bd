// SPDX-License-Identifier: Apache-2.0
// Checks of a catalogue by itself: the queries that its file states. Pure.
#pragma once

#include <cstddef>

#include "checks/report.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::checks {

// `stated`: how many of the metrics the file names itself; they come first.
Report check_catalogue(const prometheus::Catalogue& catalogue, std::size_t stated);

}  // namespace evalscaler::checks
