// SPDX-License-Identifier: Apache-2.0
#include "redis/step.hpp"

#include <algorithm>
#include <array>

#include "redis/departure.hpp"
#include "redis/joining.hpp"
#include "redis/kept_masters.hpp"
#include "redis/replica_placement.hpp"
#include "redis/slot_steps.hpp"

namespace evalscaler::redis {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds kPatience = seconds(60);
constexpr milliseconds kStartPatience = seconds(300);

// What one stage of the step has to say; nothing = the next stage is asked.
using Said = std::optional<Action>;

Action wait(Refusal why, milliseconds patience = kPatience) {
  return Wait{std::move(why), patience};
}

class Stepper {
 public:
  Stepper(Journal& journal, const ClusterView& view, const StepContext& context)
      : journal_(journal), view_(view), context_(context) {}

  // In the order in which they must hold. Each reads the live state only.
  Action run() {
    using Stage = Said (Stepper::*)();
    constexpr std::array<Stage, 17> kStages{&Stepper::same_stateful_set,
                                            &Stepper::grow,
                                            &Stepper::after_shrink,
                                            &Stepper::all_answer,
                                            &Stepper::join,
                                            &Stepper::healthy,
                                            &Stepper::slots_are_ours,
                                            &Stepper::hold_replicas_still,
                                            &Stepper::name_kept,
                                            &Stepper::finish,
                                            &Stepper::go_on_forgetting,
                                            &Stepper::stop,
                                            &Stepper::fail_over,
                                            &Stepper::place_replicas,
                                            &Stepper::move,
                                            &Stepper::take_back,
                                            &Stepper::leave};
    for (const Stage stage : kStages) {
      if (Said action = (this->*stage)()) return *action;
    }
    return Done{};
  }

 private:
  bool up() const { return journal_.direction == Direction::Up; }
  bool stopping() const { return context_.intent == Intent::Stop; }

  bool has_our_nodes() const {
    const auto here = [&](const std::string& ref) { return view_.find(ref) != nullptr; };
    return std::any_of(journal_.keep.begin(), journal_.keep.end(), here) ||
           std::any_of(journal_.victims.begin(), journal_.victims.end(), here);
  }

  // One that was made anew around the same nodes (its pods were left, or came back with their
  // volumes) has the same cluster, and the plan is about that.
  Said same_stateful_set() {
    if (context_.facts.uid == journal_.stateful_set_uid) return {};
    if (has_our_nodes()) {
      journal_.stateful_set_uid = context_.facts.uid;
      return {};
    }
    if (Said missing = pods_answer()) return missing;
    if (stopping()) return Done{};
    return Hold{{Reason::OtherStatefulSet, "", 0,
                 "the StatefulSet was made anew and its pods are another cluster than the one "
                 "this plan began with; delete the service, or pause it, to give the plan up"}};
  }

  Said grow() {
    const int replicas = context_.facts.replicas;
    if (replicas == journal_.to_pods) return {};
    if (replicas != journal_.from_pods) {
      return Hold{{Reason::ReplicasEdited, "", replicas,
                   "the StatefulSet has " + std::to_string(replicas) + " replicas, the plan " +
                       std::to_string(journal_.from_pods) + " -> " +
                       std::to_string(journal_.to_pods) + "; set it to one of these"}};
    }
    if (!up()) return {};
    if (stopping()) return Done{};
    return GrowStatefulSet{journal_.to_pods};
  }

  // Once the StatefulSet is smaller, only clearing up is left.
  Said after_shrink() {
    if (up() || context_.facts.replicas != journal_.to_pods) return {};
    if (Said missing = pods_answer()) return missing;
    if (view_.members().size() > static_cast<std::size_t>(journal_.to_pods)) {
      const std::string name = view_.members().back().name();
      return wait({Reason::PodsLeaving, name, 0, "pod " + name + " has not gone yet"},
                  kStartPatience);
    }
    if (Said restore = set_replica_migration(journal_.replica_migration_before)) return restore;
    return Done{};
  }

  // A pod that starts, restarts or changes its role needs time; one that refuses us needs somebody
  // to see to it.
  static Action without_report(const Member& member) {
    const Reason reason = member.trouble.reason;
    const bool refuses = reason == Reason::WrongPassword || reason == Reason::NotPermitted ||
                         reason == Reason::ClusterModeOff;
    if (refuses) return Hold{member.trouble};
    return wait(member.trouble, kStartPatience);
  }

