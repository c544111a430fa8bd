// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <deque>
#include <span>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "redis/batch_size.hpp"
#include "redis/cluster_view.hpp"
#include "redis/migration_engine.hpp"
#include "redis/slot_commands.hpp"
#include "redis/slot_news.hpp"
#include "redis/slot_preview.hpp"

namespace evalscaler::redis {
namespace {

using std::chrono::microseconds;
using wire::RedisCommand;
using wire::RedisFault;
using wire::RedisReply;

constexpr std::size_t kLookAhead = 64;
// Slots that may be open at once: what a plan that is stopped has to finish.
constexpr std::size_t kMostOpen = 16;
// What takes longer is left to the next visit.
constexpr std::chrono::milliseconds kTimeToHear{200};

// One call of move(): everything that is true for its two nodes.
class Passage {
 public:
  Passage(const MoveSlots& slots, NodeConnections& connections, const MigrationLimits& limits,
          BatchSize& size, Clock& clock, const std::stop_token& stop)
      : slots_(slots),
        connections_(connections),
        limits_(limits),
        size_(size),
        clock_(clock),
        stop_(stop),
        source_{slots.source.address, connections, stop},
        end_(clock.steady() + limits.visit) {}

  Result<MoveProgress> run() {
    EVALSCALER_TRY(name_source());
    for (std::size_t at = 0; at < slots_.slots.size() && !over(); at += kLookAhead) {
      const auto first = slots_.slots.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(kLookAhead, slots_.slots.size() - at);
      auto previews = look_at_slots({first, first + static_cast<std::ptrdiff_t>(count)},
                                    limits_.max_keys, source_);
      if (!previews) return previews.error();
      const auto moved = move_all(*previews);
      if (!moved) return moved.error();
      if (progress_.held) break;
    }
    return progress_;
  }

 private:
  bool over() const { return stop_.stop_requested() || clock_.steady() >= end_; }
  Result<std::vector<RedisReply>> ask_source(const std::vector<RedisCommand>& commands) {
    return connections_.ask(slots_.source.address, commands, stop_);
  }
  Result<std::vector<RedisReply>> ask_target(const std::vector<RedisCommand>& commands) {
    return connections_.ask(slots_.target.address, commands, stop_);
  }

  Result<void> move_all(std::vector<SlotPreview>& previews) {
    for (std::size_t at = 0; at < previews.size() && !over();) {
      const std::size_t count = group_size(previews, at);
      const std::span<SlotPreview> group(&previews[at], count);
      at += count;
      const auto moved = move_group(group);
      if (!moved) return moved.error();
      if (!*moved) return {};
    }
    return {};
  }

  // Small slots share their round trips, as long as their keys would have fitted one batch.
  std::size_t group_size(const std::vector<SlotPreview>& previews, std::size_t at) const {
    std::size_t count = 0;
    std::int64_t keys = 0;
    std::int64_t bytes = 0;
    for (; at + count < previews.size() && count < kMostOpen; ++count) {
      const SlotPreview& preview = previews[at + count];
      keys += preview.count;
      for (const SizedKey& key : preview.keys) bytes += key.bytes;
      if (keys > size_.keys() || bytes > limits_.max_batch_bytes) break;
    }
    return std::max<std::size_t>(count, 1);
  }

  // False if it could not be brought to its end; what was begun stays open for the next visit.
  Result<bool> move_group(std::span<SlotPreview> group) {
    for (SlotPreview& preview : group) {
      auto fits = no_key_too_large(preview);
      if (!fits || !*fits) return fits;
    }
    std::vector<Slot> slots;
    slots.reserve(group.size());
    for (const SlotPreview& preview : group) slots.push_back(preview.slot);
    EVALSCALER_TRY(open(slots));
    if (group.size() > 1) EVALSCALER_TRY(send_together(group));
    std::vector<Slot> drained;
    for (SlotPreview& preview : group) {
      auto emptied = preview.count == 0 && group.size() > 1 ? Result<bool>(true) : drain(preview);
      if (!emptied) return emptied;
      if (!*emptied) break;
      drained.push_back(preview.slot);
    }
    auto closed = close(drained);
    if (!closed || !*closed) return closed;
    return drained.size() == group.size();
  }

