// SPDX-License-Identifier: Apache-2.0
// The repository's own sources as text, for tests that hold the layout in place.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace evalscaler::architecture {

struct SourceFile {
  std::filesystem::path path;  // absolute
  std::string name;            // relative to the repository, '/' separated
  std::string folder;          // first folder below operator/ (or the first of all)
  std::vector<std::string> lines;
};

std::filesystem::path source_root();
std::vector<std::string> lines_of(const std::filesystem::path& file);
// Every C++ file below `below` ("operator", "tests"), in name order.
std::vector<SourceFile> source_files(const std::string& below);

}  // namespace evalscaler::architecture
