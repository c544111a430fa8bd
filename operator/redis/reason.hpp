// SPDX-License-Identifier: Apache-2.0
// Reason: why a plan on a Redis Cluster is refused, waits, or is held. One name per unsafe state.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace evalscaler::redis {

enum class Reason {
  NodeUnreachable,
  WrongPassword,
  NotPermitted,    // the user may not run a command the plan needs
  ClusterModeOff,  // standalone or Sentinel
  NodeLoading,
  AnswerUnreadable,
  PodMissing,  // an ordinal that should exist is not among the pods
  ClusterNotOk,
  NodeFailing,  // some node sees another as fail or fail?
  HandshakePending,
  StrangerInCluster,  // a node that is none of the pods
  NotJoined,          // a pod that should be in the cluster and is not
  NotVirgin,          // a new pod that brings keys, slots or other nodes with it
  MapsDisagree,
  SlotsUncovered,
  SlotsWithTwoOwners,
  OpenSlotsOfOthers,  // open, and not by our journal
  ReplicaMissing,
  ReplicaLagging,
  ReplicaSyncing,
  MemoryTooHigh,
  MemoryLimitUnknown,
  KeysEvicted,
  TooFewMasters,
  TooManyShards,  // the journal would outgrow its place
  RollingUpdate,
  DisruptionBudget,
  ForeignOwner,      // the StatefulSet belongs to another controller
  OtherStatefulSet,  // deleted and created anew under the same name
  OtherJournal,      // written by a later version
  ReplicasEdited,    // the StatefulSet has a size the plan does not know
  KeyTooLarge,
  TargetOutOfMemory,
  TargetRefusesWrites,
  KeysLeft,  // on a node that is about to go
  SlotsLeft,
  StillInCluster,
  FailoverPending,
  Verifying,
  PodsStarting,
  PodsLeaving,
  CommandRefused,  // what the plan is to do next is answered with an error, again and again
  ScaleRefused,    // the API server does not take the new size
};
std::string_view to_text(Reason reason);

// `node` is "#3" (the pod's ordinal) or a node id; `number` what was counted (slots, keys,
// bytes), 0 where nothing was.
struct Refusal {
  Reason reason = Reason::NodeUnreachable;
  std::string node;
  std::int64_t number = 0;
  std::string message;  // one line, for people
};

}  // namespace evalscaler::redis
