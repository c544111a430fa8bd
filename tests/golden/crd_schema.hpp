// SPDX-License-Identifier: Apache-2.0
// The CRD's schema as the golden tests walk it.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/function_ref.hpp"
#include "golden/json_tree.hpp"

namespace evalscaler::golden {

std::string source_path(std::string_view path);
// Content of a file of the source tree; a failure ends the test.
std::string source_file(std::string_view path);

// The schema of `spec` or `status`; a failure ends the test.
JsonTree crd_schema(std::string_view part);

using SchemaVisitor = FunctionRef<void(const std::string& path, const JsonTree& node)>;
// Every property, with the path that JsonTree uses; objects and lists included.
void visit_properties(const JsonTree& schema, SchemaVisitor visit);
// The properties' paths, sorted.
std::vector<std::string> properties_of(const JsonTree& schema);

// The value of a keyword of a schema node as text, "" if it is not there.
std::string keyword(const JsonTree& node, std::string_view name);

}  // namespace evalscaler::golden
