// SPDX-License-Identifier: Apache-2.0
// What requests of clients do to the cluster.
#include <algorithm>
#include <utility>

#include "kube/store.hpp"
#include "simulation/cluster.hpp"
#include "wire/json_writer.hpp"

namespace evalscaler::simulation {
namespace {

using kube::store;
using wire::JsonCursor;

Answer refused(int code, std::string message) {
  return {code, {}, std::move(message)};
}

// One operation of a JSON patch; `value` is its JSON text.
struct PatchStep {
  std::string op;
  std::string path;
  std::string value;
};

Result<std::vector<PatchStep>> read_patch(wire::JsonReader& reader, const std::string& json) {
  std::vector<PatchStep> steps;
  const auto read = reader.read_copy(json, [&](JsonCursor& root) {
    return root.items([&](std::size_t, JsonCursor& item) {
      PatchStep& step = steps.emplace_back();
      return item.members([&](std::string_view key, JsonCursor& value) {
        if (key == "op") return store(value.text(), step.op);
        if (key == "path") return store(value.text(), step.path);
        return store(value.raw(), step.value);
      });
    });
  });
  if (!read) return read.error();
  return steps;
}

// What a Scale has at a path, as JSON; what it has not is null for a `test`.
std::string value_at(const SimulatedDeployment& it, const std::string& path) {
  if (path == "/metadata/uid") return '"' + it.uid + '"';
  if (path == "/metadata/resourceVersion") return '"' + std::to_string(it.revision) + '"';
  if (path == "/spec/replicas") return it.replicas == 0 ? "null" : std::to_string(it.replicas);
  return "null";
}

}  // namespace

Answer Cluster::get_scale(const ObjectKey& key) const {
  const SimulatedDeployment* found = deployment(key);
  return found == nullptr ? refused(404, "deployments.apps not found")
                          : Answer{200, scale_json(*found), {}};
}

Answer Cluster::get_service(const ObjectKey& key) const {
  const SimulatedService* found = service(key);
  return found == nullptr ? refused(404, "evaluationservices not found")
                          : Answer{200, json_of(*found), {}};
}

Answer Cluster::patch_scale(const Origin& origin, const ObjectKey& key, const std::string& patch) {
  const auto at = deployments_.find(key);
  if (at == deployments_.end()) return refused(404, "deployments.apps not found");
  SimulatedDeployment& it = at->second;
  const auto steps = read_patch(reader_, patch);
  if (!steps) return refused(400, steps.error().message);
  std::int64_t wanted = it.replicas;
  for (const PatchStep& step : *steps) {
    if (step.op == "test") {
      if (value_at(it, step.path) != step.value) return refused(422, "the test failed");
    } else {
      // Replacing what is not there is an error too.
      if (step.op == "replace" && it.replicas == 0) return refused(422, "nothing to replace");
      wanted = std::stoll(step.value);
    }
  }
  if (wanted == it.replicas) return {200, scale_json(it), {}};
  if (wanted == 0) {
    it.owner.reset();
  } else if (it.owner) {
    it.owner = FieldOwner{"evalscaler", "scale", std::nullopt};
  }
  set_replicas(origin, it, static_cast<int>(wanted));
  return {200, scale_json(it), {}};
}

Answer Cluster::patch_status(const Origin& origin, const ObjectKey& key, const std::string& patch) {
  const auto at = services_.find(key);
  if (at == services_.end()) return refused(404, "evaluationservices not found");
  SimulatedService& it = at->second;
  std::string fence;
  auto status = it.status;
  const auto read = reader_.read_copy(patch, [&](JsonCursor& root) {
    return root.members([&](std::string_view part, JsonCursor& value) {
      return value.members([&](std::string_view member, JsonCursor& inner) {
        if (part == "metadata") return store(inner.text(), fence);
        return store(inner.raw(), status[std::string(member)]);
      });
    });
  });
  if (!read) return refused(400, read.error().message);
  if (fence != std::to_string(it.revision)) return refused(409, "the object has been modified");
  const bool changed = status != it.status;
  if (changed) {
    it.status = std::move(status);
    commit(Version::Change::Modified, it);
  }
  if (listener_ != nullptr) listener_->status_written({origin, key, changed});
  return {200, json_of(it), {}};
}

Answer Cluster::create_event(const std::string& space, const std::string& body) {
  std::string name;
  const auto read = reader_.read_copy(body, [&](JsonCursor& root) {
    return root.members([&](std::string_view part, JsonCursor& value) -> Result<void> {
      if (part != "metadata") return {};
      return value.members([&](std::string_view member, JsonCursor& inner) -> Result<void> {
        return member == "name" ? store(inner.text(), name) : Result<void>();
      });
    });
  });
  if (!read) return refused(400, read.error().message);
  if (!events_.insert(space + "/" + name).second) return refused(409, "already exists");
  return {201, "{}", {}};
}

Answer Cluster::patch_event(const std::string& name) {
  return events_.contains(name) ? Answer{200, "{}", {}} : refused(404, "events not found");
}

Answer Cluster::get_lease(const ObjectKey& key) const {
  const auto at = leases_.find(key);
  if (at == leases_.end()) return refused(404, "leases not found");
  wire::JsonWriter json;
  json.begin_object().member("apiVersion", "coordination.k8s.io/v1").member("kind", "Lease");
  json.key("metadata").begin_object().member("name", key.name).member("namespace", key.space);
  json.member("uid", at->second.uid);
  json.member("resourceVersion", std::to_string(at->second.revision)).end_object();
  json.key("spec").raw(at->second.spec).end_object();
  return {200, std::move(json).text(), {}};
}

Answer Cluster::create_lease(const ObjectKey& key, const std::string& body) {
  if (leases_.contains(key)) return refused(409, "leases already exists");
  leases_[key] = {"lease-" + std::to_string(++last_uid_), revision_, {}, {}};
  Answer made = put_lease(key, body);
  if (made.code != 200) leases_.erase(key);
  return made;
}

Answer Cluster::put_lease(const ObjectKey& key, const std::string& body) {
  const auto at = leases_.find(key);
  if (at == leases_.end()) return refused(404, "leases not found");
  Lease next = at->second;
  std::string fence = std::to_string(next.revision);
  const auto read = reader_.read_copy(body, [&](JsonCursor& root) {
    return root.members([&](std::string_view part, JsonCursor& value) -> Result<void> {
      if (part == "spec") return store(value.raw(), next.spec);
      if (part != "metadata") return {};
      return value.members([&](std::string_view member, JsonCursor& inner) -> Result<void> {
        return member == "resourceVersion" ? store(inner.text(), fence) : Result<void>();
      });
    });
  });
  if (!read) return refused(400, read.error().message);
  if (fence != std::to_string(next.revision)) return refused(409, "the object has been modified");
  next.holder.clear();
  const auto holder = reader_.read_copy(next.spec, [&](JsonCursor& spec) {
    return spec.members([&](std::string_view member, JsonCursor& value) -> Result<void> {
      return member == "holderIdentity" ? store(value.text(), next.holder) : Result<void>();
    });
  });
  if (!holder) return refused(422, holder.error().message);
  next.revision = ++revision_;
  at->second = std::move(next);
  return get_lease(key);
}

}  // namespace evalscaler::simulation
