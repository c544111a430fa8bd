// SPDX-License-Identifier: Apache-2.0
// SlotMap: who owns which slot, as the connections of one client have learned it together.
// Thread-safe.
#pragma once

#include <vector>

#include "core/guarded.hpp"
#include "redis/node_connections.hpp"
#include "redis/slots.hpp"

namespace evalscaler::ledger {

class SlotMap {
 public:
  // `seeds`: at least one node of the cluster.
  explicit SlotMap(const std::vector<redis::Address>& seeds);

  redis::Address owner(redis::Slot slot) const;
  void moved(redis::Slot slot, const redis::Address& owner);
  // An answer to CLUSTER SLOTS; false, and nothing is taken from it, if it is none.
  bool take(const wire::RedisReply& reply);
  bool learned() const;
  // The seeds, later every node of the last answer; a different one comes first each time.
  std::vector<redis::Address> nodes();

 private:
  struct Known {
    std::vector<redis::Address> nodes;
    std::vector<redis::Address> owner;  // by slot
    std::size_t first = 0;
    bool learned = false;
  };
  Guarded<Known> known_;
};

}  // namespace evalscaler::ledger
