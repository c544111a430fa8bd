// SPDX-License-Identifier: Apache-2.0
// One line of a watch: its type, whose it is, and (ERROR) what the server says.
//
// The object itself is decoded in a second reading by whoever wants it, so that an object that
// does not decode still has a name and a revision.
#pragma once

#include <string>
#include <string_view>

#include "core/object_key.hpp"
#include "core/result.hpp"
#include "kube/status_error.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::kube {

struct ObjectIdentity {
  std::string kind;
  std::string api_version;
  ObjectKey key;
  std::string uid;
  std::string revision;
  bool ends_initial_events = false;  // annotation k8s.io/initial-events-end (R26)
};

struct WatchFrame {
  enum class Type { Added, Modified, Deleted, Bookmark, Error, Unknown };
  Type type = Type::Unknown;
  std::string type_text;
  ObjectIdentity object;  // not for Error
  Status status;          // for Error
};

// Skips everything but metadata.
Result<ObjectIdentity> read_identity(wire::JsonCursor& object);
// The line's content does not change.
Result<WatchFrame> read_frame(wire::JsonReader& reader, std::string& line);
// Hands the `object` of a frame to `use`.
Result<void> read_frame_object(wire::JsonReader& reader, std::string& line,
                               FunctionRef<Result<void>(wire::JsonCursor& object)> use);

}  // namespace evalscaler::kube
