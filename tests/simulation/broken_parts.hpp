// SPDX-License-Identifier: Apache-2.0
// Parts of the operator with a fault built in, which the oracles must find. Sound unless the
// settings say otherwise: then each passes everything on.
#pragma once

#include <string>
#include <utility>

#include "kube/kube_api.hpp"
#include "kube/object_feed.hpp"
#include "prometheus/reading_source.hpp"
#include "simulation/settings.hpp"

namespace evalscaler::simulation {

// Skips deletions.
class DeafFeed final : public kube::ObjectFeed {
 public:
  DeafFeed(kube::ObjectFeed& feed, Broken broken) : feed_(feed), broken_(broken) {}
  Result<void> put(kube::FeedPhase phase, wire::JsonCursor& object) override {
    return feed_.put(phase, object);
  }
  void erase(kube::FeedPhase phase, const ObjectKey& key) override {
    if (broken_ != Broken::WatcherSkipsDeletions) feed_.erase(phase, key);
  }
  void commit() override { feed_.commit(); }
  void discard() override { feed_.discard(); }
  void refuse(const std::string& why) override { feed_.refuse(why); }
  std::size_t size() const override { return feed_.size(); }

 private:
  kube::ObjectFeed& feed_;
  Broken broken_;
};

// Ignores conflicts: sends without the tests that fence a write.
class StubbornApi final : public kube::KubeApi {
 public:
  StubbornApi(kube::KubeApi& api, Broken broken) : api_(api), broken_(broken) {}
  Result<std::string> get(const std::string& path, const std::stop_token& stop) override {
    return api_.get(path, stop);
  }
  Result<std::string> list(const std::string& collection, const kube::ListQuery& query,
                           const std::stop_token& stop) override {
    return api_.list(collection, query, stop);
  }
  Result<void> watch(const std::string& collection, const kube::WatchQuery& query,
                     wire::LineSink sink, const std::stop_token& stop) override {
    return api_.watch(collection, query, sink, stop);
  }
  Result<std::string> patch(const std::string& path, kube::PatchType type, std::string body,
                            const std::stop_token& stop) override {
    const bool scale = path.ends_with("/scale");
    if (broken_ == Broken::TargetIgnoresConflicts && scale) {
      const std::string last = body.substr(body.rfind('{'));
      const std::size_t op = last.find("replace");
      body = "[" + (op == std::string::npos ? last : std::string(last).replace(op, 7, "add"));
    }
    return api_.patch(path, type, std::move(body), stop);
  }
  Result<std::string> create(const std::string& collection, std::string body,
                             const std::stop_token& stop) override {
    return api_.create(collection, std::move(body), stop);
  }
  Result<std::string> replace(const std::string& path, std::string body,
                              const std::stop_token& stop) override {
    return api_.replace(path, std::move(body), stop);
  }

 private:
  kube::KubeApi& api_;
  Broken broken_;
};

// Takes a missing number for nothing to do.
class CredulousReadings final : public prometheus::ReadingSource {
 public:
  CredulousReadings(prometheus::ReadingSource& readings, Broken broken)
      : readings_(readings), broken_(broken) {}
  void demand(const ObjectKey& service, std::vector<prometheus::MetricUse> uses,
              std::chrono::seconds interval) override {
    readings_.demand(service, std::move(uses), interval);
  }
  void forget(const ObjectKey& service) override { readings_.forget(service); }
  std::uint64_t rounds(const ObjectKey& service) const override {
    return readings_.rounds(service);
  }
  Reading read(const prometheus::MetricUse& use, const api::TargetObservation& target,
               WallTime now) const override {
    Reading reading = readings_.read(use, target, now);
    const bool credulous = broken_ == Broken::ReadingsTakeMissingForZero && !reading.fresh();
    return credulous ? Reading::fresh_value(0) : reading;
  }
  bool proportional(const prometheus::MetricUse& use) const override {
    return readings_.proportional(use);
  }
  std::string problem(const prometheus::MetricUse& use) const override {
    return readings_.problem(use);
  }

 private:
  prometheus::ReadingSource& readings_;
  Broken broken_;
};

}  // namespace evalscaler::simulation
