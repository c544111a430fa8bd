// SPDX-License-Identifier: Apache-2.0
// The invariant: no StatefulSet shrinks while a pod that would go has anything to lose.
//
// A ShrinkProof can only be had from prove_shrink(), and the shrink only with a ShrinkProof.
// It is good for the very reading it was made from: take a new one right before the patch.
#pragma once

#include <variant>

#include "redis/cluster_view.hpp"
#include "redis/stateful_set_facts.hpp"

namespace evalscaler::redis {

class ShrinkProof {
 public:
  const std::string& stateful_set_uid() const { return uid_; }
  int from_pods() const { return from_pods_; }
  int to_pods() const { return to_pods_; }

 private:
  friend std::variant<ShrinkProof, Refusal> prove_shrink(const ClusterView&,
                                                         const StatefulSetFacts&, int, int);
  ShrinkProof(std::string uid, int from_pods, int to_pods)
      : uid_(std::move(uid)), from_pods_(from_pods), to_pods_(to_pods) {}
  std::string uid_;
  int from_pods_;
  int to_pods_;
};

// Holds for `to_pods` if, of the pods that exist by `facts`, each one was reached; those that go
// own no slot in anybody's eyes, hold no key, and are known to nobody that stays; no slot is
// open; and those that stay own all slots and agree, each master with `replicas_per_shard`
// replicas there that are in sync. Otherwise the first thing that does not hold.
std::variant<ShrinkProof, Refusal> prove_shrink(const ClusterView& view,
                                                const StatefulSetFacts& facts, int to_pods,
                                                int replicas_per_shard);

}  // namespace evalscaler::redis
