// SPDX-License-Identifier: Apache-2.0
#include "wire/answer_buffer.hpp"

#include <stdexcept>
#include <string_view>
#include <utility>

#include "wire/receive_ledger.hpp"

namespace evalscaler::wire {
namespace {

// Makes the library end the transfer and close the connection.
void push(Exchange& exchange, const uint8_t* bytes, std::size_t count) {
  receive_ledger().give(count);
  if (!exchange.take_bytes({reinterpret_cast<const char*>(bytes), count})) {
    throw std::runtime_error("no more of this answer is wanted");
  }
}

}  // namespace

AnswerBuffer::AnswerBuffer(std::shared_ptr<Exchange> exchange,
                           pplx::task_completion_event<void> headers_taken)
    : OneWayBuffer(std::ios_base::out),
      exchange_(std::move(exchange)),
      headers_taken_(std::move(headers_taken)) {}

AnswerBuffer::~AnswerBuffer() {
  exchange_->release();
}

pplx::task<std::size_t> AnswerBuffer::_putn(const uint8_t* bytes, std::size_t count) {
  if (!exchange_->headers_taken()) {
    return pplx::create_task(headers_taken_).then([exchange = exchange_, bytes, count] {
      push(*exchange, bytes, count);
      return count;
    });
  }
  try {
    push(*exchange_, bytes, count);
    return pplx::task_from_result(count);
  } catch (const std::exception&) {
    return pplx::task_from_exception<std::size_t>(std::current_exception());
  }
}

}  // namespace evalscaler::wire
