// SPDX-License-Identifier: Apache-2.0
#include "cli/input_file.hpp"

#include <istream>
#include <iterator>

namespace evalscaler::cli {
namespace {

constexpr std::size_t kLimit = std::size_t{1} << 20U;

Result<std::string> read_stream(std::istream& in) {
  std::string text;
  for (std::istreambuf_iterator<char> at(in), end; at != end; ++at) {
    if (text.size() == kLimit) return fail(ErrorKind::Invalid, "stdin: is larger than 1 MiB");
    text += *at;
  }
  return text;
}

// "line 3, column 7: what" becomes "FILE:3: what", like every other error of a file.
std::string placed(const std::string& name, const std::string& message) {
  constexpr std::string_view kLine = "line ";
  const std::size_t comma = message.find(", column ");
  const std::size_t colon = message.find(": ");
  if (!message.starts_with(kLine) || comma == std::string::npos || colon == std::string::npos) {
    return name + ": " + message;
  }
  return name + ":" + message.substr(kLine.size(), comma - kLine.size()) + message.substr(colon);
}

std::string name_of(const std::string& path) {
  return path == "-" ? "stdin" : path;
}

Result<std::string> read_input_text(const std::string& path, std::istream& standard_input) {
  return path == "-" ? read_stream(standard_input) : wire::read_file(path, kLimit);
}

}  // namespace

Error InputFile::error(std::string_view message) const {
  return fail(ErrorKind::Invalid, document.placed(name, message));
}

Result<InputFile> read_input_file(const std::string& path, std::istream& standard_input) {
  const auto text = read_input_text(path, standard_input);
  if (!text) return text.error();
  auto document = wire::read_yaml(*text);
  if (!document) return fail(ErrorKind::Invalid, placed(name_of(path), document.error().message));
  return InputFile{name_of(path), std::move(*document)};
}

Result<std::vector<InputFile>> read_input_documents(const std::string& path,
                                                    std::istream& standard_input) {
  const auto text = read_input_text(path, standard_input);
  if (!text) return text.error();
  auto documents = wire::read_yaml_stream(*text);
  if (!documents) return fail(ErrorKind::Invalid, placed(name_of(path), documents.error().message));
  if (documents->empty()) return fail(ErrorKind::Invalid, name_of(path) + ": is empty");
  std::vector<InputFile> files;
  files.reserve(documents->size());
  for (wire::YamlDocument& document : *documents) {
    files.push_back({name_of(path), std::move(document)});
  }
  return files;
}

}  // namespace evalscaler::cli
