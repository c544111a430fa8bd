// SPDX-License-Identifier: Apache-2.0
#include "scaling/pause.hpp"

#include <gtest/gtest.h>

namespace evalscaler::scaling {
namespace {

using Which = Pause::Which;

TEST(PauseOf, WordsOfTheAnnotation) {
  EXPECT_EQ(pause_of("").which, Which::Nothing);
  EXPECT_EQ(pause_of("false").which, Which::Nothing);
  EXPECT_EQ(pause_of("true").which, Which::Everything);
  EXPECT_EQ(pause_of("scale-up").which, Which::Up);
  EXPECT_EQ(pause_of("scale-down").which, Which::Down);
  EXPECT_EQ(pause_of("true").why, "the annotation evalscaler.io/paused is 'true'");
}

TEST(PauseOf, AWordNobodyKnowsPausesEverythingAndSaysSo) {
  const Pause pause = pause_of("yes\nplease");
  EXPECT_EQ(pause.which, Which::Everything);
  EXPECT_EQ(pause.why,
            "the annotation evalscaler.io/paused is 'yes please', which is none of true, scale-up "
            "and scale-down");
}

}  // namespace
}  // namespace evalscaler::scaling
