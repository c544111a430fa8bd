// SPDX-License-Identifier: Apache-2.0
#include "api/plan_preview.hpp"

#include "api/field_reader.hpp"
#include "core/text.hpp"

namespace evalscaler::api {

template <>
inline constexpr std::array<Field<PlanObstacle>, 2> kFields<PlanObstacle>{{
    {"reason", into<&PlanObstacle::reason>},
    {"message", into<&PlanObstacle::message>},
}};

template <>
inline constexpr std::array<Field<PlanMove>, 5> kFields<PlanMove>{{
    {"from", into<&PlanMove::from>},
    {"to", into<&PlanMove::to>},
    {"slots", into<&PlanMove::slots>},
    {"keys", into<&PlanMove::keys>},
    {"bytes", into<&PlanMove::bytes>},
}};

template <>
inline constexpr std::array<Field<PlanPreview>, 7> kFields<PlanPreview>{{
    {"from", into<&PlanPreview::from>},
    {"to", into<&PlanPreview::to>},
    {"wanted", into<&PlanPreview::wanted>},
    {"obstacles", into<&PlanPreview::obstacles>},
    {"leaving", into<&PlanPreview::leaving>},
    {"moves", into<&PlanPreview::moves>},
    {"notes", into<&PlanPreview::notes>},
}};

void write_plan_preview(wire::JsonWriter& out, const PlanPreview& preview) {
  const auto texts = [&](std::string_view name, const std::vector<std::string>& list) {
    out.key(name).begin_array();
    for (const std::string& text : list) out.value(std::string_view(text));
    out.end_array();
  };
  out.begin_object().member("from", preview.from).member("to", preview.to);
  out.member("wanted", preview.wanted).key("obstacles").begin_array();
  for (const PlanObstacle& each : preview.obstacles) {
    out.begin_object().member("reason", each.reason);
    out.member("message", one_line(each.message, 512)).end_object();
  }
  out.end_array();
  texts("leaving", preview.leaving);
  out.key("moves").begin_array();
  for (const PlanMove& move : preview.moves) {
    out.begin_object().member("from", move.from).member("to", move.to);
    out.member("slots", move.slots).member("keys", move.keys).member("bytes", move.bytes);
    out.end_object();
  }
  out.end_array();
  texts("notes", preview.notes);
  out.end_object();
}

Result<PlanPreview> read_plan_preview(wire::JsonCursor& root) {
  PlanPreview out;
  EVALSCALER_TRY(read_value(root, UnknownFields::Ignore, out));
  return out;
}

}  // namespace evalscaler::api
