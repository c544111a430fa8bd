// SPDX-License-Identifier: Apache-2.0
// Watcher: keeps an ObjectFeed equal to one resource in the API server, for ever.
//
// A state machine (watch_state.hpp): list by a stream of initial events, or by pages where
// the server cannot; then watch, and after any disconnect go on at the last revision seen.
// Only a revision the server no longer has leads to a new list. Authority: client-go
// tools/cache/reflector.go (R1..R26). run() blocks its thread; health() is thread-safe.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "kube/backoff.hpp"
#include "kube/kube_api.hpp"
#include "kube/object_feed.hpp"
#include "kube/resource_path.hpp"
#include "kube/watch_frame.hpp"
#include "kube/watch_state.hpp"
#include "telemetry/metrics.hpp"

namespace evalscaler::kube {

struct WatchScope {
  Resource resource;
  std::string space;  // empty = all namespaces; several namespaces take one Watcher each
  std::string label_selector;
};

struct WatchHealth {
  bool synced = false;  // the feed was filled once
  bool absent = false;  // the server does not know the resource (404): its CRD is missing
  bool failed = false;  // its last request came to nothing
  bool denied = false;  // because we may not make it
  std::optional<SteadyTime> last_activity;  // last line or answer from the server
};

// An object that is there but that its decoder refused; it is not in the cache.
using UndecodableListener =
    std::function<void(const ObjectKey& key, const std::string& uid, const Error& error)>;

class Watcher {
 public:
  // `random` yields [0, 1) and is called by one thread at a time. All references must outlive the
  // watcher.
  Watcher(WatchScope scope, ObjectFeed& feed, KubeApi& api, Clock& clock,
          telemetry::Metrics& metrics, std::function<double()> random,
          UndecodableListener on_undecodable = {});

  void run(const std::stop_token& stop);
  // One request: what run() repeats. Returns how long to wait before the next one.
  std::chrono::milliseconds step(const std::stop_token& stop);

  WatchHealth health() const;
  const Resource& resource() const { return scope_.resource; }
  // Between two steps, for the thread that makes them.
  const WatchState& state() const { return state_; }

 private:
  // Each returns false to end the stream.
  bool receive(std::string_view line, FeedPhase& phase, WatchEnd& end);
  bool receive_bookmark(const ObjectIdentity& bookmark, FeedPhase& phase, WatchEnd& end);

  WatchEnd stream(WatchQuery query, FeedPhase phase, const std::stop_token& stop);
  PageEnd page(const Listing& listing, const std::stop_token& stop);
  void read_item(std::string item);
  void put(FeedPhase phase, const ObjectIdentity& identity, FunctionRef<Result<void>()> decode);
  void refused(FeedPhase phase, const ObjectIdentity& identity, const Error& error);
  bool fits(const ObjectIdentity& object) const;
  void commit(std::string_view kind);
  void count_dropped();
  void note(const Transition& transition, const std::optional<Error>& error);

  WatchScope scope_;
  std::string collection_;
  ObjectFeed& feed_;
  KubeApi& api_;
  Clock& clock_;
  telemetry::Metrics& metrics_;
  std::function<double()> random_;
  UndecodableListener on_undecodable_;
  WatchState state_ = Empty{};
  Backoff backoff_;
  wire::JsonReader outer_;                    // frames and pages
  wire::JsonReader inner_;                    // items of a page
  std::string line_;                          // the frame being read; keeps its memory
  std::map<ObjectKey, std::string> refused_;  // key -> revision that was logged; bounded
  std::string last_complaint_;
  Guarded<WatchHealth> health_;
};

}  // namespace evalscaler::kube
