// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <gtest/gtest.h>

namespace evalscaler::cli {
namespace {

TEST(Table, PadsByCharactersAndNotByBytesOrColours) {
  Table table({"A", "B"});
  table.add({{"é", Tone::Bad}, {"x"}});
  table.add({{"long"}, {"y"}});
  table.add_line("spans all", Tone::Plain);
  EXPECT_EQ(table.text(Paint(Paint::Kind::None), 1),
            " A     B\n"
            " é     x\n"
            " long  y\n"
            "   spans all\n");
  EXPECT_NE(table.text(Paint(Paint::Kind::Ansi)).find("\x1b[31mé\x1b[0m     x"), std::string::npos);
}

}  // namespace
}  // namespace evalscaler::cli
