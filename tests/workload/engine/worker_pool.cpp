// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/worker_pool.hpp"

namespace evalscaler::workload {

WorkerPool::WorkerPool(Size size) : queue_(size.queue) {
  workers_.reserve(size.workers);
  for (std::size_t made = 0; made < size.workers; ++made) {
    workers_.emplace_back([this] {
      while (auto job = queue_.pop()) (*job)();
    });
  }
}

WorkerPool::~WorkerPool() {
  queue_.close();
  queue_.clear();
}

}  // namespace evalscaler::workload
