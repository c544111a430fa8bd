// SPDX-License-Identifier: Apache-2.0
// Quantity: a finite number as Kubernetes writes it ("70", "0.7", "100m", "1Gi", "1e3").
//
// Grammar: k8s.io/apimachinery/pkg/api/resource, suffixes n u m k M G T P E and
// Ki Mi Gi Ti Pi Ei. NaN, infinities, blanks, hexadecimal and digit separators are refused.
#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace evalscaler {

struct Quantity {
  double value = 0;

  auto operator<=>(const Quantity&) const = default;
};

// Invalid with a message that quotes the text.
Result<Quantity> parse_quantity(std::string_view text);

// Shortest decimal text that reads back as the same double ("70", "0.07").
std::string number_text(double value);

// For people: at most four significant digits, no exponent below 1e15 ("0.8333", "1024").
std::string short_number(double value);

}  // namespace evalscaler
