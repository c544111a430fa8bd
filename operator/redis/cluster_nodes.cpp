// SPDX-License-Identifier: Apache-2.0
#include "redis/cluster_nodes.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "core/text.hpp"

namespace evalscaler::redis {
namespace {

Error bad(std::string_view what, std::string_view text) {
  return fail(ErrorKind::Invalid,
              "CLUSTER NODES: " + std::string(what) + ": \"" + one_line(text, 60) + "\"");
}

bool is_node_id(std::string_view text) {
  return text.size() == 40 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

template <typename Number>
bool parse_number(std::string_view text, Number& number) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  return !text.empty() && parsed.ec == std::errc{} && parsed.ptr == end;
}

// "ip:port@cport[,hostname[,name=value...]]"; an IPv6 address has colons of its own.
Result<void> parse_address(std::string_view text, ClusterNode& node) {
  const auto parts = split(text, ',');
  if (parts.size() > 1) node.hostname = parts[1];
  const std::string_view place = parts[0].substr(0, parts[0].find('@'));
  const std::size_t colon = place.rfind(':');
  int port = 0;
  if (colon == std::string_view::npos || !parse_number(place.substr(colon + 1), port) || port < 0 ||
      port > 65535) {
    return bad("no address", text);
  }
  if (colon > 0 && port > 0) node.address = Address{std::string(place.substr(0, colon)), port};
  return {};
}

Result<void> parse_flags(std::string_view text, ClusterNode& node) {
  bool replica = false;
  bool no_address = false;
  for (const std::string_view flag : split(text, ',')) {
    if (flag == "myself") node.myself = true;
    if (flag == "master") node.master = true;
    if (flag == "slave") replica = true;
    if (flag == "fail") node.failed = true;
    if (flag == "fail?") node.possibly_failed = true;
    if (flag == "handshake") node.handshake = true;
    if (flag == "noaddr") no_address = true;
  }
  if (no_address) node.address.reset();
  const bool known = node.handshake || no_address || text == "noflags";
  if (node.master == replica && !known) return bad("neither master nor replica", text);
  return {};
}

// "[93-<-id]" importing, "[77->-id]" migrating.
Result<OpenSlot> parse_open_slot(std::string_view text) {
  if (text.size() < 5 || text.back() != ']') return bad("no open slot", text);
  const std::string_view inner = text.substr(1, text.size() - 2);
  const std::size_t arrow = inner.find_first_of("<>");
  if (arrow == std::string_view::npos || arrow < 2 || inner[arrow - 1] != '-' ||
      arrow + 1 >= inner.size() || inner[arrow + 1] != '-') {
    return bad("no open slot", text);
  }
  const auto slot = parse_slot_range(inner.substr(0, arrow - 1));
  const std::string_view id = inner.substr(arrow + 2);
  if (!slot || slot->first != slot->last || !is_node_id(id)) return bad("no open slot", text);
  const auto side = inner[arrow] == '<' ? OpenSlot::Side::Importing : OpenSlot::Side::Migrating;
  return OpenSlot{slot->first, side, std::string(id)};
}

Result<void> parse_slots(const std::vector<std::string_view>& words, ClusterNode& node,
                         SlotSet& owned, std::vector<OpenSlot>& open) {
  for (std::size_t i = 8; i < words.size(); ++i) {
    if (words[i].starts_with('[')) {
      auto slot = parse_open_slot(words[i]);
      if (!slot) return slot.error();
      if (!node.myself) return bad("an open slot of another node", words[i]);
      open.push_back(std::move(*slot));
      continue;
    }
    const auto range = parse_slot_range(words[i]);
    if (!range) return bad("no slot range", words[i]);
    const SlotSet slots = to_set({*range});
    if ((owned & slots).any()) return bad("a slot with two owners", words[i]);
    owned |= slots;
    node.slots.push_back(*range);
  }
  std::sort(node.slots.begin(), node.slots.end());
  return {};
}

Result<ClusterNode> parse_line(std::string_view line, SlotSet& owned, std::vector<OpenSlot>& open) {
  const auto words = split(line, ' ');
  if (words.size() < 8) return bad("a line with fewer than 8 fields", line);
  ClusterNode node;
  node.id = words[0];
  if (!is_node_id(words[0])) return bad("no node id", words[0]);
  EVALSCALER_TRY(parse_address(words[1], node));
  EVALSCALER_TRY(parse_flags(words[2], node));
  if (words[3] != "-") {
    if (!is_node_id(words[3])) return bad("no id of a master", words[3]);
    node.master_id = words[3];
  }
  if (!parse_number(words[6], node.config_epoch)) return bad("no config epoch", words[6]);
  node.linked = words[7] == "connected";
  EVALSCALER_TRY(parse_slots(words, node, owned, open));
  if (!node.master && !node.slots.empty()) return bad("a replica with slots", line);
  return node;
}

}  // namespace

const ClusterNode* ClusterNodes::find(std::string_view id) const {
  const auto at = std::find_if(nodes.begin(), nodes.end(),
                               [&](const ClusterNode& node) { return node.id == id; });
  return at == nodes.end() ? nullptr : &*at;
}

Result<ClusterNodes> parse_cluster_nodes(std::string_view text) {
  ClusterNodes out;
  SlotSet owned;
  std::set<std::string> ids;
  std::size_t selves = 0;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    if (line.empty()) continue;
    auto node = parse_line(line, owned, out.open);
    if (!node) return node.error();
    if (!ids.insert(node->id).second) return bad("a node twice", node->id);
    if (node->myself) {
      out.self = out.nodes.size();
      ++selves;
    }
    out.nodes.push_back(std::move(*node));
  }
  if (selves != 1) {
    return fail(ErrorKind::Invalid,
                "CLUSTER NODES: " + std::to_string(selves) + " nodes say \"myself\"");
  }
  return out;
}

}  // namespace evalscaler::redis
