// SPDX-License-Identifier: Apache-2.0
// SimulatedApi: the requests of one process to the API servers, and what goes wrong with them.
//
// A request is refused, lost before or after its effect, slow, or the moment at which its
// process freezes or ends; all of it drawn from the process's own random stream. Watches and
// lists are WatchConnection's.
#pragma once

#include <functional>
#include <string>

#include "kube/kube_api.hpp"
#include "kube/status_error.hpp"
#include "simulation/cluster.hpp"
#include "simulation/history.hpp"
#include "simulation/process_state.hpp"

namespace evalscaler::simulation {

class SimulatedApi final : public kube::KubeApi {
 public:
  // Whether the process may write right now; asked before each write, as the real client does.
  using Gate = std::function<bool()>;
  // What is to be known of a write to this object if it becomes effective.
  using OriginOf = std::function<Origin(const ObjectKey& key)>;

  struct Parts {
    Cluster& cluster;
    const VirtualClock& clock;
    History& history;
    Passage& passage;
    ProcessState& process;
    const FaultRates& rates;
  };
  // No request takes longer than `patience`.
  SimulatedApi(Parts parts, std::uint64_t seed, const std::string& purpose, Nanos patience)
      : with_(parts), patience_(patience), random_(seed, parts.process.name + purpose) {}

  void set_gate(Gate gate) { gate_ = std::move(gate); }
  void set_origin(OriginOf origin) { origin_of_ = std::move(origin); }
  std::size_t requests() const { return requests_; }

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
  // What happens to one request.
  struct Fate {
    Nanos before{0};
    Nanos after{0};
    Nanos freeze{0};
    enum class Loss { None, Request, Reply, Delayed } loss = Loss::None;
    enum class Death { None, BeforeEffect, AfterEffect } death = Death::None;
    int refusal = 0;             // HTTP code without effect
    int error_after_effect = 0;  // HTTP code
    int retry_after = 0;         // seconds, with a refusal
  };
  Fate draw(kube::RequestForm form);
  Result<std::string> exchange(std::string_view verb, const std::string& path,
                               kube::RequestForm form, const std::stop_token& stop,
                               const std::function<Answer()>& effect);
  Result<std::string> outcome(const Fate& fate, kube::RequestForm form,
                              const std::function<Answer()>& effect);
  Origin origin_of(const ObjectKey& key) const;
  [[noreturn]] void crash();

  Parts with_;
  const Nanos patience_;
  RandomStream random_;
  Gate gate_;
  OriginOf origin_of_;
  std::size_t requests_ = 0;
};

}  // namespace evalscaler::simulation
