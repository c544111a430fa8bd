# SPDX-License-Identifier: Apache-2.0
# Every third-party library, found once. The folder that may use each of them
# stands in operator/layers.txt. System includes keep their warnings to themselves.
find_package(Threads REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(cpprestsdk REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED COMPONENTS core)
find_package(civetweb REQUIRED)
find_package(CLI11 REQUIRED)
if(EVALSCALER_TESTS)
  find_package(GTest REQUIRED)
endif()
