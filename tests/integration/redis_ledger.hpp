// SPDX-License-Identifier: Apache-2.0
// The key ledger (tests/redis/ledger) as tests use it: what it finds wrong fails the test.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "redis/ledger/ledger.hpp"

namespace evalscaler::integration {

using ledger::ClusterClient;
using ledger::slot_of;

// Every key is written once at the beginning; between start() and stop() they are written anew, by
// one thread unless the settings say otherwise.
class Ledger {
 public:
  Ledger(const wire::RedisConnector& connector, std::vector<redis::Address> seeds, int keys)
      : Ledger(connector, std::move(seeds),
               ledger::LedgerSettings{.keys = static_cast<std::size_t>(keys)}) {}
  Ledger(const wire::RedisConnector& connector, std::vector<redis::Address> seeds,
         ledger::LedgerSettings settings)
      : ledger_(connector, std::move(seeds), settings) {
    EXPECT_EQ(ledger_.write_all(), 0);
  }

  void start() { ledger_.start(); }
  void stop() { ledger_.stop(); }

  // Reads every key back.
  void expect_all_there() {
    const ledger::Audit audit = ledger_.audit();
    std::string examples;
    for (const std::string& example : audit.examples) examples += example + "\n";
    EXPECT_EQ(audit.wrong(), 0) << examples;
  }

  std::int64_t writes() const { return ledger_.acknowledged() + ledger_.errors(); }
  std::int64_t failures() const { return ledger_.errors(); }
  ledger::Ledger& parts() { return ledger_; }

 private:
  ledger::Ledger ledger_;
};

}  // namespace evalscaler::integration
