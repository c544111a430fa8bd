// SPDX-License-Identifier: Apache-2.0
// RevisionLog: every version of the objects of one resource, in the order of their revisions,
// as the store behind API servers keeps them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/object_key.hpp"

namespace evalscaler::simulation {

using Revision = std::uint64_t;

struct Version {
  enum class Change { Added, Modified, Deleted };
  Change change = Change::Added;
  Revision revision = 0;
  SteadyTime committed;
  ObjectKey key;
  std::string uid;
  std::string json;  // the object; of a deletion its last state
};

class RevisionLog {
 public:
  void append(Version version) {
    by_key_[version.key].push_back(versions_.size());
    versions_.push_back(std::move(version));
  }
  std::size_t size() const { return versions_.size(); }
  const Version& at(std::size_t index) const { return versions_[index]; }

  // How many versions are of `revision` or older.
  std::size_t until(Revision revision) const {
    std::size_t low = 0;
    std::size_t high = versions_.size();
    while (low < high) {
      const std::size_t middle = (low + high) / 2;
      if (versions_[middle].revision <= revision) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
  // What existed at `revision`, by key.
  std::vector<const Version*> snapshot(Revision revision) const {
    std::vector<const Version*> out;
    for (const auto& [key, indices] : by_key_) {
      const Version* newest = nullptr;
      for (const std::size_t index : indices) {
        if (versions_[index].revision > revision) break;
        newest = &versions_[index];
      }
      if (newest != nullptr && newest->change != Version::Change::Deleted) out.push_back(newest);
    }
    return out;
  }

 private:
  std::vector<Version> versions_;
  std::map<ObjectKey, std::vector<std::size_t>> by_key_;
};

}  // namespace evalscaler::simulation
