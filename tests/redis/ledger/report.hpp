// SPDX-License-Identifier: Apache-2.0
// What the ledger found, as a table for people and as JSON for scripts.
#pragma once

#include <string>
#include <vector>

#include "redis/ledger/ledger.hpp"

namespace evalscaler::ledger {

struct LedgerReport {
  std::vector<LatencyWindow> windows;  // the first one is what the others are measured against
  LedgerCounts counts;
  Audit audit;
};

std::string to_table(const LedgerReport& report);
std::string to_json(const LedgerReport& report);  // one line

}  // namespace evalscaler::ledger
