// SPDX-License-Identifier: Apache-2.0
#include "architecture/source_tree.hpp"

#include <algorithm>
#include <fstream>

namespace evalscaler::architecture {

std::filesystem::path source_root() {
  return EVALSCALER_SOURCE_DIR;
}

std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::vector<SourceFile> source_files(const std::string& below) {
  std::vector<SourceFile> files;
  const auto root = source_root();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / below)) {
    const auto extension = entry.path().extension();
    if (!entry.is_regular_file() || (extension != ".cpp" && extension != ".hpp")) continue;
    const auto inside = std::filesystem::relative(entry.path(), root / below);
    files.push_back({entry.path(), std::filesystem::relative(entry.path(), root).generic_string(),
                     inside.begin()->string(), lines_of(entry.path())});
  }
  std::sort(files.begin(), files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return files;
}

}  // namespace evalscaler::architecture
