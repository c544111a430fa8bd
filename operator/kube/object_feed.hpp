// SPDX-License-Identifier: Apache-2.0
// ObjectFeed: where a Watcher puts what it sees; CacheFeed<T> decodes it into an ObjectCache.
//
// Objects of a list are staged and become visible all at once (commit); later events are
// applied one by one. Used by one Watcher, by one thread at a time.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/object_cache.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

enum class FeedPhase { Listing, Live };

class ObjectFeed {
 public:
  virtual ~ObjectFeed() = default;
  virtual Result<void> put(FeedPhase phase, wire::JsonCursor& object) = 0;
  virtual void erase(FeedPhase phase, const ObjectKey& key) = 0;
  virtual void commit() = 0;                        // what is staged is everything there is
  virtual void discard() = 0;                       // the list broke: forget what is staged
  virtual void refuse(const std::string& why) = 0;  // it may not be listed
  virtual std::size_t size() const = 0;
};

template <typename T>
class CacheFeed final : public ObjectFeed {
 public:
  using Decode = std::function<Result<T>(wire::JsonCursor& object)>;

  // `space` as in the Watcher's scope; the cache must outlive the feed.
  CacheFeed(ObjectCache<T>& cache, Decode decode, std::string space = {})
      : cache_(cache), decode_(std::move(decode)), space_(std::move(space)) {}

  Result<void> put(FeedPhase phase, wire::JsonCursor& object) override {
    auto decoded = decode_(object);
    if (!decoded) return std::move(decoded).error();
    if (phase == FeedPhase::Live) {
      cache_.put(std::move(decoded).value());
      return {};
    }
    const ObjectKey key = decoded->meta.key;
    staged_.insert_or_assign(key, std::move(decoded).value());
    return {};
  }
  void erase(FeedPhase phase, const ObjectKey& key) override {
    if (phase == FeedPhase::Live) {
      cache_.erase(key);
    } else {
      staged_.erase(key);
    }
  }
  void commit() override {
    std::vector<T> objects;
    objects.reserve(staged_.size());
    for (auto& entry : staged_) objects.push_back(std::move(entry.second));
    discard();
    cache_.replace(std::move(objects), space_);
  }
  void discard() override { std::exchange(staged_, {}); }
  void refuse(const std::string& why) override { cache_.refuse(space_, why); }
  std::size_t size() const override { return cache_.size(); }

 private:
  ObjectCache<T>& cache_;
  Decode decode_;
  std::string space_;
  std::unordered_map<ObjectKey, T> staged_;
};

}  // namespace evalscaler::kube
