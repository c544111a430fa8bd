// SPDX-License-Identifier: Apache-2.0
// Fenced connections: nothing is sent to a data store by a process that does not lead any more.
//
// A Redis server knows of no lease, so the deadline is asked right before each send (F2): what
// was decided before a pause of this process is not sent after it.
#pragma once

#include <functional>
#include <memory>

#include "wire/redis_connection.hpp"

namespace evalscaler::targets {

// `may_write` is asked before every send; null: nobody is asked, and `inner` is given back. Where
// it says no the answer is Cancelled and nothing was sent. Thread-safe if `may_write` is.
std::unique_ptr<wire::RedisConnector> fenced(std::unique_ptr<wire::RedisConnector> inner,
                                             std::function<bool()> may_write);

}  // namespace evalscaler::targets
