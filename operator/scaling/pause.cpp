// SPDX-License-Identifier: Apache-2.0
#include "scaling/pause.hpp"

#include "core/text.hpp"

namespace evalscaler::scaling {

Pause pause_of(std::string_view word) {
  using Which = Pause::Which;
  if (word.empty() || word == "false") return {};
  const std::string says =
      "the annotation " + std::string(api::kPausedAnnotation) + " is '" + one_line(word, 32) + "'";
  if (word == "true") return {Which::Everything, says};
  if (word == "scale-up") return {Which::Up, says};
  if (word == "scale-down") return {Which::Down, says};
  return {Which::Everything, says + ", which is none of true, scale-up and scale-down"};
}

}  // namespace evalscaler::scaling
