// SPDX-License-Identifier: Apache-2.0
#include "wire/redis_decoder.hpp"

#include <hiredis/read.h>

#include <memory>
#include <new>
#include <utility>

namespace evalscaler::wire {
namespace {

using Type = RedisReply::Type;
constexpr std::size_t kMaxElements = 1'000'000;

// Into its place in the array above it, or to the heap if it is the whole answer. Null (which
// the reader takes for a lack of memory) when it cannot be had; hiredis is C: nothing may throw
// through it.
void* place(const redisReadTask* task, RedisReply&& reply) noexcept {
  if (task->parent == nullptr) return new (std::nothrow) RedisReply(std::move(reply));
  auto* parent = static_cast<RedisReply*>(task->parent->obj);
  auto& slot = parent->items[static_cast<std::size_t>(task->idx)];
  slot = std::move(reply);
  return &slot;
}

Type type_of(int type) {
  if (type == REDIS_REPLY_ERROR) return Type::Error;
  return type == REDIS_REPLY_STATUS ? Type::Status : Type::Text;
}

void* create_string(const redisReadTask* task, char* text, std::size_t size) noexcept {
  try {
    return place(task, {type_of(task->type), 0, std::string(text, size), {}});
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// The count is an int in hiredis 0.14 and a size_t from 1.0 on.
template <typename Count>
void* create_array(const redisReadTask* task, Count count) {
  const auto wanted = static_cast<std::size_t>(count);
  if (wanted > kMaxElements) return nullptr;
  try {
    RedisReply reply{Type::Array, 0, {}, {}};
    reply.items.resize(wanted);
    return place(task, std::move(reply));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

// NOLINTNEXTLINE(google-runtime-int): the library's signature
void* create_integer(const redisReadTask* task, long long value) {
  return place(task, {Type::Integer, value, {}, {}});
}

void* create_nil(const redisReadTask* task) {
  return place(task, {});
}

void free_object(void* object) {
  delete static_cast<RedisReply*>(object);
}

redisReplyObjectFunctions& functions() {
  static redisReplyObjectFunctions table = [] {
    redisReplyObjectFunctions made{};
    made.createString = create_string;
    made.createArray = create_array;
    made.createInteger = create_integer;
    made.createNil = create_nil;
    made.freeObject = free_object;
    return made;
  }();
  return table;
}

}  // namespace

void use_decoder(redisReader& reader) {
  reader.fn = &functions();
}

RedisReply take_decoded(void* reply) {
  const std::unique_ptr<RedisReply> owned(static_cast<RedisReply*>(reply));
  return std::move(*owned);
}

bool decode_replies(std::string_view bytes, std::vector<RedisReply>& replies) {
  const std::unique_ptr<redisReader, decltype(&redisReaderFree)> reader(
      redisReaderCreateWithFunctions(&functions()), &redisReaderFree);
  if (!reader || redisReaderFeed(reader.get(), bytes.data(), bytes.size()) != REDIS_OK) {
    return false;
  }
  for (;;) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader.get(), &reply) != REDIS_OK) return false;
    if (reply == nullptr) return true;
    replies.push_back(take_decoded(reply));
  }
}

}  // namespace evalscaler::wire
