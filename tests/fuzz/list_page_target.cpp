// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "kube/list_page.hpp"
#include "kube/store.hpp"
#include "kube/watch_frame.hpp"
#include "wire/json_reader.hpp"

namespace evalscaler::fuzz {

void list_page(std::string_view input) {
  wire::JsonReader outer;
  wire::JsonReader inner;
  std::string body(input);
  std::size_t bytes = 0;
  const auto read = kube::read_list_page(outer, body, "Deployment", [&](std::string item) {
    bytes += item.size();
    kube::ObjectIdentity identity;
    const auto one = inner.read(item, [&](wire::JsonCursor& object) {
      return kube::store(kube::read_identity(object), identity);
    });
    if (!one) claim_message(one.error().message);
  });
  claim(body == input, "reading a page changed its text");
  claim(bytes <= input.size(), "the items are larger than their page");
  if (!read) return claim_message(read.error().message);
  claim(!read->revision.empty(), "a list without a revision was taken");
}

}  // namespace evalscaler::fuzz