  Said pods_answer() const {
    for (int ordinal = 0; ordinal < context_.facts.replicas; ++ordinal) {
      const Member* member = view_.at(ordinal);
      const std::string name = "#" + std::to_string(ordinal);
      if (member == nullptr) {
        return wait({Reason::PodsStarting, name, 0, "pod " + name + " is not there yet"},
                    kStartPatience);
      }
      if (!member->report) return without_report(*member);
      if (member->report->loading) {
        return wait({Reason::NodeLoading, name, 0, "pod " + name + " loads its data"},
                    kStartPatience);
      }
    }
    return {};
  }

  Said all_answer() {
    if (Said missing = pods_answer()) return missing;
    for (const Member& member : view_.members()) {
      if (!member.report) return without_report(member);
    }
    return {};
  }

  Said join() { return up() && !stopping() ? join_pods(journal_, view_) : Said{}; }

  Said healthy() {
    for (const Member* member : view_.attached_members()) {
      for (const ClusterNode& node : member->report->map.nodes) {
        const std::string ref = node_ref(node.id);
        // One that goes and came back under another name will be forgotten.
        const bool gone = journal_.is_victim(node.id) && view_.find(node.id) == nullptr;
        if ((node.failed || node.possibly_failed) && !(gone && node.slots.empty())) {
          return wait(
              {Reason::NodeFailing, ref, 0, member->name() + " sees node " + ref + " as failing"});
        }
        if (node.handshake) {
          return wait({Reason::HandshakePending, ref, 0,
                       member->name() + " does not know node " + ref + " yet"});
        }
      }
    }
    return {};
  }

  // While the plan goes on, a target that was taken over from is handed back what it had; a
  // plan that stops leaves it as it is.
  Said slots_are_ours() {
    adopt_heirs(journal_, view_, stopping() ? Adopted::All : Adopted::OnlyOfOthers);
    if (auto foreign = foreign_slot(journal_, view_)) return Hold{*foreign};
    return {};
  }

  Said set_replica_migration(const std::string& value) const {
    SetConfig action{{}, value};
    for (const Member& member : view_.members()) {
      if (member.report->replica_migration != (value != "no")) {
        action.nodes.push_back(place_of(member));
      }
    }
    if (action.nodes.empty()) return {};
    return action;
  }

  // Otherwise a master that loses its last slot turns itself, and its replica, into replicas of
  // whoever took it.
  Said hold_replicas_still() {
    const bool ending = up() && all_moved();
    return stopping() || ending ? Said{} : set_replica_migration("no");
  }

  // Setting the option back is the last thing a plan does: it must not be undone by a step that
  // comes after it and sees that it is set back.
  bool all_moved() const {
    return journal_.verified_since && !journal_.keep.empty() && journal_.batch.empty();
  }

  // Up: who the masters will be is decided when all pods have joined, and then journalled.
  Said name_kept() {
    if (stopping()) return {};
    if (!journal_.keep.empty()) {
      replace_lost(journal_, view_);
      return {};
    }
    journal_.keep = choose_masters(journal_, view_);
    journal_.total_slots = slots_to_move(journal_, view_, context_.weights);
    return {};
  }

  Said finish() { return finish_slots(journal_, view_); }

  Said stop() {
    if (!stopping()) return {};
    if (Said open = move_slots(journal_, view_, Which::OnlyOpen, context_.begun)) return open;
    if (auto differing = view_.disagreement()) return wait(*differing);
    if (!journal_.taken_back_from.empty()) {
      if (Said rest = take_keys_back(journal_, view_)) return rest;
    }
    if (Said restore = set_replica_migration(journal_.replica_migration_before)) return restore;
    return Done{};
  }

  Said go_on_forgetting() {
    if (up() || !forgetting_begun(journal_, view_)) return {};
    if (auto unsafe = victims_not_empty(journal_, view_)) return Hold{*unsafe};
    if (Said forget = forget_victims(journal_, view_)) return forget;
    return reset_victims(journal_, view_);
  }

  // A replica that is to stay takes over from its master that is not: no key has to move.
  Said fail_over() {
    for (const Member& member : view_.members()) {
      const NodeReport& report = *member.report;
      if (report.master || !journal_.keeps(report.id())) continue;
      if (!report.master_link_up) return wait(syncing(member));
      return Failover{place_of(member)};
    }
    return {};
  }

