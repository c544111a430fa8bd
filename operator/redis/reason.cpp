// SPDX-License-Identifier: Apache-2.0
#include "redis/reason.hpp"

namespace evalscaler::redis {

std::string_view to_text(Reason reason) {
  switch (reason) {
    case Reason::NodeUnreachable:
      return "NodeUnreachable";
    case Reason::WrongPassword:
      return "WrongPassword";
    case Reason::NotPermitted:
      return "NotPermitted";
    case Reason::ClusterModeOff:
      return "ClusterModeOff";
    case Reason::NodeLoading:
      return "NodeLoading";
    case Reason::AnswerUnreadable:
      return "AnswerUnreadable";
    case Reason::PodMissing:
      return "PodMissing";
    case Reason::ClusterNotOk:
      return "ClusterNotOk";
    case Reason::NodeFailing:
      return "NodeFailing";
    case Reason::HandshakePending:
      return "HandshakePending";
    case Reason::StrangerInCluster:
      return "StrangerInCluster";
    case Reason::NotJoined:
      return "NotJoined";
    case Reason::NotVirgin:
      return "NotVirgin";
    case Reason::MapsDisagree:
      return "MapsDisagree";
    case Reason::SlotsUncovered:
      return "SlotsUncovered";
    case Reason::SlotsWithTwoOwners:
      return "SlotsWithTwoOwners";
    case Reason::OpenSlotsOfOthers:
      return "OpenSlotsOfOthers";
    case Reason::ReplicaMissing:
      return "ReplicaMissing";
    case Reason::ReplicaLagging:
      return "ReplicaLagging";
    case Reason::ReplicaSyncing:
      return "ReplicaSyncing";
    case Reason::MemoryTooHigh:
      return "MemoryTooHigh";
    case Reason::MemoryLimitUnknown:
      return "MemoryLimitUnknown";
    case Reason::KeysEvicted:
      return "KeysEvicted";
    case Reason::TooFewMasters:
      return "TooFewMasters";
    case Reason::TooManyShards:
      return "TooManyShards";
    case Reason::RollingUpdate:
      return "RollingUpdate";
    case Reason::DisruptionBudget:
      return "DisruptionBudget";
    case Reason::ForeignOwner:
      return "ForeignOwner";
    case Reason::OtherStatefulSet:
      return "OtherStatefulSet";
    case Reason::OtherJournal:
      return "OtherJournal";
    case Reason::ReplicasEdited:
      return "ReplicasEdited";
    case Reason::KeyTooLarge:
      return "KeyTooLarge";
    case Reason::TargetOutOfMemory:
      return "TargetOutOfMemory";
    case Reason::TargetRefusesWrites:
      return "TargetRefusesWrites";
    case Reason::KeysLeft:
      return "KeysLeft";
    case Reason::SlotsLeft:
      return "SlotsLeft";
    case Reason::StillInCluster:
      return "StillInCluster";
    case Reason::FailoverPending:
      return "FailoverPending";
    case Reason::Verifying:
      return "Verifying";
    case Reason::PodsStarting:
      return "PodsStarting";
    case Reason::PodsLeaving:
      return "PodsLeaving";
    case Reason::CommandRefused:
      return "CommandRefused";
    case Reason::ScaleRefused:
      return "ScaleRefused";
  }
  return "Unknown";
}

}  // namespace evalscaler::redis
