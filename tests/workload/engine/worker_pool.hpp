// SPDX-License-Identifier: Apache-2.0
// WorkerPool: a fixed number of threads that run jobs from a bounded queue. Jobs must not throw.
// Destroying the pool drops what is still queued and waits for the jobs being run. Safe from any
// thread.
#pragma once

#include <cstddef>
#include <functional>
#include <thread>
#include <vector>

#include "workload/engine/bounded_queue.hpp"

namespace evalscaler::workload {

class WorkerPool {
 public:
  using Job = std::function<void()>;

  struct Size {
    std::size_t workers;
    std::size_t queue;  // jobs that may wait, beyond those being run
  };

  explicit WorkerPool(Size size);
  ~WorkerPool();
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full: the job will not run.
  [[nodiscard]] bool try_submit(Job job) { return queue_.try_push(std::move(job)); }

  // Jobs waiting for a worker.
  [[nodiscard]] std::size_t queue_depth() const { return queue_.size(); }

 private:
  BoundedQueue<Job> queue_;
  std::vector<std::jthread> workers_;
};

}  // namespace evalscaler::workload
