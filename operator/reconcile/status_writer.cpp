// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_writer.hpp"

#include <string_view>
#include <utility>

#include "api/service_json.hpp"
#include "reconcile/live_service.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::reconcile {
namespace {

using Wait = std::optional<std::chrono::nanoseconds>;

std::string status_patch(const std::string& revision, const api::ServiceStatus& status) {
  wire::JsonWriter json;
  json.begin_object().key("metadata").begin_object();
  json.member("resourceVersion", revision).end_object().key("status");
  api::write_status(json, status);
  json.end_object();
  return std::move(json).text();
}

// Two statuses are the same for the API server if their texts are.
std::string text_of(const api::ServiceStatus& status) {
  wire::JsonWriter json;
  api::write_status(json, status);
  return std::move(json).text();
}

}  // namespace

const api::ServiceStatus& StatusWriter::present(const ServiceObject& service,
                                                ServiceMemory& memory) {
  const bool behind =
      memory.written && is_behind(service.meta.resource_version, memory.written_revision);
  if (behind) return *memory.written;
  memory.written.reset();
  return service.status;
}

Result<StatusWriter::Outcome> StatusWriter::write(const ServiceObject& service,
                                                  const api::ServiceStatus& old,
                                                  const api::ServiceStatus& wanted,
                                                  ServiceMemory& memory, SteadyTime now,
                                                  const std::stop_token& stop) {
  const Wait turn = turn_of(compare(old, wanted), service.spec.interval, memory, now);
  if (!turn) return Outcome{};
  if (turn->count() > 0) return Outcome{false, turn};

  const SteadyTime begin = steady_ ? steady_() : SteadyTime{};
  const auto answer = patch_fenced(service, old, wanted, memory, stop);
  if (steady_) {
    const std::chrono::duration<double> took = steady_() - begin;
    metrics_.observe(telemetry::Metric::StatusWriteSeconds, {}, took.count());
  }
  metrics_.add(telemetry::Metric::StatusWrites, {answer ? "success" : "error"});
  if (!answer) {
    return Error{answer.error().kind,
                 "status of " + service.meta.key.text() + ": " + answer.error().message,
                 answer.error().retry_after};
  }
  const auto now_there = decode_service(*answer);
  memory.written_revision = now_there ? now_there->meta.resource_version : std::string();
  memory.written = wanted;
  memory.written_at = now;
  memory.unwritten.clear();
  return Outcome{true, {}};
}

// A revision that moved though neither the spec nor the status did is somebody else's label or
// the like: what was reported is still true, and a busy object must not starve it (R31). Anything
// else is news: nothing more is done before the cache has it.
Result<std::string> StatusWriter::patch_fenced(const ServiceObject& service,
                                               const api::ServiceStatus& old,
                                               const api::ServiceStatus& wanted,
                                               ServiceMemory& memory, const std::stop_token& stop) {
  const ObjectKey& key = service.meta.key;
  std::string revision = memory.written ? memory.written_revision : service.meta.resource_version;
  for (int sends = 1;; ++sends) {
    auto answer = api_.patch(kube::object_path(service_resource(), key, "status"),
                             kube::PatchType::Merge, status_patch(revision, wanted), stop);
    const bool refused = !answer && answer.error().kind == ErrorKind::Conflict;
    if (!refused || sends == kMostStatusSends) return answer;
    const auto live = get_service(api_, key, stop);
    const bool moved = live && live->meta.uid == service.meta.uid &&
                       is_behind(revision, live->meta.resource_version);
    if (!moved) return answer;
    revision = live->meta.resource_version;
    if (live->meta.generation == service.meta.generation && text_of(live->status) == text_of(old)) {
      continue;
    }
    memory.must_show = revision;
    return answer;
  }
}

Wait StatusWriter::turn_of(StatusChange change, std::chrono::seconds interval,
                           const ServiceMemory& memory, SteadyTime now) {
  switch (change) {
    case StatusChange::None:
      return std::nullopt;
    case StatusChange::Moved:
      return takes_refresh(memory, now) ? Wait(0) : std::nullopt;
    case StatusChange::Counted: {
      const SteadyTime turn = memory.written_at ? *memory.written_at + interval : now;
      return turn > now ? Wait(turn - now) : Wait(0);
    }
    case StatusChange::Decided:
      return Wait(0);
  }
  return std::nullopt;
}

bool StatusWriter::takes_refresh(const ServiceMemory& memory, SteadyTime now) {
  if (memory.written_at && now - *memory.written_at < kRefreshEvery) return false;
  return last_refresh_.with([&](std::optional<SteadyTime>& last) {
    if (last && now - *last < kRefreshSpacing) return false;
    last = now;
    return true;
  });
}

}  // namespace evalscaler::reconcile
