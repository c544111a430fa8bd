// SPDX-License-Identifier: Apache-2.0
#include "kube/api_event_recorder.hpp"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "core/text.hpp"
#include "core/time_text.hpp"
#include "kube/resource_path.hpp"
#include "telemetry/log.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::kube {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kQueue = 256;
constexpr std::size_t kNote = 1024;  // the server refuses longer ones
constexpr std::size_t kName = 253;
constexpr std::size_t kRememberedSeries = 1024;
constexpr std::chrono::minutes kSeries{10};
constexpr std::chrono::minutes kRepeatWrites{1};
constexpr int kAttempts = 3;
constexpr std::chrono::milliseconds kBetweenAttempts{1000};
// Old news is not worth more patience, and the queue behind it is short.
constexpr std::chrono::seconds kLongestWait{30};
constexpr const char* kController = "evalscaler.io/evalscaler";

const Resource& events() {
  static const Resource resource{"events.k8s.io", "v1", "events", "Event"};
  return resource;
}

// Events of cluster-scoped objects live in "default".
std::string space_of(const ObjectReference& about) {
  return about.key.space.empty() ? "default" : about.key.space;
}

// FNV-1a, 64 bits: the same text has the same hash in every process.
std::string hash_text(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
  for (int shift = 60; shift >= 0; shift -= 4)
    out += kHex[hash >> static_cast<unsigned>(shift) & 0xFU];
  return out;
}

std::string event_name(const ObjectReference& about, const std::string& hash) {
  std::string name = about.key.name.substr(0, kName - 1 - hash.size());
  // A cut must not leave a label that ends in punctuation.
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  return name + "." + hash;
}

void write_reference(wire::JsonWriter& json, const ObjectReference& about) {
  json.key("regarding").begin_object();
  json.member("apiVersion", about.api_version).member("kind", about.kind);
  json.member_if_set("namespace", about.key.space);
  json.member("name", about.key.name).member_if_set("uid", about.uid);
  json.member_if_set("resourceVersion", about.resource_version);
  json.end_object();
}

bool worth_another_try(ErrorKind kind) {
  return kind == ErrorKind::Unavailable || kind == ErrorKind::OutcomeUnknown;
}

}  // namespace

ApiEventRecorder::ApiEventRecorder(KubeApi& api, Clock& clock, telemetry::Metrics& metrics,
                                   std::string instance)
    : api_(api),
      clock_(clock),
      metrics_(metrics),
      instance_(one_line(instance.empty() ? "evalscaler" : instance, 128)) {}

std::string ApiEventRecorder::Event::identity() const {
  constexpr char kSeparator = '\0';
  return about.uid + kSeparator + about.key.text() + kSeparator + reason + kSeparator + action +
         kSeparator + note;
}

void ApiEventRecorder::record(const ObjectReference& about, EventType type,
                              const std::string& reason, const std::string& action,
                              const std::string& note) {
  Event event{about, type, reason, action, one_line(note, kNote), clock_.wall()};
  {
    const std::lock_guard lock(mutex_);
    if (queue_.size() < kQueue) {
      queue_.push_back(std::move(event));
      arrived_.notify_one();
      return;
    }
  }
  metrics_.add(telemetry::Metric::Events, {"dropped"});
}

void ApiEventRecorder::run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (clock_.wait(arrived_, lock, SteadyTime::max(), stop, [&] { return !queue_.empty(); })) {
    const Event event = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    write(event, stop);
    lock.lock();
    if (stop.stop_requested()) return;
  }
}

void ApiEventRecorder::write(const Event& event, const std::stop_token& stop) {
  const SteadyTime now = clock_.steady();
  const std::string identity = event.identity();
  const auto known = series_.find(identity);
  if (known != series_.end() && now - known->second.last < kSeries) {
    Series& series = known->second;
    ++series.count;
    series.last = now;
    // A count that moves every few seconds tells no more than one that moves every minute.
    if (now - series.last_write < kRepeatWrites && series.count > 2) return;
    series.last_write = now;
    const auto repeated = repeat(event, series, stop);
    if (repeated) return metrics_.add(telemetry::Metric::Events, {"repeated"});
    if (repeated.error().kind != ErrorKind::NotFound) return report(event, repeated.error());
    series_.erase(known);  // it expired in the cluster: begin a new one
  }
  // The time's ten minutes are part of the name: a resend or a restart finds its own event,
  // the same news half an hour later is a new one.
  const auto window =
      std::chrono::floor<std::chrono::minutes>(event.time).time_since_epoch() / kSeries;
  const std::string name = event_name(event.about, hash_text(identity + std::to_string(window)));
  const auto created = create(event, name, stop);
  if (!created) return report(event, created.error());
  forget_old_series();
  series_.insert_or_assign(identity, Series{name, 1, now, now});
  metrics_.add(telemetry::Metric::Events, {"created"});
}

Result<void> ApiEventRecorder::create(const Event& event, const std::string& name,
                                      const std::stop_token& stop) {
  wire::JsonWriter json;
  json.begin_object().member("apiVersion", events().api_version()).member("kind", events().kind);
  json.key("metadata").begin_object();
  json.member("name", name).member("namespace", space_of(event.about)).end_object();
  json.member("eventTime", micro_time_text(event.time));
  json.member("reportingController", kController).member("reportingInstance", instance_);
  json.member("action", event.action).member("reason", event.reason);
  json.member("type", event.type == EventType::Normal ? "Normal" : "Warning");
  json.member("note", event.note);
  write_reference(json, event.about);
  json.end_object();
  const std::string collection = collection_path(events(), space_of(event.about));
  return attempted(stop, [&] { return api_.create(collection, json.text(), stop); });
}

Result<void> ApiEventRecorder::repeat(const Event& event, const Series& series,
                                      const std::stop_token& stop) {
  wire::JsonWriter json;
  json.begin_object().key("series").begin_object();
  json.member("count", series.count).member("lastObservedTime", micro_time_text(event.time));
  json.end_object().end_object();
  const std::string path = object_path(events(), {space_of(event.about), series.name});
  return attempted(stop, [&] { return api_.patch(path, PatchType::Merge, json.text(), stop); });
}

// Both requests may be sent twice without harm. What already exists is what we wanted.
Result<void> ApiEventRecorder::attempted(const std::stop_token& stop,
                                         FunctionRef<Result<std::string>()> request) {
  for (int attempt = 1;; ++attempt) {
    const auto answer = request();
    if (answer || answer.error().kind == ErrorKind::Conflict) return {};
    if (attempt == kAttempts || !worth_another_try(answer.error().kind)) return answer.error();
    const std::chrono::milliseconds asked = answer.error().retry_after.value_or(0s);
    if (asked > kLongestWait) return answer.error();
    if (!clock_.sleep_for(std::max(kBetweenAttempts, asked), stop)) return answer.error();
  }
}

void ApiEventRecorder::forget_old_series() {
  if (series_.size() < kRememberedSeries) return;
  const SteadyTime oldest = clock_.steady() - kSeries;
  std::erase_if(series_, [&](const auto& entry) { return entry.second.last < oldest; });
  if (series_.size() >= kRememberedSeries) series_.clear();
}

void ApiEventRecorder::report(const Event& event, const Error& error) {
  if (error.kind == ErrorKind::Cancelled) return;
  metrics_.add(telemetry::Metric::Events, {"failed"});
  telemetry::log_warning(
      "event not written",
      {{"object", event.about.key.text()}, {"reason", event.reason}, {"error", error.message}});
}

}  // namespace evalscaler::kube
