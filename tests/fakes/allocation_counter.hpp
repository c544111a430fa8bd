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

inline void* counted(std::size_t size) {
  ++allocations();
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
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
