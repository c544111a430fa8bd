// SPDX-License-Identifier: Apache-2.0
#include "api/explanation_json.hpp"
#include "api/status_fields.hpp"

namespace evalscaler::api {

// Plain numbers: what is read here was never a resource.
template <auto kMember>
Result<void> number_into(wire::JsonCursor& value, UnknownFields /*unknown*/,
                         typename MemberPointer<decltype(kMember)>::Owner& out) {
  const auto number = value.number();
  if (!number) return number.error();
  out.*kMember = *number;
  return {};
}

Result<void> read_target(wire::JsonCursor& value, UnknownFields /*unknown*/,
                         MetricExplanation& out) {
  MetricTarget& target = out.target.emplace();
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    if (key == "type") return read_value(member, UnknownFields::Ignore, target.type);
    if (key != "value") return {};
    const auto number = member.number();
    if (!number) return number.error();
    target.value = Quantity{*number};
    return {};
  });
}

template <auto kMember>
Result<void> into_reading(wire::JsonCursor& value, UnknownFields unknown, MetricExplanation& out) {
  return read_value(value, unknown, out.reading.*kMember);
}

Result<void> read_measured(wire::JsonCursor& value, UnknownFields /*unknown*/,
                           MetricExplanation& out) {
  const auto number = value.number();
  if (!number) return number.error();
  out.reading.value = *number;
  return {};
}

template <>
inline constexpr std::array<Field<MetricExplanation>, 11> kFields<MetricExplanation>{{
    {"name", into<&MetricExplanation::name>},
    {"state", into_reading<&Reading::state>},
    {"value", read_measured},
    {"partial", into_reading<&Reading::partial>},
    {"message", into_reading<&Reading::why>},
    {"unit", into<&MetricExplanation::unit>},
    {"target", read_target},
    {"scaleUpThreshold", number_into<&MetricExplanation::up>},
    {"scaleDownThreshold", number_into<&MetricExplanation::down>},
    {"worse", into<&MetricExplanation::worse>},
    {"ageSeconds", into<&MetricExplanation::age>},
}};

template <>
inline constexpr std::array<Field<Obstacle>, 4> kFields<Obstacle>{{
    {"stage", into<&Obstacle::stage>},
    {"reason", into<&Obstacle::reason>},
    {"message", into<&Obstacle::message>},
    {"until", into<&Obstacle::until>},
}};

template <>
inline constexpr std::array<Field<Share>, 2> kFields<Share>{{
    {"is", number_into<&Share::is>},
    {"needed", number_into<&Share::needed>},
}};

template <>
inline constexpr std::array<Field<RateRoom>, 2> kFields<RateRoom>{{
    {"replicas", into<&RateRoom::to>},
    {"moreAt", into<&RateRoom::more_at>},
}};

// {"up": ..., "down": ...}, each into the same member of its way.
template <auto kMember>
Result<void> into_both(wire::JsonCursor& value, UnknownFields unknown, TierExplanation& out) {
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    if (key == "up") return into<kMember>(member, unknown, out.up);
    if (key == "down") return into<kMember>(member, unknown, out.down);
    return {};
  });
}

Result<void> read_cooldown(wire::JsonCursor& value, UnknownFields unknown, TierExplanation& out) {
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    if (key == "upSecondsLeft") return read_value(member, unknown, out.up.cooldown_left);
    if (key == "downSecondsLeft") return read_value(member, unknown, out.down.cooldown_left);
    if (key == "message") return read_value(member, unknown, out.cooldown);
    return {};
  });
}

Result<void> read_streak(wire::JsonCursor& value, UnknownFields unknown, TierExplanation& out) {
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    if (key == "is") return read_value(member, unknown, out.fresh_streak);
    if (key == "needed") return read_value(member, unknown, out.fresh_streak_needed);
    return {};
  });
}

Result<void> read_memory(wire::JsonCursor& value, UnknownFields unknown, TierExplanation& out) {
  return value.members([&](std::string_view key, wire::JsonCursor& member) -> Result<void> {
    if (key == "scaleEvents") return read_value(member, unknown, out.scale_events);
    if (key == "recommendations") return read_value(member, unknown, out.recommendations);
    return {};
  });
}

template <>
inline constexpr std::array<Field<TierExplanation>, 18> kFields<TierExplanation>{{
    {"name", into<&TierExplanation::name>},
    {"target", into<&TierExplanation::target>},
    {"minReplicas", into<&TierExplanation::min_replicas>},
    {"maxReplicas", into<&TierExplanation::max_replicas>},
    {"problem", into<&TierExplanation::problem>},
    {"current", into<&TierExplanation::current>},
    {"ready", into<&TierExplanation::ready>},
    {"desired", into<&TierExplanation::desired>},
    {"metrics", into<&TierExplanation::metrics>},
    {"lastDecision", into<&TierExplanation::last_decision>},
    {"freshStreak", read_streak},
    {"cooldown", read_cooldown},
    {"needs", into_both<&WayOut::needs>},
    {"score", into_both<&WayOut::score>},
    {"inTheWay", into_both<&WayOut::obstacles>},
    {"atMost", into_both<&WayOut::room>},
    {"plan", into<&TierExplanation::plan>},
    {"remembered", read_memory},
}};

Result<void> read_name(wire::JsonCursor& value, UnknownFields unknown, ServiceExplanation& out) {
  return read_value(value, unknown, out.key.name);
}
Result<void> read_space(wire::JsonCursor& value, UnknownFields unknown, ServiceExplanation& out) {
  return read_value(value, unknown, out.key.space);
}

template <>
inline constexpr std::array<Field<ServiceExplanation>, 6> kFields<ServiceExplanation>{{
    {"service", read_name},
    {"namespace", read_space},
    {"generation", into<&ServiceExplanation::generation>},
    {"asOf", into<&ServiceExplanation::as_of>},
    {"nextVisitSeconds", into<&ServiceExplanation::next_visit>},
    {"tiers", into<&ServiceExplanation::tiers>},
}};

Result<ServiceExplanation> read_explanation(wire::JsonCursor& root) {
  ServiceExplanation out;
  EVALSCALER_TRY(read_value(root, UnknownFields::Ignore, out));
  for (TierExplanation& tier : out.tiers) {
    for (MetricExplanation& metric : tier.metrics) {
      if (!metric.age) continue;
      metric.reading.sample_time = out.as_of - std::chrono::seconds(*metric.age);
    }
    if (tier.last_decision) tier.last_decision->tier = tier.name;
  }
  return out;
}

}  // namespace evalscaler::api
