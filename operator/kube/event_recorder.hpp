// SPDX-License-Identifier: Apache-2.0
// EventRecorder: tells users what happened, as events.k8s.io/v1 Events on their object.
//
// Names are deterministic, so that a create that may have been executed can be sent again
// and AlreadyExists is success. Repeats within 10 min become one series.
// Recording never blocks a visit: events go through a bounded queue and one thread of their
// own; what does not fit is dropped and counted. Thread-safe.
#pragma once

#include <cstdint>
#include <string>

#include "core/object_key.hpp"

namespace evalscaler::kube {

struct ObjectReference {
  std::string api_version;
  std::string kind;
  ObjectKey key;
  std::string uid;
  std::string resource_version;
};

enum class EventType { Normal, Warning };

class EventRecorder {
 public:
  virtual ~EventRecorder() = default;
  // `reason` and `action` are CamelCase; `note` is for people, cut at 1 kB.
  virtual void record(const ObjectReference& about, EventType type, const std::string& reason,
                      const std::string& action, const std::string& note) = 0;
};

}  // namespace evalscaler::kube