  // One batch for all of them. Where something is left, or went wrong, each slot is seen to by
  // itself afterwards.
  Result<void> send_together(std::span<SlotPreview> group) {
    std::vector<RedisCommand> commands;
    std::int64_t keys = 0;
    for (const SlotPreview& preview : group) {
      if (!preview.keys.empty())
        commands.push_back(migrate(preview.keys, MigrateMode::KeepExisting));
      commands.push_back(count_keys_in(preview.slot));
      keys += static_cast<std::int64_t>(preview.keys.size());
    }
    const SteadyTime begin = clock_.steady();
    const auto replies = connections_.to(slots_.source.address).pipeline(commands, stop_);
    if (!replies) return replies.error();
    note_block(keys, begin);
    auto reply = replies->begin();
    for (SlotPreview& preview : group) {
      const bool sent = !preview.keys.empty();
      const bool refused = sent && (reply++)->is_error();
      EVALSCALER_TRY(accepted(*reply, slots_.source.address));
      preview.count = (reply++)->integer;
      if (sent && !refused) note_moved(preview.keys);
      preview.keys.clear();
    }
    return {};
  }

  void note_block(std::int64_t keys, SteadyTime begin) {
    const auto took = std::chrono::duration_cast<microseconds>(clock_.steady() - begin);
    size_.took(keys, took);
    progress_.longest_block = std::max(progress_.longest_block, took);
  }
  void note_moved(const std::vector<SizedKey>& keys) {
    progress_.keys += static_cast<std::int64_t>(keys.size());
    for (const SizedKey& key : keys) progress_.bytes += key.bytes;
  }

  // Before the slot is touched: of all its keys, not only the first.
  Result<bool> no_key_too_large(SlotPreview& preview) {
    if (preview.count > static_cast<std::int64_t>(preview.keys.size())) {
      auto listed = list_keys(preview.slot, preview.count, source_);
      if (!listed) return listed.error();
      preview.keys = std::move(*listed);
    }
    return !too_large(preview.slot, preview.keys);
  }

  bool too_large(Slot slot, const std::vector<SizedKey>& keys) {
    for (const SizedKey& key : keys) {
      if (key.bytes <= limits_.max_key_bytes) continue;
      progress_.held =
          Refusal{Reason::KeyTooLarge, node_ref(slots_.source.id), key.bytes,
                  "slot " + std::to_string(slot) + " has a key of " + std::to_string(key.bytes) +
                      " bytes, more than maxKeyBytes " + std::to_string(limits_.max_key_bytes)};
      return true;
    }
    return false;
  }

  // Importing before migrating: no client may be sent to a target that would send it back.
  Result<void> open(const std::vector<Slot>& slots) {
    const auto importing = ask_target(setslot_all(slots, "IMPORTING", slots_.source.id));
    if (!importing) return importing.error();
    const auto migrating = ask_source(setslot_all(slots, "MIGRATING", slots_.target.id));
    if (!migrating) return migrating.error();
    return {};
  }

  // What a node imports it leaves alone when it hears of new owners: after a failover of the source
  // such a slot has none in its eyes. All of them at once: one is enough to have it refuse keys of
  // every slot.
  Result<void> name_source() {
    if (slots_.misled.empty()) return {};
    const auto told = ask_target(setslot_all(slots_.misled, "NODE", slots_.source.id));
    return told ? Result<void>{} : told.error();
  }

  // True once the source has no key of the slot left; from then on it makes no new ones.
  Result<bool> drain(SlotPreview& preview) {
    std::deque<SizedKey> known(std::make_move_iterator(preview.keys.begin()),
                               std::make_move_iterator(preview.keys.end()));
    for (;;) {
      const auto batch = next_batch(known);
      auto after = batch.empty() ? ask_source({count_keys_in(preview.slot)})
                                 : send_batch(preview.slot, batch);
      if (!after) return after.error();
      if (progress_.held) return false;
      const std::int64_t left = after->back().integer;
      if (left == 0) return true;
      if (over()) return false;
      if (known.empty()) {
        auto more = look_at_slots({preview.slot}, limits_.max_keys, source_);
        if (!more) return more.error();
        if (too_large(preview.slot, more->front().keys)) return false;
        for (SizedKey& key : more->front().keys) known.push_back(std::move(key));
      }
    }
  }

  std::vector<SizedKey> next_batch(std::deque<SizedKey>& known) const {
    std::vector<SizedKey> batch;
    std::int64_t bytes = 0;
    while (!known.empty() && static_cast<std::int64_t>(batch.size()) < size_.keys()) {
      const std::int64_t with = bytes + known.front().bytes;
      if (!batch.empty() && with > limits_.max_batch_bytes) break;
      bytes = with;
      batch.push_back(std::move(known.front()));
      known.pop_front();
    }
    return batch;
  }

