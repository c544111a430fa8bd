// SPDX-License-Identifier: Apache-2.0
#include "kube/list_page.hpp"

#include "kube/revision.hpp"
#include "kube/store.hpp"

namespace evalscaler::kube {
namespace {

Result<void> read_metadata(wire::JsonCursor& metadata, ListPage& page) {
  return metadata.members([&](std::string_view key, wire::JsonCursor& value) {
    if (key == "resourceVersion") return store(value.text(), page.revision);
    if (key == "continue") return store(value.text(), page.next_page);
    return Result<void>();
  });
}

}  // namespace

Result<ListPage> read_list_page(wire::JsonReader& reader, std::string& body, std::string_view kind,
                                FunctionRef<void(std::string json)> item) {
  ListPage page;
  std::string found;
  const auto read = reader.read(body, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
      if (key == "kind") return store(value.text(), found);
      if (key == "metadata") return read_metadata(value, page);
      if (key != "items") return {};
      return value.items([&](std::size_t, wire::JsonCursor& element) -> Result<void> {
        auto json = element.raw();
        if (!json) return json.error();
        item(std::move(json).value());
        return {};
      });
    });
  });
  if (!read) return read.error();
  const std::string wanted = std::string(kind) + "List";
  if (found != wanted || !is_revision(page.revision)) {
    return fail(ErrorKind::Invalid, "the answer is no " + wanted);
  }
  return page;
}

}  // namespace evalscaler::kube
