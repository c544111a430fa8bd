// SPDX-License-Identifier: Apache-2.0
// WatchConnection: the lists and watches of one watcher, and what goes wrong with them.
//
// A stream is handed over in pieces: each call of watch() brings what has become visible since
// the one before and returns, though the stream stays open. The loop steps a watcher only when
// its connection has something for it.
#pragma once

#include <string>
#include <vector>

#include "kube/kube_api.hpp"
#include "kube/resource_path.hpp"
#include "kube/watch_state.hpp"
#include "simulation/api_server.hpp"
#include "simulation/history.hpp"
#include "simulation/process_state.hpp"

namespace evalscaler::simulation {

class WatchConnection final : public kube::KubeApi {
 public:
  struct Parts {
    const SeedSettings& settings;
    VirtualClock& clock;
    History& history;
    Cluster& cluster;
    std::vector<ApiServer>& servers;
    Passage& passage;
    ProcessState& process;
  };
  WatchConnection(Parts parts, Collection collection, const kube::Resource& resource);

  StreamClock& stream_clock() { return stream_clock_; }
  std::size_t requests() const { return requests_; }

  // When the watcher should make its next step.
  SteadyTime next_step(const kube::WatchState& state);
  void before_step();
  // `wait` is what the step returned.
  void after_step(const kube::WatchState& state, Nanos wait);

  Result<std::string> list(const std::string& collection, const kube::ListQuery& query,
                           const std::stop_token& stop) override;
  Result<void> watch(const std::string& collection, const kube::WatchQuery& query,
                     wire::LineSink sink, const std::stop_token& stop) override;
  Result<std::string> get(const std::string& path, const std::stop_token& stop) override;
  Result<std::string> patch(const std::string& path, kube::PatchType type, std::string body,
                            const std::stop_token& stop) override;
  Result<std::string> create(const std::string& collection, std::string body,
                             const std::stop_token& stop) override;
  Result<std::string> replace(const std::string& path, std::string body,
                              const std::stop_token& stop) override;

 private:
  enum class End { Clean, Broken, Silent, Refused, Throttled, Expired, Internal };
  // What an open stream will come to.
  struct Stream {
    SteadyTime opened;
    End end = End::Clean;
    SteadyTime ends_at;
    SteadyTime bookmark_at;
    bool had_lines = false;
  };

  void open(SteadyTime at, Revision position);
  Result<void> stream_list(wire::LineSink sink);
  Result<void> deliver(Revision position, wire::LineSink sink);
  Result<void> end_of(const Stream& stream, wire::LineSink sink);
  bool send_event(const Version& version, wire::LineSink sink);
  std::string bookmark(Revision revision, std::string_view annotations) const;
  ApiServer& server() { return with_.servers[server_]; }
  bool faulty(double rate) { return with_.passage.faults_last() && random_.chance(rate); }
  void say(std::string_view what, std::string_view more = {});

  Parts with_;
  const Collection collection_;
  const kube::Resource& resource_;
  StreamClock stream_clock_;
  RandomStream random_;
  std::size_t server_ = 0;
  std::optional<Stream> stream_;
  std::size_t delivered_ = 0;  // versions that the open stream has brought or begins behind
  SteadyTime not_before_{};
  std::size_t requests_ = 0;
};

}  // namespace evalscaler::simulation