  // MIGRATE and, in the same round trip, how many keys are left. First without REPLACE: a key
  // that is at the target already is either what an attempt of ours left there, or a sign that
  // something is wrong; which of both is checked before it is written over.
  Result<std::vector<RedisReply>> send_batch(Slot slot, const std::vector<SizedKey>& batch) {
    auto replies = send_keys(slot, batch, MigrateMode::KeepExisting);
    if (!replies) return replies;
    if (wire::redis_fault(replies->front().text) == RedisFault::BusyKey &&
        replies->front().is_error()) {
      EVALSCALER_TRY(make_sure_target_is_stale(slot));
      replies = send_keys(slot, batch, MigrateMode::Replace);
      if (!replies) return replies;
      ++progress_.replaced_batches;
    }
    const RedisReply& answer = replies->front();
    if (answer.is_error() && hold_for(wire::redis_fault(answer.text), slot)) return replies;
    EVALSCALER_TRY(accepted(answer, slots_.source.address));
    EVALSCALER_TRY(accepted(replies->back(), slots_.source.address));
    note_moved(batch);
    return replies;
  }

  RedisCommand migrate(const std::vector<SizedKey>& batch, MigrateMode mode) const {
    return migrate_command(batch, slots_.target.address, connections_.access(), mode,
                           limits_.io_timeout);
  }

  Result<std::vector<RedisReply>> send_keys(Slot slot, const std::vector<SizedKey>& batch,
                                            MigrateMode mode) {
    const SteadyTime begin = clock_.steady();
    auto replies = connections_.to(slots_.source.address)
                       .pipeline({migrate(batch, mode), count_keys_in(slot)}, stop_);
    note_block(static_cast<std::int64_t>(batch.size()), begin);
    return replies;
  }

  // A key on both sides is the source's as long as it owns the slot, which both ends confirm by
  // accepting the same marks again. Connections of an earlier, cut off MIGRATE may still hold
  // an old value that the target has not read: they are closed first, or it could be written
  // after the new one.
  Result<void> make_sure_target_is_stale(Slot slot) {
    EVALSCALER_TRY(open({slot}));
    const auto clients = ask_target({{"CLIENT", "LIST"}});
    if (!clients) return clients.error();
    std::vector<RedisCommand> commands;
    for (const std::string_view line : split(clients->front().text, '\n')) {
      const auto words = split(line, ' ');
      const bool old = std::any_of(words.begin(), words.end(), [](std::string_view word) {
        return word == "cmd=restore-asking" || word == "cmd=restore" || word == "cmd=NULL" ||
               word == "cmd=auth" || word == "cmd=select";
      });
      if (old && words.front().starts_with("id=")) {
        commands.push_back({"CLIENT", "KILL", "ID", std::string(words.front().substr(3))});
      }
    }
    if (commands.empty()) return {};
    const auto killed = ask_target(commands);
    return killed ? Result<void>{} : killed.error();
  }

  bool hold_for(RedisFault fault, Slot slot) {
    const bool memory = fault == RedisFault::OutOfMemory;
    if (!memory && fault != RedisFault::Unwritable) return false;
    progress_.held = Refusal{memory ? Reason::TargetOutOfMemory : Reason::TargetRefusesWrites,
                             node_ref(slots_.target.id), slot,
                             "target " + node_ref(slots_.target.id) +
                                 (memory ? " has no memory left for slot "
                                         : " refuses writes, by its own rules, of slot ") +
                                 std::to_string(slot)};
    return true;
  }

  // The target first: until it owns the slots nobody may let go of them. All others hear of it from
  // the target; the source is told only to take its marks away, once it has heard, too. False: it
  // has not yet.
  Result<bool> close(const std::vector<Slot>& slots) {
    if (slots.empty()) return true;
    const auto commands = setslot_all(slots, "NODE", slots_.target.id);
    const auto owned = ask_target(commands);
    if (!owned) return owned.error();
    auto heard =
        has_heard(slots_.source, slots, slots_.target.id, connections_, clock_, kTimeToHear, stop_);
    if (!heard || !*heard) return heard;
    const auto given = ask_source(commands);
    if (!given) return given.error();
    progress_.slots += static_cast<std::int64_t>(slots.size());
    return true;
  }

  const MoveSlots& slots_;
  NodeConnections& connections_;
  const MigrationLimits& limits_;
  BatchSize& size_;
  Clock& clock_;
  const std::stop_token& stop_;
  SourceNode source_;
  SteadyTime end_;
  MoveProgress progress_;
};

class ClassicMigration final : public MigrationEngine {
 public:
  ClassicMigration(MigrationLimits limits, Clock& clock)
      : limits_(limits), size_(limits.max_keys, limits.block), clock_(clock) {}
  std::string_view name() const override { return "classic"; }
  Result<MoveProgress> move(const MoveSlots& slots, NodeConnections& connections,
                            const std::stop_token& stop) override {
    return Passage(slots, connections, limits_, size_, clock_, stop).run();
  }

 private:
  MigrationLimits limits_;
  BatchSize size_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<MigrationEngine> make_classic_migration(MigrationLimits limits, Clock& clock) {
  return std::make_unique<ClassicMigration>(limits, clock);
}

}  // namespace evalscaler::redis
