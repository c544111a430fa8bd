// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <ostream>

#include "api/enum_text.hpp"
#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/service_reader.hpp"
#include "cli/tier_report.hpp"
#include "core/text.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  ClusterOptions cluster;
  std::string name;
  std::string tier;
  std::string output = "text";
};

// Of these True is the good answer; every other condition is there because something is unusual.
Tone tone_of(const api::Condition& condition) {
  const bool usual = condition.type == "Ready" || condition.type == "ScalingActive" ||
                     condition.type == "AbleToScale";
  const bool yes = condition.status == api::ConditionStatus::True;
  if (usual) return yes ? Tone::Good : Tone::Bad;
  return yes ? Tone::Warning : Tone::Plain;
}

std::string head_text(const ServiceView& view, const Paint& paint) {
  std::string text = paint(Tone::Strong, view.key.text()) + "  mode " +
                     std::string(api::to_text(view.spec.mode)) + "\n";
  for (const api::Condition& condition : view.status.conditions) {
    text += "  " + paint(tone_of(condition), condition.type) + " " +
            std::string(api::to_text(condition.status)) + "  " + one_line(condition.reason) + ": " +
            one_line(condition.message) + "\n";
  }
  if (view.status.observed_generation < view.generation) {
    text += "  the operator has not seen the latest edit of the spec yet\n";
  }
  return text;
}

std::string to_json(const ServiceView& view, const std::vector<TierReport>& reports) {
  wire::JsonWriter out(2);
  out.begin_object().member("service", view.key.name).member("namespace", view.key.space);
  out.member("mode", api::to_text(view.spec.mode));
  out.member("upToDate", view.status.observed_generation >= view.generation);
  out.key("conditions").begin_array();
  for (const api::Condition& condition : view.status.conditions) {
    out.begin_object()
        .member("type", condition.type)
        .member("status", api::to_text(condition.status))
        .member("reason", condition.reason)
        .member("message", condition.message)
        .end_object();
  }
  out.end_array().key("tiers").begin_array();
  for (const TierReport& report : reports) write_tier(out, report);
  out.end_array().end_object();
  return std::move(out).text() + "\n";
}

Exit explain(const Options& options, Session& session) {
  const auto cluster = session.connect(options.cluster.access);
  if (!cluster) return report(session, Exit::Usage, cluster.error().message);
  const ObjectKey key{space_of(options.cluster, *cluster), options.name};
  const auto view = read_service(*cluster, key);
  if (!view) return report(session, Exit::No, view.error().message);
  std::vector<TierReport> reports;
  std::vector<std::string> names;
  for (const api::Tier& tier : view->spec.tiers) {
    names.push_back(tier.name);
    if (!options.tier.empty() && tier.name != options.tier) continue;
    reports.push_back(make_tier_report(*view, tier, session.clock.wall()));
  }
  if (reports.empty() && !options.tier.empty()) {
    return report(
        session, Exit::No,
        "service " + key.text() + ": no tier '" + options.tier + "'; it has " + join(names, ", "));
  }
  if (options.output == "json") {
    session.out << to_json(*view, reports);
    return Exit::Ok;
  }
  session.out << head_text(*view, session.paint);
  for (const TierReport& each : reports) session.out << tier_text(each, session.paint);
  return Exit::Ok;
}

}  // namespace

void add_explain(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand(
      "explain", "What the operator sees of a service, what it decided, and what would change it.");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, "The service")->required();
  command->add_option("--tier", options->tier, "Only this tier")->type_name("NAME");
  add_cluster_options(*command, options->cluster);
  add_output_option(*command, options->output);
  command->footer(
      "Reads the service's status, so it works while the operator is away. Values there are\n"
      "refreshed when they move or change their state, at most every few minutes otherwise.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return explain(*options, session); };
  });
}

}  // namespace evalscaler::cli
