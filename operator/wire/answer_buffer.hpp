// SPDX-License-Identifier: Apache-2.0
// AnswerBuffer: the write-only stream the HTTP library pushes an answer's body into.
//
// Pushing instead of pulling needs no reader thread and no queue, and bounds what is held:
// the library reads on only after a push has been taken. Its destruction tells the exchange
// that the library has let go of the request.
#pragma once

#include <pplx/pplxtasks.h>

#include <memory>

#include "wire/exchange.hpp"
#include "wire/one_way_buffer.hpp"

namespace evalscaler::wire {

class AnswerBuffer final : public OneWayBuffer {
 public:
  // `headers_taken` is set once the exchange knows the status: bytes that come earlier wait.
  AnswerBuffer(std::shared_ptr<Exchange> exchange, pplx::task_completion_event<void> headers_taken);
  ~AnswerBuffer() override;

 protected:
  pplx::task<std::size_t> _putn(const uint8_t* bytes, std::size_t count) override;

 private:
  std::shared_ptr<Exchange> exchange_;
  pplx::task_completion_event<void> headers_taken_;
};

}  // namespace evalscaler::wire
