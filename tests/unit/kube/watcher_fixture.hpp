// SPDX-License-Identifier: Apache-2.0
// A Watcher of things over a scripted API server, stepped by hand.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes/manual_clock.hpp"
#include "fakes/scripted_kube_api.hpp"
#include "kube/watcher.hpp"
#include "unit/kube/watched_things.hpp"

namespace evalscaler::kube {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Api = fakes::ScriptedKubeApi;
using Verb = Api::Verb;

class WatcherFixture : public ::testing::Test {
 protected:
  WatcherFixture() : feed_(cache_, read_thing), watcher_(make_watcher()) {
    cache_.listen([this](const ObjectKey& key, const ObjectCache<Thing>::Pointer& object) {
      told_.push_back(object ? key.name + "=" + std::to_string(object->size) : key.name + " gone");
    });
  }
  Watcher make_watcher() {
    return {{kThings, "", ""},
            feed_,
            api_,
            clock_,
            metrics_,
            [this] { return random_; },
            [this](const ObjectKey& key, const std::string& uid, const Error& error) {
              undecodable_.push_back(key.text() + " " + uid + ": " + error.message);
            }};
  }
  // A watch that brings these lines and then lasts for a while.
  void expect_watch(std::vector<std::string> lines, Result<void> end = {},
                    std::chrono::nanoseconds lasts = seconds(300)) {
    api_.expect_watch(kThingsPath,
                      [this, lines = std::move(lines), end = std::move(end), lasts](
                          const Api::Call&, wire::LineSink sink, const std::stop_token&) {
                        for (const std::string& line : lines) {
                          if (!sink(line)) return Result<void>();
                        }
                        clock_.advance(lasts);
                        return end;
                      });
  }
  milliseconds step() { return watcher_.step(stop_.get_token()); }
  // The watcher knows things "a" and "b" as of revision 10.
  void sync() {
    expect_watch({added("a", 3), added("b", 2), initial_end(10)});
    EXPECT_EQ(step(), milliseconds(0));
    told_.clear();
  }
  std::vector<std::string> told() { return std::exchange(told_, {}); }
  std::string last_revision() { return api_.last_call().watch_query.resource_version; }
  bool last_was_streamed_list() {
    return api_.last_call().verb == Verb::Watch &&
           api_.last_call().watch_query.initial == WatchQuery::Initial::StreamThenWatch;
  }
  std::string metrics() { return metrics_.exposition(); }

  fakes::ManualClock clock_;
  Api api_;
  telemetry::Metrics metrics_;
  double random_ = 0;
  ObjectCache<Thing> cache_;
  std::vector<std::string> told_;
  std::vector<std::string> undecodable_;
  CacheFeed<Thing> feed_;
  Watcher watcher_;
  std::stop_source stop_;
};

}  // namespace evalscaler::kube
