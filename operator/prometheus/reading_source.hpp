// SPDX-License-Identifier: Apache-2.0
// ReadingSource: what a visit knows of Prometheus: it says what it wants, and looks it up.
//
// Looking up never waits for the network: a poller fills the table behind it. Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "api/target_observation.hpp"
#include "core/clock.hpp"
#include "core/object_key.hpp"
#include "core/reading.hpp"

namespace evalscaler::prometheus {

// One metric as one tier of one service uses it.
struct MetricUse {
  std::string server;  // spec.prometheus; a catalogue entry's own server wins
  std::string metric;  // catalogue name
  std::string query;   // the resource's own PromQL; empty = the catalogue's
  ObjectKey identity;  // namespace and the tier's metric identity
  bool total = false;  // of the whole service, though the catalogue says perReplica
  bool operator==(const MetricUse&) const = default;
};

class ReadingSource {
 public:
  virtual ~ReadingSource() = default;

  // What `service` wants to know, and how often; replaces what it wanted before.
  virtual void demand(const ObjectKey& service, std::vector<MetricUse> uses,
                      std::chrono::seconds interval) = 0;
  virtual void forget(const ObjectKey& service) = 0;

  // How many times all of the service's queries have been asked and answered (or failed)
  // since it first demanded them. A visit that sees no new round evaluates nothing new.
  virtual std::uint64_t rounds(const ObjectKey& service) const = 0;

  // The value as the policy compares it: already divided by ready replicas or put in percent
  // of the target's resources where the catalogue says so. Unknown metric or server: Missing,
  // with a `why` that names it.
  virtual Reading read(const MetricUse& use, const api::TargetObservation& target,
                       WallTime now) const = 0;

  // Whether the metric falls when replicas are added (catalogue; own queries: true).
  virtual bool proportional(const MetricUse& use) const = 0;

  // Of the value, for people; empty if it is not known.
  virtual std::string unit(const MetricUse& /*use*/) const { return {}; }

  // Empty if the metric can be asked for; else what is wrong and what to do (unknown metric,
  // unknown server, inline queries switched off).
  virtual std::string problem(const MetricUse& use) const = 0;
};

}  // namespace evalscaler::prometheus
