// SPDX-License-Identifier: Apache-2.0
// InputFile: a YAML or JSON file named on the command line; "-" is standard input.
//
// Its errors are Invalid or NotFound, one line, "FILE:LINE: path: what".
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::cli {

struct InputFile {
  std::string name;  // as errors call it
  wire::YamlDocument document;

  Error error(std::string_view message) const;  // `message` begins with a path
};

// Every document of a file of several; not empty.
Result<std::vector<InputFile>> read_input_documents(const std::string& path,
                                                    std::istream& standard_input);
Result<InputFile> read_input_file(const std::string& path, std::istream& standard_input);

}  // namespace evalscaler::cli
