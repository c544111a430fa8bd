// SPDX-License-Identifier: Apache-2.0
#include "wire/line_splitter.hpp"

namespace evalscaler::wire {

LineSplitter::Took LineSplitter::feed(std::string_view piece,
                                      FunctionRef<bool(std::string_view)> line) {
  for (;;) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    if (begun_.size() + part.size() > longest_line_) return Took::TooLong;
    if (end == std::string_view::npos) {
      begun_ += part;
      return Took::All;
    }
    bool more = false;
    if (begun_.empty()) {
      more = line(part);
    } else {
      begun_ += part;
      more = line(begun_);
      begun_.clear();
    }
    if (!more) return Took::Stopped;
    piece.remove_prefix(end + 1);
  }
}

}  // namespace evalscaler::wire
