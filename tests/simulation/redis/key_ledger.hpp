// SPDX-License-Identifier: Apache-2.0
// KeyLedger: what clients were told is stored. Keys that the world itself may have destroyed
// (a master that came back empty, a replica promoted without its master's last writes) are
// left out, since nobody could have kept them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace evalscaler::simulation {

class KeyLedger {
 public:
  std::int64_t next_version() { return ++version_; }
  void acknowledge(const std::string& key, std::int64_t version) {
    acknowledged_[key] = version;
    excused_.erase(key);
  }
  void excuse(const std::string& key) { excused_.insert(key); }

  const std::map<std::string, std::int64_t>& acknowledged() const { return acknowledged_; }
  bool excused(const std::string& key) const { return excused_.contains(key); }
  std::size_t excused_count() const { return excused_.size(); }

 private:
  std::map<std::string, std::int64_t> acknowledged_;
  std::set<std::string> excused_;
  std::int64_t version_ = 0;
};

}  // namespace evalscaler::simulation
