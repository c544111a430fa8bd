// SPDX-License-Identifier: Apache-2.0
// Schedule: virtual time for several actors that run turn by turn, in an order that follows from
// their sleeps alone.
//
// Each actor has a thread, so that it can be left in the middle of anything; one runs at a time,
// until it sleeps. Events run on whichever thread is about to sleep, and must not sleep.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "simulation/random_stream.hpp"
#include "simulation/virtual_clock.hpp"

namespace evalscaler::simulation {

// Thrown out of sleep() into an actor that shall end. No std::exception: nobody catches it.
struct ActorEnds {};

class Schedule {
 public:
  Schedule() = default;
  ~Schedule();
  Schedule(const Schedule&) = delete;
  Schedule& operator=(const Schedule&) = delete;

  const VirtualClock& clock() const { return clock_; }
  SteadyTime now() const { return clock_.steady(); }

  void after(Nanos delay, std::function<void()> event);
  // Begins at once, that is when the others sleep. What it throws ends run_for().
  void start(std::function<void()> body);
  // By the owner of the schedule; rethrows what an actor or an event threw.
  void run_for(Nanos duration);
  // All actors end; nothing happens any more.
  void end();
  // By an actor, or within an event's caller.
  void sleep(Nanos duration);

 private:
  struct Actor {
    std::thread thread;
    std::condition_variable turned;  // to it
    bool over = false;
  };
  struct Due {
    std::size_t actor = 0;  // who wakes up, unless there is an event
    std::function<void()> event;
  };

  void pass_until_turn(std::size_t me);
  std::size_t next_actor();
  // Both with the mutex held.
  void hand_over(std::size_t to);
  void wait_for_turn(std::size_t me, std::unique_lock<std::mutex>& lock);
  void run_actor(std::size_t me, const std::function<void()>& body);
  void note_failure();

  VirtualClock clock_;
  std::map<std::pair<SteadyTime, std::size_t>, Due> due_;
  std::size_t order_ = 0;
  std::vector<std::unique_ptr<Actor>> actors_;  // numbered from 1; 0 is the owner
  std::mutex mutex_;
  std::condition_variable turned_;  // to the owner
  std::size_t turn_ = 0;
  bool ending_ = false;
  std::exception_ptr failure_;
};

// The clock that the code under test is given.
class ActorClock final : public Clock {
 public:
  explicit ActorClock(Schedule& schedule) : schedule_(schedule) {}
  WallTime wall() const override { return schedule_.clock().wall(); }
  SteadyTime steady() const override { return schedule_.now(); }
  bool wait(std::condition_variable_any&, std::unique_lock<std::mutex>&, SteadyTime deadline,
            const std::stop_token&, FunctionRef<bool()> ready) override {
    schedule_.sleep(deadline - schedule_.now());
    return ready();
  }

 private:
  Schedule& schedule_;
};

}  // namespace evalscaler::simulation
