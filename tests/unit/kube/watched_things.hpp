// SPDX-License-Identifier: Apache-2.0
// A resource for the watcher's tests: things with a whole number in spec.size.
#pragma once

#include <cstdint>
#include <string>

#include "kube/object_feed.hpp"
#include "kube/resource_path.hpp"
#include "kube/store.hpp"

namespace evalscaler::kube {

inline const Resource kThings{"example.org", "v1", "things", "Thing"};
inline constexpr const char* kThingsPath = "/apis/example.org/v1/things";

struct Thing {
  ObjectMeta meta;
  std::int64_t size = 0;
};

inline Result<Thing> read_thing(wire::JsonCursor& object) {
  Thing thing;
  const auto read = object.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "metadata") {
      return store(read_object_meta(
                       value, [](std::string_view, wire::JsonCursor&) { return Result<void>(); }),
                   thing.meta);
    }
    if (key != "spec") return Result<void>();
    return value.members([&](std::string_view field, wire::JsonCursor& size) {
      return field == "size" ? store(size.integer(), thing.size) : Result<void>();
    });
  });
  if (!read) return read.error();
  return thing;
}

inline std::string thing_json(const std::string& name, int revision, const std::string& size = "1",
                              const std::string& uid = "u") {
  return R"({"apiVersion":"example.org/v1","kind":"Thing","metadata":{"name":")" + name +
         R"(","namespace":"ml","uid":")" + uid + R"(","resourceVersion":")" +
         std::to_string(revision) + R"("},"spec":{"size":)" + size + "}}";
}
inline std::string frame(const std::string& type, const std::string& object) {
  return R"({"type":")" + type + R"(","object":)" + object + "}";
}
inline std::string added(const std::string& name, int revision, const std::string& size = "1",
                         const std::string& uid = "u") {
  return frame("ADDED", thing_json(name, revision, size, uid));
}
inline std::string modified(const std::string& name, int revision, const std::string& size = "1",
                            const std::string& uid = "u") {
  return frame("MODIFIED", thing_json(name, revision, size, uid));
}
inline std::string deleted(const std::string& name, int revision) {
  return frame("DELETED", thing_json(name, revision));
}
inline std::string bookmark(int revision, const std::string& annotations = "{}") {
  return frame("BOOKMARK",
               R"({"apiVersion":"example.org/v1","kind":"Thing","metadata":{"resourceVersion":")" +
                   std::to_string(revision) + R"(","annotations":)" + annotations + "}}");
}
inline std::string initial_end(int revision) {
  return bookmark(revision, R"({"k8s.io/initial-events-end":"true"})");
}
inline std::string error_frame(int code, const std::string& reason) {
  return frame("ERROR", R"({"kind":"Status","message":"m","reason":")" + reason + R"(","code":)" +
                            std::to_string(code) + "}");
}
inline std::string page(int revision, const std::string& next, const std::string& items) {
  // Custom resources' lists come with their keys in alphabetical order: metadata last.
  return R"({"apiVersion":"example.org/v1","items":[)" + items +
         R"(],"kind":"ThingList","metadata":{"continue":")" + next + R"(","resourceVersion":")" +
         std::to_string(revision) + R"("}})";
}

}  // namespace evalscaler::kube
