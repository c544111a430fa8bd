// SPDX-License-Identifier: Apache-2.0
// Holds operator/layers.txt, the includes and operator/CMakeLists.txt together.
#include <gtest/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "architecture/source_tree.hpp"

namespace evalscaler::architecture {
namespace {

using Names = std::set<std::string>;

struct Layers {
  std::map<std::string, Names> may_include;                  // folder -> folders
  std::vector<std::pair<std::string, Names>> library_homes;  // include prefix -> folders
};

Names words(const std::string& text) {
  std::istringstream in(text);
  Names out;
  for (std::string word; in >> word;) out.insert(word);
  return out;
}

Layers read_layers() {
  Layers layers;
  for (const std::string& line : lines_of(source_root() / "operator/layers.txt")) {
    const auto colon = line.find(": ") != std::string::npos ? line.find(": ") : line.rfind(':');
    if (line.empty() || line.front() == '#' || colon == std::string::npos) continue;
    const std::string left = line.substr(0, colon);
    const Names right = words(line.substr(colon + 1));
    if (left.starts_with("library "))
      layers.library_homes.emplace_back(left.substr(8), right);
    else
      layers.may_include[left] = right;
  }
  return layers;
}

TEST(Layers, TableNamesExactlyTheFolders) {
  const Layers layers = read_layers();
  Names folders;
  for (const SourceFile& file : source_files("operator")) folders.insert(file.folder);
  for (const std::string& folder : folders) {
    EXPECT_TRUE(layers.may_include.contains(folder)) << "operator/" << folder << " has no row";
  }
  for (const auto& [folder, uses] : layers.may_include) {
    EXPECT_TRUE(folders.contains(folder)) << "layers.txt names " << folder << ", which is gone";
    EXPECT_FALSE(uses.contains(folder)) << folder << " lists itself";
  }
}

TEST(Layers, FoldersIncludeOnlyWhatTheyMay) {
  const Layers layers = read_layers();
  const std::regex include("^#include \"([a-z_]+)/[^\"]+\"");
  for (const SourceFile& file : source_files("operator")) {
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include) || match[1] == file.folder) continue;
      EXPECT_TRUE(layers.may_include.at(file.folder).contains(match[1]))
          << file.name << " includes " << match[1] << ", which " << file.folder << " may not";
    }
  }
}

TEST(Layers, NoFolderReachesItselfThroughOthers) {
  const Layers layers = read_layers();
  for (const auto& [start, direct] : layers.may_include) {
    Names reached = direct;
    for (std::size_t before = 0; before != reached.size();) {
      before = reached.size();
      const Names now = reached;
      for (const std::string& folder : now) {
        const auto row = layers.may_include.find(folder);
        ASSERT_NE(row, layers.may_include.end()) << start << " may include unknown " << folder;
        reached.insert(row->second.begin(), row->second.end());
      }
    }
    EXPECT_FALSE(reached.contains(start)) << start << " is in a cycle";
  }
}

TEST(Layers, LibrariesStayInTheirHomes) {
  const Layers layers = read_layers();
  const std::regex include("^#include <([^>]+)>");
  for (const SourceFile& file : source_files("operator")) {
    for (const std::string& line : file.lines) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string header = match[1];
      for (const auto& [prefix, homes] : layers.library_homes) {
        if (!header.starts_with(prefix)) continue;
        EXPECT_TRUE(homes.contains(file.folder)) << file.name << " includes <" << header << ">";
      }
      const bool standard = header.find('.') == std::string::npos;
      const bool posix = header.starts_with("sys/") || header.starts_with("netinet/") ||
                         header.starts_with("arpa/") || header == "unistd.h" ||
                         header == "fcntl.h" || header == "poll.h" || header == "signal.h" ||
                         header == "pthread.h" || header == "netdb.h";
      bool known = standard || posix;
      for (const auto& row : layers.library_homes) known = known || header.starts_with(row.first);
      EXPECT_TRUE(known) << file.name << " includes <" << header << ">, which has no home in "
                         << "operator/layers.txt";
    }
  }
}

TEST(Layers, LinkingFollowsTheTable) {
  const Layers layers = read_layers();
  std::string text;
  for (const std::string& line : lines_of(source_root() / "operator/CMakeLists.txt")) {
    text += line + "\n";
  }
  const std::regex call("evalscaler_folder\\(([a-z_]+)( USES ([a-z_ ]+))?");
  Names seen;
  for (std::sregex_iterator at(text.begin(), text.end(), call), end; at != end; ++at) {
    const std::string folder = (*at)[1];
    if (folder == "name") continue;  // the function's own definition
    seen.insert(folder);
    EXPECT_EQ(words((*at)[3].str()), layers.may_include.at(folder)) << folder;
  }
  EXPECT_EQ(seen.size(), layers.may_include.size());
}

}  // namespace
}  // namespace evalscaler::architecture
