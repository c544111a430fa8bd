// SPDX-License-Identifier: Apache-2.0
#include "redis/slot_commands.hpp"

namespace evalscaler::redis {

using wire::RedisCommand;

std::vector<RedisCommand> setslot_all(const std::vector<Slot>& slots, const std::string& what,
                                      const std::string& id) {
  std::vector<RedisCommand> commands;
  commands.reserve(slots.size());
  for (const Slot slot : slots) {
    commands.push_back({"CLUSTER", "SETSLOT", std::to_string(slot), what, id});
  }
  return commands;
}

std::vector<RedisCommand> setslot_stable(const std::vector<Slot>& slots) {
  std::vector<RedisCommand> commands;
  commands.reserve(slots.size());
  for (const Slot slot : slots) {
    commands.push_back({"CLUSTER", "SETSLOT", std::to_string(slot), "STABLE"});
  }
  return commands;
}

RedisCommand keys_in(Slot slot, std::int64_t at_most) {
  return {"CLUSTER", "GETKEYSINSLOT", std::to_string(slot), std::to_string(at_most)};
}

RedisCommand count_keys_in(Slot slot) {
  return {"CLUSTER", "COUNTKEYSINSLOT", std::to_string(slot)};
}

std::vector<RedisCommand> count_keys_in(const std::vector<Slot>& slots) {
  std::vector<RedisCommand> commands;
  commands.reserve(slots.size());
  for (const Slot slot : slots) commands.push_back(count_keys_in(slot));
  return commands;
}

RedisCommand migrate_command(const std::vector<SizedKey>& keys, const Address& target,
                             const wire::RedisAccess& access, MigrateMode mode,
                             std::chrono::milliseconds io_timeout) {
  RedisCommand command{"MIGRATE", target.host, std::to_string(target.port),
                       "",        "0",         std::to_string(io_timeout.count())};
  if (mode == MigrateMode::Replace) command.push_back("REPLACE");
  if (!access.password.empty()) {
    if (access.user.empty()) {
      command.insert(command.end(), {"AUTH", access.password});
    } else {
      command.insert(command.end(), {"AUTH2", access.user, access.password});
    }
  }
  command.push_back("KEYS");
  for (const SizedKey& key : keys) command.push_back(key.name);
  return command;
}

}  // namespace evalscaler::redis
