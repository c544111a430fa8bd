// SPDX-License-Identifier: Apache-2.0
#include "kube/base64.hpp"

#include <gtest/gtest.h>

namespace evalscaler::kube {
namespace {

TEST(Base64, DecodesRfc4648Vectors) {
  EXPECT_EQ(base64_decoded(""), "");
  EXPECT_EQ(base64_decoded("Zg=="), "f");
  EXPECT_EQ(base64_decoded("Zm8="), "fo");
  EXPECT_EQ(base64_decoded("Zm9vYmFy"), "foobar");
  EXPECT_EQ(base64_decoded("/+8="), "\xff\xef");
}

TEST(Base64, SkipsLineBreaksOnly) {
  EXPECT_EQ(base64_decoded("Zm9v\r\nYmFy\n"), "foobar");
  EXPECT_FALSE(base64_decoded("Zm9v YmFy").has_value());
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* bad : {"Zg", "Zg=", "Z===", "====", "Zg==Zg==", "-----BEGIN", "Zm9_"}) {
    EXPECT_FALSE(base64_decoded(bad).has_value()) << bad;
  }
}

}  // namespace
}  // namespace evalscaler::kube
