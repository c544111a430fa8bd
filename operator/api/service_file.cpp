// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "api/service_json.hpp"
#include "core/text.hpp"

namespace evalscaler::api {
namespace {

using wire::JsonCursor;

constexpr std::size_t kMaxServiceName = 63;  // as in the schema

struct Manifest {
  std::string api_version;
  std::string kind;
  ObjectKey key;
  std::optional<ServiceSpec> spec;
};

Result<void> read_text(JsonCursor& value, std::string& out) {
  auto text = value.text();
  if (!text) return text.error();
  out = std::move(*text);
  return {};
}

Result<void> read_metadata(JsonCursor& metadata, ObjectKey& out) {
  return metadata.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "name") return read_text(value, out.name);
    if (key == "namespace") return read_text(value, out.space);
    return {};  // labels, annotations and what else Kubernetes has there
  });
}

Result<void> read_member(std::string_view key, JsonCursor& value, Manifest& out) {
  if (key == "apiVersion") return read_text(value, out.api_version);
  if (key == "kind") return read_text(value, out.kind);
  if (key == "metadata") return read_metadata(value, out.key);
  if (key == "status") return {};  // `kubectl get -o yaml` prints it
  if (key != "spec") {
    return value.error("unknown field; known here: apiVersion, kind, metadata, spec");
  }
  auto spec = read_spec(value, UnknownFields::Refuse);
  if (!spec) return spec.error();
  out.spec = std::move(*spec);
  return {};
}

Error wrong(std::string_view field, std::string_view found, const std::string& wanted) {
  return fail(ErrorKind::Invalid,
              std::string(field) + ": must be " + wanted +
                  (found.empty() ? ", is missing" : ", not '" + one_line(found, 64) + "'"));
}

}  // namespace

Result<ServiceFile> read_service_file(const wire::YamlDocument& document) {
  if (document.json == "null") {
    return fail(ErrorKind::Invalid, std::string("is empty: must be an ") + kKind);
  }
  Manifest manifest;
  wire::JsonReader reader;
  const auto read = reader.read_copy(document.json, [&](JsonCursor& root) {
    return root.members(
        [&](std::string_view key, JsonCursor& value) { return read_member(key, value, manifest); });
  });
  // A document of another kind is better told so than what its first strange field is.
  const std::string version = std::string(kGroup) + "/" + kVersion;
  if (read || !manifest.kind.empty()) {
    if (manifest.api_version != version) return wrong("apiVersion", manifest.api_version, version);
    if (manifest.kind != kKind) return wrong("kind", manifest.kind, kKind);
  }
  if (!read) return read.error();
  if (manifest.key.name.empty()) return fail(ErrorKind::Invalid, "metadata.name: is missing");
  if (manifest.key.name.size() > kMaxServiceName) {
    return fail(ErrorKind::Invalid, "metadata.name: must be at most " +
                                        std::to_string(kMaxServiceName) + " characters long");
  }
  if (!manifest.spec) return fail(ErrorKind::Invalid, "spec: is missing");
  return ServiceFile{std::move(manifest.key), std::move(*manifest.spec)};
}

}  // namespace evalscaler::api
