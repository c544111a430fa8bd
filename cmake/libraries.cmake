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
# hiredis 0.14 brings no CMake package.
find_path(HIREDIS_INCLUDE hiredis/hiredis.h REQUIRED)
find_library(HIREDIS_LIBRARY hiredis REQUIRED)
add_library(hiredis_library INTERFACE IMPORTED)
target_include_directories(hiredis_library SYSTEM INTERFACE ${HIREDIS_INCLUDE})
target_link_libraries(hiredis_library INTERFACE ${HIREDIS_LIBRARY})
if(EVALSCALER_TESTS)
  find_package(GTest REQUIRED)
endif()
