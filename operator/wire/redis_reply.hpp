// SPDX-License-Identifier: Apache-2.0
// RedisReply: one answer of a Redis server (RESP2) as a value, and what its errors mean.
//
// An error reply is a value too: only the caller knows whether BUSYKEY is a failure. The kind
// of an error is read from its code, the first word, never from the rest of the text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace evalscaler::wire {

using RedisCommand = std::vector<std::string>;

struct RedisReply {
  enum class Type { Nil, Integer, Status, Text, Array, Error };
  Type type = Type::Nil;
  std::int64_t integer = 0;
  std::string text;  // of a Status, Text or Error
  std::vector<RedisReply> items;

  bool is_error() const { return type == Type::Error; }
  bool is_text() const { return type == Type::Text || type == Type::Status; }

  static RedisReply status(std::string text) { return {Type::Status, 0, std::move(text), {}}; }
  static RedisReply bulk(std::string text) { return {Type::Text, 0, std::move(text), {}}; }
  static RedisReply error(std::string text) { return {Type::Error, 0, std::move(text), {}}; }
  static RedisReply number(std::int64_t value) { return {Type::Integer, value, {}, {}}; }
  static RedisReply array(std::vector<RedisReply> items) {
    return {Type::Array, 0, {}, std::move(items)};
  }
};

enum class RedisFault {
  Moved,          // another node owns the slot
  Ask,            // the slot is on its way, this key is at the other node
  TryAgain,       // keys of one command are on both sides of a move
  CrossSlot,      // keys of one command lie in different slots
  ClusterDown,    // slots are not served
  Loading,        // reading its data from disk
  Busy,           // a script runs
  MasterDown,     // a replica without its master that must not serve old data
  ReadOnly,       // a replica was written to
  NotAuthorized,  // NOAUTH, WRONGPASS
  NotPermitted,   // NOPERM: the user may not run the command
  InputOutput,    // MIGRATE lost the other node: the keys may be on both
  BusyKey,        // the key exists at the target
  OutOfMemory,    // maxmemory is reached
  Unwritable,     // MISCONF, NOREPLICAS: the server refuses writes by its own rules
  Other,          // ERR and what is not listed
};

// Of an error's text. An error that MIGRATE passes on from its target is classified by what the
// target said ("ERR Target instance replied with error: BUSYKEY ...").
RedisFault redis_fault(std::string_view error_text);
std::string_view to_text(RedisFault fault);

// "host:port" out of a MOVED or ASK error; empty if it is neither.
std::string_view redirection_target(std::string_view error_text);

}  // namespace evalscaler::wire
