// SPDX-License-Identifier: Apache-2.0
#include "wire/body_buffer.hpp"

#include <algorithm>
#include <stdexcept>
#include <string_view>
#include <utility>

namespace evalscaler::wire {

BodyBuffer::BodyBuffer(std::shared_ptr<Exchange> exchange)
    : OneWayBuffer(std::ios_base::in), exchange_(std::move(exchange)) {}

pplx::task<std::size_t> BodyBuffer::_getn(uint8_t* bytes, std::size_t count) {
  const auto part = exchange_->give_body(count);
  if (!part) {
    return pplx::task_from_exception<std::size_t>(
        std::runtime_error("the request was given up before it was sent"));
  }
  std::copy(part->begin(), part->end(), bytes);
  return pplx::task_from_result(part->size());
}

}  // namespace evalscaler::wire
