// SPDX-License-Identifier: Apache-2.0
// PodApi: the part of an API server that a plan on a Redis Cluster needs: one StatefulSet, its
// pods, its budget, and the plan in the status of one service.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/plan_status.hpp"
#include "redis/journal.hpp"
#include "simulation/redis/plan_settings.hpp"
#include "simulation/redis/redis_world.hpp"

namespace evalscaler::simulation {

class PodApi {
 public:
  PodApi(RedisWorld& world, const PlanSettings& settings);

  struct Pod {
    bool addressed = false;  // has an IP, and a Redis
    bool leaving = false;
  };

  // Bodies as the server would send them.
  std::string stateful_set() const;
  std::string pods() const;
  static std::string budgets();
  // 0, or 422 where a test does not hold.
  int scale(const std::string& patch);

  int replicas() const { return replicas_; }
  int ready() const;
  const std::map<int, Pod>& pod_map() const { return pods_; }
  std::string uid() const { return "sts-uid-1"; }

  // The service's status: compare-and-swap by revision.
  const std::optional<api::PlanStatus>& plan() const { return plan_; }
  std::int64_t plan_revision() const { return plan_revision_; }
  bool write_plan(const std::optional<api::PlanStatus>& plan, std::int64_t based_on);
  // All journals that were ever in status, the latest last.
  const std::vector<redis::Journal>& journals() const { return journals_; }

  std::size_t scale_writes = 0;
  std::size_t status_writes = 0;

 private:
  void settle();
  void check_shrink(int to) const;
  void check_journal(int to) const;

  RedisWorld& world_;
  const PlanSettings& settings_;
  RandomStream random_;
  int replicas_;
  std::int64_t revision_ = 100;
  std::map<int, Pod> pods_;
  std::optional<api::PlanStatus> plan_;
  std::int64_t plan_revision_ = 1;
  std::vector<redis::Journal> journals_;
};

}  // namespace evalscaler::simulation
