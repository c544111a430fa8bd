// SPDX-License-Identifier: Apache-2.0
#include "redis/journal.hpp"

#include <algorithm>

#include "wire/json_reader.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::redis {
namespace {

using wire::JsonCursor;

template <typename T, typename Field>
Result<void> keep(Result<T> read, Field& field) {
  if (!read) return read.error();
  field = static_cast<Field>(std::move(*read));
  return {};
}

bool named_in(const std::vector<std::string>& refs, std::string_view id) {
  return std::any_of(refs.begin(), refs.end(),
                     [&](const std::string& ref) { return id.starts_with(ref); });
}

void write_refs(wire::JsonWriter& out, std::string_view name,
                const std::vector<std::string>& refs) {
  out.key(name).begin_array();
  for (const std::string& ref : refs) out.value(std::string_view(ref));
  out.end_array();
}

Result<void> read_refs(JsonCursor& value, std::vector<std::string>& refs) {
  return value.items([&](std::size_t, JsonCursor& item) -> Result<void> {
    refs.emplace_back();
    EVALSCALER_TRY(keep(item.text(), refs.back()));
    if (refs.back().size() < 8) return item.error("is no reference to a node");
    return {};
  });
}

Result<void> read_batch(JsonCursor& value, std::vector<Assignment>& batch) {
  return value.items([&](std::size_t, JsonCursor& item) {
    batch.emplace_back();
    return item.members([&](std::string_view key, JsonCursor& field) -> Result<void> {
      if (key == "target") return keep(field.text(), batch.back().target);
      if (key != "slots") return {};
      const auto text = field.text();
      if (!text) return text.error();
      return keep(parse_slot_ranges(*text), batch.back().slots);
    });
  });
}

Result<void> read_version(JsonCursor& value) {
  const auto version = value.integer();
  if (!version) return version.error();
  if (*version < 1 || *version > kJournalVersion) {
    return value.error("is a version this program does not know (knows 1)");
  }
  return {};
}

Result<void> read_direction(JsonCursor& value, Direction& direction) {
  const auto text = value.text();
  if (!text) return text.error();
  if (*text != "Up" && *text != "Down") return value.error("must be Up or Down");
  direction = *text == "Up" ? Direction::Up : Direction::Down;
  return {};
}

Result<void> read_time(JsonCursor& value, std::optional<WallTime>& time) {
  const auto milliseconds = value.integer();
  if (!milliseconds) return milliseconds.error();
  constexpr std::int64_t kLatest = 9'000'000'000'000;  // in the year 2255; a clock has no more
  if (*milliseconds < 0 || *milliseconds > kLatest) return value.error("is no time");
  time = WallTime(std::chrono::milliseconds(*milliseconds));
  return {};
}

Result<void> read_pods(JsonCursor& value, int& pods) {
  const auto count = value.integer();
  if (!count) return count.error();
  constexpr std::int64_t kMost = 1'000'000;
  if (*count < 0 || *count > kMost) return value.error("is no number of pods");
  pods = static_cast<int>(*count);
  return {};
}

Result<void> read_member(std::string_view key, JsonCursor& value, Journal& out) {
  if (key == "version") return read_version(value);
  if (key == "planId") return keep(value.text(), out.plan_id);
  if (key == "epoch") return keep(value.integer(), out.epoch);
  if (key == "statefulSetUid") return keep(value.text(), out.stateful_set_uid);
  if (key == "direction") return read_direction(value, out.direction);
  if (key == "fromPods") return read_pods(value, out.from_pods);
  if (key == "toPods") return read_pods(value, out.to_pods);
  if (key == "replicasPerShard") return read_pods(value, out.replicas_per_shard);
  if (key == "replicaMigrationBefore") return keep(value.text(), out.replica_migration_before);
  if (key == "keep") return read_refs(value, out.keep);
  if (key == "victims") return read_refs(value, out.victims);
  if (key == "batch") return read_batch(value, out.batch);
  if (key == "takenBackFrom") return keep(value.text(), out.taken_back_from);
  if (key == "movedSlots") return keep(value.integer(), out.moved_slots);
  if (key == "totalSlots") return keep(value.integer(), out.total_slots);
  if (key == "verifiedSinceMs") return read_time(value, out.verified_since);
  return {};
}

}  // namespace

std::string_view to_text(Direction direction) {
  return direction == Direction::Up ? "Up" : "Down";
}

bool Journal::keeps(std::string_view id) const {
  return named_in(keep, id);
}

bool Journal::is_victim(std::string_view id) const {
  return named_in(victims, id);
}

std::string_view Journal::target_of(Slot slot) const {
  for (const Assignment& assignment : batch) {
    for (const SlotRange& range : assignment.slots) {
      if (range.first <= slot && slot <= range.last) return assignment.target;
    }
  }
  return {};
}

std::string to_json(const Journal& journal) {
  wire::JsonWriter out;
  out.begin_object()
      .member("version", kJournalVersion)
      .member("planId", journal.plan_id)
      .member("epoch", journal.epoch)
      .member("statefulSetUid", journal.stateful_set_uid)
      .member("direction", to_text(journal.direction))
      .member("fromPods", journal.from_pods)
      .member("toPods", journal.to_pods)
      .member("replicasPerShard", journal.replicas_per_shard)
      .member("replicaMigrationBefore", journal.replica_migration_before);
  write_refs(out, "keep", journal.keep);
  write_refs(out, "victims", journal.victims);
  out.key("batch").begin_array();
  for (const Assignment& assignment : journal.batch) {
    out.begin_object()
        .member("slots", to_text(assignment.slots))
        .member("target", assignment.target)
        .end_object();
  }
  out.end_array();
  if (!journal.taken_back_from.empty()) out.member("takenBackFrom", journal.taken_back_from);
  out.member("movedSlots", journal.moved_slots).member("totalSlots", journal.total_slots);
  if (journal.verified_since) {
    const auto since = std::chrono::floor<std::chrono::milliseconds>(*journal.verified_since);
    out.member("verifiedSinceMs", since.time_since_epoch().count());
  }
  out.end_object();
  return std::move(out).text();
}

Result<Journal> parse_journal(std::string_view json) {
  Journal out;
  wire::JsonReader reader;
  bool versioned = false;
  EVALSCALER_TRY(reader.read_copy(json, [&](JsonCursor& root) {
    return root.members([&](std::string_view key, JsonCursor& value) {
      versioned = versioned || key == "version";
      return read_member(key, value, out);
    });
  }));
  if (!versioned) return fail(ErrorKind::Invalid, "version: is missing from the journal");
  const int shard = out.replicas_per_shard + 1;
  if (out.replicas_per_shard < 0 || out.from_pods < shard || out.to_pods < shard) {
    return fail(ErrorKind::Invalid, "fromPods, toPods: smaller than one shard");
  }
  return out;
}

}  // namespace evalscaler::redis
