// SPDX-License-Identifier: Apache-2.0
// store: puts a value that was read where it belongs, or hands its error on.
#pragma once

#include <utility>

#include "core/result.hpp"

namespace evalscaler::kube {

template <typename T, typename U>
Result<void> store(Result<U> read, T& into) {
  if (!read) return std::move(read).error();
  into = std::move(read).value();
  return {};
}

}  // namespace evalscaler::kube
