// SPDX-License-Identifier: Apache-2.0
// The ways in which a simulated process reaches the world: its clock, its API server, its
// connections to Redis. Everything takes time, may fail, and may be the process's last.
#pragma once

#include <memory>
#include <string>

#include "kube/kube_api.hpp"
#include "simulation/redis/plan_executor.hpp"
#include "wire/redis_connection.hpp"

namespace evalscaler::simulation {

class ExecutorClock final : public Clock {
 public:
  explicit ExecutorClock(PlanExecutor& process) : process_(process) {}
  WallTime wall() const override { return process_.world().schedule.clock().wall(); }
  SteadyTime steady() const override { return process_.world().schedule.now(); }
  bool wait(std::condition_variable_any&, std::unique_lock<std::mutex>&, SteadyTime deadline,
            const std::stop_token&, FunctionRef<bool()> ready) override {
    const Nanos rest = deadline - steady();
    process_.pass(rest, rest);
    return ready();
  }
  PlanExecutor& process() const { return process_; }

 private:
  PlanExecutor& process_;
};

class ExecutorApi final : public kube::KubeApi {
 public:
  explicit ExecutorApi(PlanExecutor& process) : process_(process) {}
  Result<std::string> get(const std::string& path, const std::stop_token& stop) override;
  Result<std::string> list(const std::string& collection, const kube::ListQuery& query,
                           const std::stop_token& stop) override;
  Result<void> watch(const std::string& collection, const kube::WatchQuery& query,
                     wire::LineSink sink, const std::stop_token& stop) override;
  Result<std::string> patch(const std::string& path, kube::PatchType type, std::string body,
                            const std::stop_token& stop) override;
  Result<std::string> create(const std::string& collection, std::string body,
                             const std::stop_token& stop) override;
  Result<std::string> replace(const std::string& path, std::string body,
                              const std::stop_token& stop) override;

 private:
  PlanExecutor& process_;
};

// `clock` is an ExecutorClock: that is how connections know whose they are.
std::unique_ptr<wire::RedisConnector> connect_simulated(wire::RedisAccess access,
                                                        const Clock& clock);

}  // namespace evalscaler::simulation
