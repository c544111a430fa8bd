// SPDX-License-Identifier: Apache-2.0
// Content hash: the same number for the same bytes on every machine and in every run, which
// std::hash does not promise. Pure; not for secrets.
#pragma once

#include <cstdint>
#include <string_view>

namespace evalscaler::workload {

// One round of the SplitMix64 output function: spreads every input bit over all output bits.
[[nodiscard]] constexpr std::uint64_t mixed(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15ULL;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31);
}

// FNV-1a over the bytes, started from `seed`, then mixed.
[[nodiscard]] constexpr std::uint64_t content_hash(std::string_view bytes, std::uint64_t seed) {
  std::uint64_t hash = 0xcbf29ce484222325ULL ^ mixed(seed);
  for (const char byte : bytes) {
    hash ^= static_cast<unsigned char>(byte);
    hash *= 0x100000001b3ULL;
  }
  return mixed(hash);
}

}  // namespace evalscaler::workload
