// SPDX-License-Identifier: Apache-2.0
// AllocationCounter: counts every allocation of a test program. For exactly one file of one: it
// replaces operator new. Counts those of the calling thread.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <new>

namespace evalscaler::fakes {

inline std::size_t& allocations() {
  thread_local std::size_t count = 0;
  return count;
}

inline void* counted_or_null(std::size_t size) noexcept {
  ++allocations();
  return std::malloc(size == 0 ? 1 : size);
}

inline void* counted(std::size_t size) {
  if (void* memory = counted_or_null(size)) return memory;
  throw std::bad_alloc();
}

}  // namespace evalscaler::fakes

// Not inlined: g++ would see malloc() on one side of a pair and operator delete on the other.
[[gnu::noinline]] void* operator new(std::size_t size) {
  return evalscaler::fakes::counted(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size) {
  return evalscaler::fakes::counted(size);
}
// Without these a sanitizer's own would answer, whose memory operator delete below must not free.
[[gnu::noinline]] void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return evalscaler::fakes::counted_or_null(size);
}
[[gnu::noinline]] void* operator new[](std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  return evalscaler::fakes::counted_or_null(size);
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
