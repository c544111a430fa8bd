// SPDX-License-Identifier: Apache-2.0
// ProcessState: one run of the operator as the machine under it sees it.
//
// A process that is killed has frames of its own on the stack: the first of them that comes back
// from a request throws Crash through the operator's code, and it is gone when the last has left.
#pragma once

#include <functional>
#include <string>

#include "simulation/random_stream.hpp"
#include "simulation/virtual_clock.hpp"

namespace evalscaler::simulation {

// No std::exception, so that nothing on its way takes it for one of its own.
struct Crash {};

struct ProcessState {
  std::string name;
  bool killed = false;
  int frames = 0;
  SteadyTime frozen_until{};
};

// How time passes while a request of a process is under way: everything else goes on.
class Passage {
 public:
  virtual ~Passage() = default;
  // Throws Crash if the process was killed meanwhile. Requests wait inside of each other; too
  // deep inside nothing takes time.
  virtual void pass(Nanos duration, ProcessState& process) = 0;
  // Something that happens later, whoever is still alive then.
  virtual void later(Nanos after, std::function<void()> what) = 0;
  virtual bool faults_last() const = 0;
  // Not while another process is in the middle of a request, which would be held up with it.
  virtual bool may_freeze(const ProcessState& process) const = 0;
};

}  // namespace evalscaler::simulation
