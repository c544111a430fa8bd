// SPDX-License-Identifier: Apache-2.0
// YAML files (and JSON files, which are YAML) turned into JSON text for JsonReader.
//
// Only for files an operator's user wrote: kubeconfig, catalogue, service and input files.
// Refused with file-independent text "line L, column C: what": anchors and aliases, tags but
// the core ones, duplicate keys, depth above 32, size above 1 MiB, several documents.
// Plain scalars get their YAML 1.2 core type (int, float, bool, null), quoted ones are
// strings; a number keeps its text, so 1e2, 0x10 or 1_000 do not change meaning: what JSON
// cannot write as a number stays a string.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::wire {

struct YamlDocument {
  std::string json;
  // JsonCursor::path() of each node -> its line, so that decoders' errors can name it.
  std::map<std::string, std::size_t, std::less<>> lines;

  // Of the node at `path`, or of the nearest part of its path that has one: an absent member
  // has no line of its own.
  std::optional<std::size_t> line_of(std::string_view path) const;
  // "FILE:LINE: message" for a message that begins with one of the paths; "FILE: message"
  // otherwise.
  std::string placed(std::string_view file, std::string_view message) const;
};

Result<YamlDocument> read_yaml(std::string_view text);
// The documents of a file of several ("---"), e.g. manifests.
Result<std::vector<YamlDocument>> read_yaml_stream(std::string_view text);
// Reads the file (size-capped, regular file or pipe), then as above; errors begin with the
// path. NotFound if it cannot be opened.
Result<std::string> read_file(const std::string& path, std::size_t limit = std::size_t{1} << 20U);

}  // namespace evalscaler::wire