  static Refusal syncing(const Member& member) {
    return {Reason::ReplicaSyncing, member.name(), 0,
            "replica " + member.name() + " is not in sync with its master"};
  }

  Said place_replicas() {
    if (const auto change = next_replica(journal_, view_)) {
      // A map that is about to change shows roles that are about to change.
      if (auto differing = view_.disagreement()) return wait(*differing);
      return Replicate{place_of(*change->node), change->master->report->id()};
    }
    for (const Member& member : view_.members()) {
      const bool stays = member.pod.ordinal < journal_.to_pods;
      if (stays && !member.report->master && !member.report->master_link_up) {
        return wait(syncing(member), kStartPatience);
      }
    }
    return {};
  }

  Said move() {
    if (Said next = move_slots(journal_, view_, Which::Any)) {
      journal_.verified_since.reset();
      return next;
    }
    if (auto differing = view_.disagreement()) return wait(*differing);
    journal_.moved_slots += slots_in(journal_.batch);
    journal_.batch.clear();
    if (!has_moved_its_share()) plan_next_batch();
    return move_slots(journal_, view_, Which::Any);
  }

  // Keys come and go while slots move: a plan that followed each change of their weight would
  // never end. What it found to be moved at its beginning is what it moves.
  bool has_moved_its_share() const {
    return up() && journal_.moved_slots > 0 && journal_.moved_slots >= journal_.total_slots;
  }

  void plan_next_batch() {
    journal_.batch = plan_batch(journal_, view_, context_.weights);
    const std::int64_t with_batch = journal_.moved_slots + slots_in(journal_.batch);
    const bool first = journal_.moved_slots == 0;
    if (journal_.batch.empty()) {
      journal_.total_slots = journal_.moved_slots;
    } else if (!up() || first) {
      journal_.total_slots =
          journal_.moved_slots + slots_to_move(journal_, view_, context_.weights);
    } else {
      journal_.total_slots = std::max(journal_.total_slots, with_batch);
    }
  }

  Said take_back() {
    if (auto differing = view_.disagreement()) return wait(*differing);
    if (auto gap = view_.coverage()) return Hold{*gap};
    return take_keys_back(journal_, view_);
  }

  // Everything is where it shall be: look at it for a while, then let go of what leaves.
  Said leave() {
    if (auto missing = missing_replica(journal_, view_)) return Hold{*missing};
    if (auto gap = view_.coverage()) return Hold{*gap};
    if (Said unstable = verify()) return unstable;
    if (up()) return set_replica_migration(journal_.replica_migration_before);
    if (Said forget = forget_victims(journal_, view_)) return forget;
    if (Said reset = reset_victims(journal_, view_)) return reset;
    return shrink();
  }

  // The same picture for twice the time in which a node's silence would be noticed.
  Said verify() {
    if (auto unsafe = up() ? std::nullopt : victims_not_empty(journal_, view_)) {
      return Hold{*unsafe};
    }
    milliseconds longest{0};
    for (const Member& member : view_.members()) {
      longest = std::max(longest, member.report->node_timeout);
      if (!ClusterView::attached(member) || member.report->cluster_ok) continue;
      journal_.verified_since.reset();
      return wait({Reason::ClusterNotOk, member.name(), 0,
                   member.name() + " says cluster_state is not ok"});
    }
    if (!journal_.verified_since) journal_.verified_since = context_.now;
    const auto seen = context_.now - *journal_.verified_since;
    if (seen >= longest * 2) return {};
    return wait({Reason::Verifying, "", 0, "looking whether it stays as it is"}, longest * 4);
  }

  Said shrink() const {
    auto proof = prove_shrink(view_, context_.facts, journal_.to_pods, journal_.replicas_per_shard);
    if (auto* refusal = std::get_if<Refusal>(&proof)) return wait(*refusal);
    return ShrinkStatefulSet{std::get<ShrinkProof>(proof)};
  }

  Journal& journal_;
  const ClusterView& view_;
  const StepContext& context_;
};

}  // namespace

Step next_step(Journal journal, const ClusterView& view, const StepContext& context) {
  Action action = Stepper(journal, view, context).run();
  return {std::move(journal), std::move(action)};
}

}  // namespace evalscaler::redis
