// SPDX-License-Identifier: Apache-2.0
// Lets hiredis' RESP reader build RedisReply values directly, with bounds of our own.
//
// Arrays of more than a million elements are refused before memory is taken for them.
#pragma once

#include "wire/redis_reply.hpp"

struct redisReader;

namespace evalscaler::wire {

void use_decoder(redisReader& reader);
// Takes over what the reader made (not null).
RedisReply take_decoded(void* reply);

// All replies in `bytes`, as if they had come from a server; false if that is no RESP2. Replies
// that are not whole are left out.
bool decode_replies(std::string_view bytes, std::vector<RedisReply>& replies);

}  // namespace evalscaler::wire
