// SPDX-License-Identifier: Apache-2.0
// Cluster: the store behind the simulated API servers, with what a request does to it.
//
// What it does is what Kubernetes 1.36 was seen to do: a JSON patch on /scale whose `test` fails
// is a 422 without causes; managedFields of such writes carry no time, and once the field has no
// owner they are not tracked; a status patch with an old resourceVersion is a 409; a write that
// changes nothing makes no revision.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "simulation/cluster_objects.hpp"
#include "simulation/revision_log.hpp"
#include "simulation/virtual_clock.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::simulation {

enum class Collection { Services, Deployments, Autoscalers };
inline constexpr std::array kCollections{Collection::Services, Collection::Deployments,
                                         Collection::Autoscalers};

struct Answer {
  int code = 200;
  std::string body;     // of 2xx
  std::string message;  // else
};

// Where a write comes from, as it was when it was sent.
struct Origin {
  std::string writer = "user";  // or the process
  SteadyTime sent;
  SteadyTime visit_began;
  WallTime visit_wall;
  std::string service_uid;  // as the process knew the service when its visit began
  std::int64_t generation = 0;
  bool held_lease = true;
  // A horizontal pod autoscaler on the target, which the process knew of all the while.
  std::string autoscaler;
  // Whether what the process had been told of the metrics allowed the direction.
  bool may_grow = true;
  std::string may_not_shrink;  // why; empty: it may
};

// A change of spec.replicas that became effective.
struct ScaleWrite {
  Origin origin;
  ObjectKey target;
  std::string uid;
  int from = 0;
  int to = 0;
};
struct StatusWrite {
  Origin origin;
  ObjectKey service;
  bool changed = false;
};

class ClusterListener {
 public:
  virtual ~ClusterListener() = default;
  virtual void scaled(const ScaleWrite& write) = 0;
  virtual void status_written(const StatusWrite& write) = 0;
};

struct Lease {
  std::string uid;
  Revision revision = 0;
  std::string holder;
  std::string spec;  // JSON
};

class Cluster {
 public:
  explicit Cluster(const VirtualClock& clock) : clock_(clock) {}
  void listen(ClusterListener& listener) { listener_ = &listener; }

  // What the API server's clients may ask for.
  Answer get_scale(const ObjectKey& key) const;
  Answer get_service(const ObjectKey& key) const;
  Answer patch_scale(const Origin& origin, const ObjectKey& key, const std::string& patch);
  Answer patch_status(const Origin& origin, const ObjectKey& key, const std::string& patch);
  Answer create_event(const std::string& space, const std::string& body);
  Answer patch_event(const std::string& name);
  Answer get_lease(const ObjectKey& key) const;
  Answer put_lease(const ObjectKey& key, const std::string& body);
  Answer create_lease(const ObjectKey& key, const std::string& body);

  // What users and controllers do.
  void create_service(const ServiceSettings& spec);
  void edit_service(const ServiceSettings& spec);
  void delete_service(const ObjectKey& key);
  void create_deployment(const ObjectKey& key, int replicas);
  void delete_deployment(const ObjectKey& key);
  void create_autoscaler(const ObjectKey& key, const std::string& target);
  void delete_autoscaler(const ObjectKey& key);
  void user_scales(const ObjectKey& key, int replicas, const std::string& through);
  // The Deployment controller: pods there and pods ready, as of the present generation.
  void report_pods(const ObjectKey& key, std::int64_t pods, std::int64_t ready);
  void forget_statuses();
  void compact() { compacted_ = revision_; }

  const SimulatedService* service(const ObjectKey& key) const;
  const SimulatedDeployment* deployment(const ObjectKey& key) const;
  const std::map<ObjectKey, SimulatedDeployment>& deployments() const { return deployments_; }
  const std::map<ObjectKey, SimulatedService>& services() const { return services_; }
  const std::map<ObjectKey, SimulatedAutoscaler>& autoscalers() const { return autoscalers_; }
  // All specs of a service that ever were, oldest first: the index is generation - 1.
  const std::vector<ServiceSettings>& specs(const std::string& uid) const;
  const std::map<ObjectKey, Lease>& leases() const { return leases_; }

  const RevisionLog& log(Collection collection) const;
  Revision revision() const { return revision_; }
  // Watches from before this one are refused.
  Revision compacted() const { return compacted_; }

 private:
  void commit(Version::Change change, SimulatedService& service);
  void commit(Version::Change change, SimulatedDeployment& deployment);
  void commit(Version::Change change, SimulatedAutoscaler& autoscaler);
  void set_replicas(const Origin& origin, SimulatedDeployment& deployment, int replicas);
  RevisionLog& writable_log(Collection collection);

  const VirtualClock& clock_;
  ClusterListener* listener_ = nullptr;
  wire::JsonReader reader_;
  Revision revision_ = 100;
  Revision compacted_ = 0;
  std::uint64_t last_uid_ = 0;
  std::map<ObjectKey, SimulatedService> services_;
  std::map<ObjectKey, SimulatedDeployment> deployments_;
  std::map<ObjectKey, SimulatedAutoscaler> autoscalers_;
  std::map<std::string, std::vector<ServiceSettings>> specs_;
  std::map<ObjectKey, Lease> leases_;
  std::set<std::string> events_;
  std::array<RevisionLog, kCollections.size()> logs_;
};

}  // namespace evalscaler::simulation
