// SPDX-License-Identifier: Apache-2.0
#include "wire/yaml.hpp"

#include <string>

#include "api/service_json.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::fuzz {
namespace {

// Reads everything there is below; a parser that looks ahead only where it is asked to would
// not notice otherwise.
Result<void> read_all(wire::JsonCursor& value) {
  const auto type = value.type();
  if (!type) return type.error();
  switch (*type) {
    case wire::JsonType::Object:
      return value.members(
          [](std::string_view, wire::JsonCursor& member) { return read_all(member); });
    case wire::JsonType::Array:
      return value.items([](std::size_t, wire::JsonCursor& item) { return read_all(item); });
    case wire::JsonType::String: {
      const auto text = value.text();
      return text ? Result<void>() : text.error();
    }
    case wire::JsonType::Number: {
      const auto text = value.text_or_number();
      return text ? Result<void>() : text.error();
    }
    case wire::JsonType::Boolean: {
      const auto flag = value.boolean();
      return flag ? Result<void>() : flag.error();
    }
    case wire::JsonType::Null:
      break;
  }
  return {};
}

bool is_tree(const std::string& json) {
  return json.starts_with('{') || json.starts_with('[');
}

}  // namespace

void yaml(std::string_view input) {
  const auto document = wire::read_yaml(input);
  if (!document) return claim_message(document.error().message);
  if (is_tree(document->json)) {
    wire::JsonReader reader;
    const auto read =
        reader.read_copy(document->json, [](wire::JsonCursor& root) { return read_all(root); });
    claim(read.has_value(), "YAML became text that is not JSON: " + document->json);
  }
  const auto file = api::read_service_file(*document);
  if (!file) claim_message(file.error().message);
  const auto all = wire::read_yaml_stream(input);
  claim(all.has_value() && all->size() <= 1, "one document is several");
}

}  // namespace evalscaler::fuzz
