// SPDX-License-Identifier: Apache-2.0
// Journal: what a plan has decided and must not decide again. Everything else a step needs is
// read from the live cluster, so that a journal that is one step behind does no harm.
//
// It stands in the status of the custom resource and is written before the first command that
// rests on it. At most 4 KiB of JSON; nodes are named by node_ref().
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "redis/slots.hpp"

namespace evalscaler::redis {

inline constexpr int kJournalVersion = 1;
inline constexpr std::size_t kJournalLimit = 4096;

enum class Direction { Up, Down };
std::string_view to_text(Direction direction);

struct Assignment {
  std::vector<SlotRange> slots;
  std::string target;  // node_ref
  bool operator==(const Assignment&) const = default;
};

struct Journal {
  std::string plan_id;
  std::int64_t epoch = 0;  // fencing token of who wrote it
  std::string stateful_set_uid;
  Direction direction = Direction::Up;
  int from_pods = 0;
  int to_pods = 0;
  int replicas_per_shard = 1;
  // cluster-allow-replica-migration as it was found: set back at the end.
  std::string replica_migration_before = "yes";
  std::vector<std::string> keep;     // masters of the cluster to come; up: once pods are there
  std::vector<std::string> victims;  // nodes on the pods that will go
  std::vector<Assignment> batch;     // slots that are being moved
  std::string taken_back_from;       // master without slots whose keys are brought to their owners
  std::int64_t moved_slots = 0;      // in batches that are done
  std::int64_t total_slots = 0;      // as planned
  std::optional<WallTime> verified_since;

  bool operator==(const Journal&) const = default;
  bool keeps(std::string_view id) const;
  bool is_victim(std::string_view id) const;
  // Where `slot` is to go by the batch; empty if it is not in it.
  std::string_view target_of(Slot slot) const;
};

std::string to_json(const Journal& journal);
// Invalid for what is no journal or of a later version.
Result<Journal> parse_journal(std::string_view json);

}  // namespace evalscaler::redis
