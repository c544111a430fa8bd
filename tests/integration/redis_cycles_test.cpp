// SPDX-License-Identifier: Apache-2.0
// A Redis Cluster of real processes goes from 3 to 4 shards (EVALSCALER_REDIS_SHARDS) and back,
// again and again, under a client that writes at a fixed rate: no write may be lost, and the client
// is to notice little.
//
// How long things take is asserted only where the machine is known to have time for it: with
// EVALSCALER_REDIS_BOUNDS=1 (make redis-cycles). Otherwise it is told, and counts are asserted.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>

#include "integration/redis_cluster_fixture.hpp"
#include "redis/ledger/report.hpp"

namespace evalscaler::integration {
namespace {

int number_from(const char* variable, int otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::atoi(text);
}

bool bounds_are_asserted() {
  return number_from("EVALSCALER_REDIS_BOUNDS", 0) != 0;
}

// A server that is stopped by the machine for a second or two stays what it is.
class RedisCyclesTest : public RedisClusterTest {
 protected:
  RedisCyclesTest() : RedisClusterTest({"256mb", "yes", "4000"}) {}

  void go_to(int shards, ledger::Ledger& writer, const std::string& window) {
    while (set_.size() != 2 * shards) {
      const int next = set_.size() / 2 + (set_.size() < 2 * shards ? 1 : -1);
      writer.open_window(window);
      expect_finished(next);
      writer.open_window("between");
      expect_whole(next);
    }
  }

  double slots_per_second() const {
    return static_cast<double>(world_.moved.slots) * 1e6 /
           static_cast<double>(std::max<std::int64_t>(world_.moving.count(), 1));
  }
};

TEST_F(RedisCyclesTest, UpAndDownAgainAndAgainLosesNoWrite) {
  const int cycles = number_from("EVALSCALER_REDIS_CYCLES", 2);
  const int top = number_from("EVALSCALER_REDIS_SHARDS", 4);
  const int keys = number_from("EVALSCALER_REDIS_KEYS", 10'000);
  Ledger ledger(set_.connector(), first_pods(set_),
                ledger::LedgerSettings{.keys = static_cast<std::size_t>(keys), .threads = 16});
  SystemClock clock;
  ledger.start();
  clock.sleep_for(std::chrono::seconds(bounds_are_asserted() ? 20 : 3), {});
  for (int cycle = 0; cycle < cycles && !HasFailure(); ++cycle) {
    const SteadyTime begin = clock.steady();
    go_to(top, ledger.parts(), "growing");
    go_to(3, ledger.parts(), "shrinking");
    const std::chrono::duration<double> took = clock.steady() - begin;
    std::cout << "cycle " << cycle + 1 << " of " << cycles << ": " << took.count() << " s, "
              << ledger.writes() << " writes, " << ledger.failures() << " errors" << std::endl;
  }
  ledger.stop();
  const ledger::LedgerReport report{ledger.parts().windows(), ledger.parts().counts(),
                                    ledger.parts().audit()};
  std::cout << to_table(report) << world_.moved.slots << " slots and " << world_.moved.keys
            << " keys moved, " << slots_per_second() << " slots/s, longest batch "
            << static_cast<double>(world_.moved.longest_block.count()) / 1000 << " ms\n";
  EXPECT_EQ(report.audit.wrong(), 0);
  EXPECT_GE(world_.actions["ShrinkStatefulSet"], (top - 3) * cycles);
  const ledger::LatencyWindow& baseline = report.windows.front();
  for (const ledger::LatencyWindow& window : report.windows) {
    if (window.name != "growing" && window.name != "shrinking") continue;
    EXPECT_LE(window.error_rate(), 0.001) << window.name;
    if (bounds_are_asserted()) {
      EXPECT_LE(window.percentile(99), 3 * baseline.percentile(99)) << window.name;
    }
  }
  if (bounds_are_asserted()) {
    EXPECT_GE(slots_per_second(), 500);
  }
}

TEST_F(RedisCyclesTest, ASlotOfManySmallKeysMovesInBatches) {
  const int many = 100'000;
  // In the last slots of pod 1, which are among those that a new shard is given.
  std::string tag = "{a}";
  for (int i = 0; slot_of(tag) < 10'500 || slot_of(tag) > 10'922; ++i) {
    tag = "{" + std::to_string(i) + "}";
  }
  const auto connection = set_.connector().open(set_.pod(1).address());
  for (int at = 0; at < many; at += 1'000) {
    std::vector<wire::RedisCommand> commands;
    for (int i = at; i < at + 1'000; ++i) {
      commands.push_back({"SET", tag + std::to_string(i), std::to_string(i)});
    }
    ASSERT_TRUE(connection->pipeline(commands, {}));
  }
  const auto replicated = connection->send({"WAIT", "1", "30000"}, {});
  ASSERT_TRUE(replicated && replicated->integer == 1) << "no plan begins with a replica far behind";
  Ledger ledger(set_.connector(), first_pods(set_),
                ledger::LedgerSettings{.keys = 2'000, .threads = 8});
  ledger.start();
  expect_finished(4);
  ledger.stop();
  const ledger::LatencyWindow window = ledger.parts().windows().front();
  const double longest = static_cast<double>(world_.moved.longest_block.count()) / 1000;
  std::cout << "a slot of " << many << " keys: longest batch " << longest
            << " ms, slowest write of others " << window.percentile(100) << " ms, p99 "
            << window.percentile(99) << " ms\n";
  ClusterClient client(set_.connector(), first_pods(set_));
  EXPECT_EQ(client.run(tag, {"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot_of(tag))})->integer,
            many);
  for (int pod = 0; pod < 6; ++pod) {
    EXPECT_EQ(set_.ask(pod, {"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot_of(tag))}).integer,
              0)
        << "pod " << pod;
  }
  ledger.expect_all_there();
  if (bounds_are_asserted()) {
    EXPECT_LE(longest, 100);
    EXPECT_LE(window.percentile(100), 100);
  }
}

}  // namespace
}  // namespace evalscaler::integration
