// SPDX-License-Identifier: Apache-2.0
// Guarded<T>: a value that can only be touched while its mutex is held.
#pragma once

#include <mutex>
#include <utility>

namespace evalscaler {

template <typename T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T value) : value_(std::move(value)) {}

  // Calls `use(T&)` under the lock. Do not let a reference to the value escape.
  template <typename F>
  decltype(auto) with(F&& use) {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(value_);
  }
  template <typename F>
  decltype(auto) with(F&& use) const {
    const std::lock_guard lock(mutex_);
    return std::forward<F>(use)(std::as_const(value_));
  }

 private:
  mutable std::mutex mutex_;
  T value_{};
};

}  // namespace evalscaler
