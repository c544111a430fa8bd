// SPDX-License-Identifier: Apache-2.0
// BodyBuffer: the read-only stream a request's body is taken from, once.
//
// The HTTP library silently sends a request again whose pooled connection broke, although it
// may have been executed. It cannot rewind this stream, and reports the fault instead. And
// the exchange learns whether any of the body was ever taken, which tells "not sent" from
// "unknown" without reading error texts.
#pragma once

#include <memory>

#include "wire/exchange.hpp"
#include "wire/one_way_buffer.hpp"

namespace evalscaler::wire {

class BodyBuffer final : public OneWayBuffer {
 public:
  explicit BodyBuffer(std::shared_ptr<Exchange> exchange);

 protected:
  pplx::task<std::size_t> _getn(uint8_t* bytes, std::size_t count) override;

 private:
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace evalscaler::wire
