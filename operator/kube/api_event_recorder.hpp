// SPDX-License-Identifier: Apache-2.0
// ApiEventRecorder: EventRecorder over KubeApi (events.k8s.io/v1).
//
// record() only queues; run() writes, one event at a time, on a thread of its own. An event is
// tried a few times and then counted as failed: events are courtesy, never worth a stall.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <map>
#include <mutex>
#include <stop_token>
#include <string>

#include "core/clock.hpp"
#include "kube/event_recorder.hpp"
#include "kube/kube_api.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::kube {

class ApiEventRecorder final : public EventRecorder {
 public:
  // `instance` tells our processes apart (the pod's or host's name). References must outlive
  // the recorder.
  ApiEventRecorder(KubeApi& api, Clock& clock, telemetry::Metrics& metrics, std::string instance);

  void record(const ObjectReference& about, EventType type, const std::string& reason,
              const std::string& action, const std::string& note) override;
  void run(const std::stop_token& stop);

 private:
  struct Event {
    ObjectReference about;
    EventType type = EventType::Normal;
    std::string reason;
    std::string action;
    std::string note;
    WallTime time;
    std::string identity() const;
  };
  // One event object in the cluster and how often its event has happened.
  struct Series {
    std::string name;
    int count = 1;
    SteadyTime last;
    SteadyTime last_write;
  };

  void write(const Event& event, const std::stop_token& stop);
  Result<void> create(const Event& event, const std::string& name, const std::stop_token& stop);
  Result<void> repeat(const Event& event, const Series& series, const std::stop_token& stop);
  Result<void> attempted(const std::stop_token& stop, FunctionRef<Result<std::string>()> request);
  void forget_old_series();
  void report(const Event& event, const Error& error);

  KubeApi& api_;
  Clock& clock_;
  telemetry::Metrics& metrics_;
  std::string instance_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<Event> queue_;
  std::map<std::string, Series> series_;  // by identity; run()'s thread only
};

}  // namespace evalscaler::kube
