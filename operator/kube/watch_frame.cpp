// SPDX-License-Identifier: Apache-2.0
#include "kube/watch_frame.hpp"

#include "kube/store.hpp"

namespace evalscaler::kube {
namespace {

WatchFrame::Type type_of(std::string_view text) {
  if (text == "ADDED") return WatchFrame::Type::Added;
  if (text == "MODIFIED") return WatchFrame::Type::Modified;
  if (text == "DELETED") return WatchFrame::Type::Deleted;
  if (text == "BOOKMARK") return WatchFrame::Type::Bookmark;
  if (text == "ERROR") return WatchFrame::Type::Error;
  return WatchFrame::Type::Unknown;
}

Result<void> read_annotations(wire::JsonCursor& annotations, ObjectIdentity& identity) {
  return annotations.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
    if (key != "k8s.io/initial-events-end") return {};
    const auto text = value.text();
    if (!text) return text.error();
    identity.ends_initial_events = *text == "true";
    return {};
  });
}

// Unlike read_object_meta this accepts the nameless object of a bookmark.
Result<void> read_metadata(wire::JsonCursor& metadata, ObjectIdentity& identity) {
  return metadata.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "name") return store(value.text(), identity.key.name);
    if (key == "namespace") return store(value.text(), identity.key.space);
    if (key == "uid") return store(value.text(), identity.uid);
    if (key == "resourceVersion") return store(value.text(), identity.revision);
    if (key == "annotations") return read_annotations(value, identity);
    return Result<void>();
  });
}

}  // namespace

Result<ObjectIdentity> read_identity(wire::JsonCursor& object) {
  ObjectIdentity identity;
  const auto read = object.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "kind") return store(value.text(), identity.kind);
    if (key == "apiVersion") return store(value.text(), identity.api_version);
    if (key == "metadata") return read_metadata(value, identity);
    return Result<void>();
  });
  if (!read) return read.error();
  return identity;
}

Result<WatchFrame> read_frame(wire::JsonReader& reader, std::string& line) {
  WatchFrame frame;
  // A Status is told from an item by the frame's type, which stands in front of it (R10).
  const auto read = reader.read(line, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
      if (key == "type") {
        EVALSCALER_TRY(store(value.text(), frame.type_text));
        frame.type = type_of(frame.type_text);
      } else if (key == "object" && frame.type == WatchFrame::Type::Error) {
        return store(read_status(value), frame.status);
      } else if (key == "object") {
        return store(read_identity(value), frame.object);
      }
      return {};
    });
  });
  if (!read) return read.error();
  return frame;
}

Result<void> read_frame_object(wire::JsonReader& reader, std::string& line,
                               FunctionRef<Result<void>(wire::JsonCursor& object)> use) {
  return reader.read(line, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view key, wire::JsonCursor& value) {
      return key == "object" ? use(value) : Result<void>();
    });
  });
}

}  // namespace evalscaler::kube
