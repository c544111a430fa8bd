// SPDX-License-Identifier: Apache-2.0
#include "checks/query_smells.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "checks/idle_answers.hpp"
#include "checks/promql_labels.hpp"
#include "checks/promql_tree.hpp"
#include "checks/reasons.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::checks {
namespace {

using Kind = PromqlNode::Kind;
using Found = std::optional<Smell>;

constexpr int kScrapesForRates = 4;

bool is_flow(const PromqlNode& node) {
  constexpr std::array<std::string_view, 5> kFlows{"rate", "irate", "increase", "delta", "idelta"};
  return node.kind == Kind::Call &&
         std::find(kFlows.begin(), kFlows.end(), node.name) != kFlows.end();
}

std::string seconds_text(std::chrono::milliseconds length) {
  return short_number(static_cast<double>(length.count()) / 1000) + "s";
}

Found hides_missing(const PromqlNode& root, const QueryContext& /*context*/) {
  const bool hides = any_node(root, [](const PromqlNode& node) {
    return node.is_binary("or") && node.parts[1].is_call("vector");
  });
  if (!hides) return std::nullopt;
  return Smell{reasons::kHidesMissing,
               "'or vector(...)' answers a number where there are no series: a dead target reads "
               "as that load, and the tier follows it",
               "the expression without 'or vector(...)'"};
}

// Where the filtered rows are the answer itself. A divisor's guard, the right side of `and` and
// alternatives joined by `or` are deliberate.
const PromqlNode* answering_filter(const PromqlNode& node) {
  if (node.is_filter()) return &node;
  switch (node.kind) {
    case Kind::Unary:
    case Kind::Subquery:
      return answering_filter(node.parts.front());
    case Kind::Call:
    case Kind::Aggregate: {
      for (const PromqlNode& part : node.parts) {
        if (const PromqlNode* found = answering_filter(part)) return found;
      }
      return nullptr;
    }
    case Kind::Binary: {
      if (node.name == "or") return nullptr;
      if (const PromqlNode* found = answering_filter(node.parts[0])) return found;
      const bool guard = node.name == "/" || node.name == "and" || node.name == "unless";
      return guard ? nullptr : answering_filter(node.parts[1]);
    }
    case Kind::Number:
    case Kind::Text:
    case Kind::Selector:
      break;
  }
  return nullptr;
}

Found filtering_comparison(const PromqlNode& root, const QueryContext& /*context*/) {
  const PromqlNode* const filter = answering_filter(root);
  if (filter == nullptr) return std::nullopt;
  const std::string op(filter->name);
  return Smell{reasons::kFilteringComparison,
               "'" + op +
                   "' without bool leaves rows out: where it is false there is no answer, "
                   "which is Missing and not 0",
               "'" + op + " bool', or leave the comparison to the thresholds"};
}

Found short_window(const PromqlNode& root, const QueryContext& context) {
  const std::chrono::milliseconds scrape = context.scrape_interval;
  std::optional<std::chrono::milliseconds> shortest;
  for_each_node(root, [&](const PromqlNode& node) {
    if (!is_flow(node) || node.parts.empty() || node.parts.front().kind != Kind::Selector) return;
    const auto range = node.parts.front().range;
    if (range) shortest = std::min(shortest.value_or(*range), *range);
  });
  if (!shortest || *shortest >= kScrapesForRates * scrape) return std::nullopt;
  const bool never = *shortest < 2 * scrape;
  return Smell{reasons::kShortWindow,
               "a window of " + seconds_text(*shortest) + " with a scrape every " +
                   seconds_text(scrape) +
                   (never ? " seldom holds the two samples a rate needs"
                          : " has no rate left once two scrapes are late or lost"),
               "[" + seconds_text(kScrapesForRates * scrape) + "]"};
}

std::string identity_text(const prometheus::IdentityLabels& identity) {
  const std::string name = one_line(identity.name, 64);
  return identity.space.empty() ? name : one_line(identity.space, 64) + ", " + name;
}

bool has_identity(const RowLabels& labels, const prometheus::IdentityLabels& identity) {
  return labels.may_have(identity.name) &&
         (identity.space.empty() || labels.may_have(identity.space));
}

bool is_aggregated(const PromqlNode& root) {
  return any_node(root, [](const PromqlNode& node) {
    return node.kind == Kind::Aggregate || node.is_call("scalar") || node.is_call("vector") ||
           node.is_call("absent");
  });
}

Found rows(const PromqlNode& root, const QueryContext& context) {
  const RowLabels labels = labels_of(root);
  const std::string by = "by (" + identity_text(context.identity) + ")";
  const bool catalogue = context.owner == QueryContext::Owner::Catalogue;
  if (catalogue && !has_identity(labels, context.identity)) {
    return Smell{reasons::kNoIdentity,
                 "the rows have no labels " + identity_text(context.identity) +
                     ", by which a service finds its own: it is Missing for all of them",
                 "sum " + by + " (...), or identity: {...} with the labels the rows have"};
  }
  if (!is_aggregated(root)) {
    return Smell{reasons::kManySeries,
                 "nothing adds the series up: a service with more than one (one per pod, say) is "
                 "Invalid",
                 "sum " + by + " (...)"};
  }
  const bool several = labels.kind == RowLabels::Kind::Closed && !labels.names.empty();
  if (catalogue || !several || labels.may_have(context.identity.name)) return std::nullopt;
  return Smell{reasons::kManySeries,
               "grouped by " + one_line(*labels.names.begin(), 64) +
                   " there may be several rows, and none says which is this service's",
               "an aggregation to one row, or " + by};
}

Found instant_rate(const PromqlNode& root, const QueryContext& /*context*/) {
  const bool found = any_node(
      root, [](const PromqlNode& node) { return node.is_call("irate") || node.is_call("idelta"); });
  if (!found) return std::nullopt;
  return Smell{reasons::kInstantRate,
               "irate looks at the last two samples only: one burst between two scrapes is taken "
               "for the load",
               "rate"};
}

Found increase_is_no_rate(const PromqlNode& root, const QueryContext& context) {
  if (context.unit.find("/s") == std::string_view::npos) return std::nullopt;
  const bool divided = any_node(root, [](const PromqlNode& node) { return node.is_binary("/"); });
  const bool increase =
      any_node(root, [](const PromqlNode& node) { return node.is_call("increase"); });
  if (!increase || divided) return std::nullopt;
  return Smell{reasons::kIncreaseIsNoRate,
               "increase counts per window, but the unit is " + one_line(context.unit, 64), "rate"};
}

Found average_of_quotients(const PromqlNode& root, const QueryContext& /*context*/) {
  const bool found = any_node(root, [](const PromqlNode& node) {
    return node.kind == Kind::Aggregate && node.name == "avg" && any_node(node, is_idle_division);
  });
  if (!found) return std::nullopt;
  return Smell{reasons::kAverageOfQuotients,
               "avg of a quotient counts a pod with one request as much as a pod with a thousand",
               "sum(...) / sum(...)"};
}

Found idle_division(const PromqlNode& root, const QueryContext& /*context*/) {
  const IdleAnswer answer = answer_when_idle(root);
  if (answer == IdleAnswer::Number) return std::nullopt;
  const bool nan = answer == IdleAnswer::NotANumber;
  return Smell{reasons::kIdleDivision,
               std::string("an idle service answers ") +
                   (nan ? "0/0, which is NaN and Invalid" : "nothing, which is Missing") +
                   ": it can never shrink while it is idle",
               "x / (y > 0) or (y == 0) + 0, with the value of an idle service for 0"};
}

using Sniffer = Found (*)(const PromqlNode&, const QueryContext&);
constexpr std::array<Sniffer, 8> kSniffers{
    hides_missing, filtering_comparison, short_window,         rows,
    instant_rate,  increase_is_no_rate,  average_of_quotients, idle_division};

}  // namespace

std::vector<Smell> smells_of(std::string_view query, const QueryContext& context) {
  const auto root = parse_promql(query);
  if (!root) {
    return {{reasons::kUnreadableQuery, "cannot be read as PromQL, " + root.error().message,
             "promtool promql format 'QUERY' says what is wrong with it"}};
  }
  std::vector<Smell> out;
  for (const Sniffer sniff : kSniffers) {
    if (auto found = sniff(*root, context)) out.push_back(*std::move(found));
  }
  return out;
}

}  // namespace evalscaler::checks
