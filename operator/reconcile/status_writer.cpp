// SPDX-License-Identifier: Apache-2.0
#include "reconcile/status_writer.hpp"

#include <compare>
#include <string_view>
#include <utility>

#include "api/service_json.hpp"
#include "kube/revision.hpp"
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

std::string revision_of(const std::string& answer) {
  wire::JsonReader reader;
  ServiceObject object;
  const auto read = reader.read_copy(answer, [&](wire::JsonCursor& root) -> Result<void> {
    auto service = read_service(root);
    if (!service) return service.error();
    object = std::move(service).value();
    return {};
  });
  return read ? object.meta.resource_version : std::string();
}

bool is_behind(const std::string& revision, const std::string& other) {
  const auto order = kube::compare_revisions(revision, other);
  return order && std::is_lt(*order);
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

  const std::string& revision =
      memory.written ? memory.written_revision : service.meta.resource_version;
  const auto answer = api_.patch(kube::object_path(service_resource(), service.meta.key, "status"),
                                 kube::PatchType::Merge, status_patch(revision, wanted), stop);
  metrics_.add(telemetry::Metric::StatusWrites, {answer ? "success" : "error"});
  if (!answer) {
    return Error{answer.error().kind,
                 "status of " + service.meta.key.text() + ": " + answer.error().message,
                 answer.error().retry_after};
  }
  memory.written_revision = revision_of(*answer);
  memory.written = wanted;
  memory.written_at = now;
  memory.unwritten.clear();
  return Outcome{true, {}};
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
