// SPDX-License-Identifier: Apache-2.0
#include "checks/report.hpp"

#include <utility>

#include "core/text.hpp"

namespace evalscaler::checks {

std::string_view to_text(Severity severity) {
  return severity == Severity::Error ? "Error" : "Warning";
}

void Report::error(std::string field, std::string_view reason, std::string message,
                   std::string fix) {
  findings.push_back(
      {std::move(field), Severity::Error, std::string(reason), one_line(message), one_line(fix)});
}

void Report::warning(std::string field, std::string_view reason, std::string message,
                     std::string fix) {
  findings.push_back(
      {std::move(field), Severity::Warning, std::string(reason), one_line(message), one_line(fix)});
}

}  // namespace evalscaler::checks
