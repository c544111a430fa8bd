// SPDX-License-Identifier: Apache-2.0
#include "simulation/redis/schedule.hpp"

#include <algorithm>

namespace evalscaler::simulation {

Schedule::~Schedule() {
  end();
}

void Schedule::end() {
  ending_ = true;
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    std::unique_lock lock(mutex_);
    if (!actors_[i]->over) {
      hand_over(i + 1);
      wait_for_turn(0, lock);
    }
    lock.unlock();
    if (actors_[i]->thread.joinable()) actors_[i]->thread.join();
  }
}

void Schedule::after(Nanos delay, std::function<void()> event) {
  due_.emplace(std::pair(now() + std::max(delay, Nanos(0)), ++order_), Due{0, std::move(event)});
}

void Schedule::start(std::function<void()> body) {
  const std::size_t me = actors_.size() + 1;
  {
    const std::scoped_lock lock(mutex_);  // those that wait look themselves up in it
    actors_.push_back(std::make_unique<Actor>());
  }
  due_.emplace(std::pair(now(), ++order_), Due{me, {}});
  actors_.back()->thread = std::thread([this, me, body = std::move(body)] { run_actor(me, body); });
}

void Schedule::run_actor(std::size_t me, const std::function<void()>& body) {
  {
    std::unique_lock lock(mutex_);
    wait_for_turn(me, lock);
  }
  if (!ending_) {
    try {
      body();
    } catch (const ActorEnds&) {
    } catch (...) {
      note_failure();
    }
  }
  std::size_t next = 0;
  try {
    next = ending_ || failure_ ? 0 : next_actor();
  } catch (...) {
    note_failure();
  }
  const std::scoped_lock lock(mutex_);
  actors_[me - 1]->over = true;
  hand_over(next);
}

void Schedule::note_failure() {
  if (!failure_) failure_ = std::current_exception();
}

void Schedule::run_for(Nanos duration) {
  sleep(duration);
  if (failure_) std::rethrow_exception(failure_);
}

void Schedule::sleep(Nanos duration) {
  if (ending_) throw ActorEnds{};
  const std::size_t me = turn_;
  due_.emplace(std::pair(now() + std::max(duration, Nanos(0)), ++order_), Due{me, {}});
  pass_until_turn(me);
  if (me != 0 && (ending_ || failure_)) throw ActorEnds{};
}

void Schedule::pass_until_turn(std::size_t me) {
  std::size_t next = 0;
  try {
    next = failure_ ? 0 : next_actor();
  } catch (...) {
    note_failure();
  }
  if (next == me) return;
  std::unique_lock lock(mutex_);
  hand_over(next);
  wait_for_turn(me, lock);
}

void Schedule::hand_over(std::size_t to) {
  turn_ = to;
  (to == 0 ? turned_ : actors_[to - 1]->turned).notify_one();
}

void Schedule::wait_for_turn(std::size_t me, std::unique_lock<std::mutex>& lock) {
  std::condition_variable& turned = me == 0 ? turned_ : actors_[me - 1]->turned;
  turned.wait(lock, [&] { return turn_ == me; });
}

// Events that are due before are run on the way. The owner is always asleep somewhere.
std::size_t Schedule::next_actor() {
  for (;;) {
    auto next = due_.extract(due_.begin());
    clock_.advance_to(next.key().first);
    if (!next.mapped().event) {
      const std::size_t actor = next.mapped().actor;
      if (actor != 0 && actors_[actor - 1]->over) continue;
      return actor;
    }
    next.mapped().event();
  }
}

}  // namespace evalscaler::simulation
