// SPDX-License-Identifier: Apache-2.0
// RecordedEvents: an EventRecorder that keeps what it was told, for tests.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/guarded.hpp"
#include "kube/event_recorder.hpp"

namespace evalscaler::fakes {

class RecordedEvents final : public kube::EventRecorder {
 public:
  // "Warning TargetNotFound" and so on, in order.
  std::vector<std::string> reasons() const {
    return events_.with([](const std::vector<Event>& events) {
      std::vector<std::string> out;
      for (const Event& event : events) out.push_back(event.type_and_reason);
      return out;
    });
  }
  // How often `what`, as in reasons().
  std::ptrdiff_t count(std::string_view what) const {
    const auto all = reasons();
    return std::count(all.begin(), all.end(), what);
  }
  std::string last_note() const {
    return events_.with([](const std::vector<Event>& events) {
      return events.empty() ? std::string() : events.back().note;
    });
  }

  void record(const kube::ObjectReference&, kube::EventType type, const std::string& reason,
              const std::string&, const std::string& note) override {
    const std::string prefix = type == kube::EventType::Warning ? "Warning " : "Normal ";
    events_.with([&](std::vector<Event>& events) { events.push_back({prefix + reason, note}); });
  }

 private:
  struct Event {
    std::string type_and_reason;
    std::string note;
  };
  Guarded<std::vector<Event>> events_;
};

}  // namespace evalscaler::fakes
