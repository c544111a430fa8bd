// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "api/conditions.hpp"
#include "api/enum_text.hpp"
#include "api/service_json.hpp"
#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/service_reader.hpp"
#include "cli/table.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  ClusterOptions cluster;
  std::string name;
  bool everywhere = false;
  std::string output = "text";
};

std::string ago(const std::optional<WallTime>& time, WallTime now, const std::string& never) {
  return time ? duration_text(std::chrono::floor<std::chrono::seconds>(now - *time)) : never;
}

std::optional<WallTime> last_scale(const api::ServiceStatus& status) {
  std::optional<WallTime> last;
  for (const api::TierStatus& tier : status.tiers) {
    last = std::max({last, tier.last_scale_up, tier.last_scale_down});
  }
  return last;
}

Cell ready_cell(const api::Condition* ready) {
  if (ready == nullptr) return {"-"};
  const bool good = ready->status == api::ConditionStatus::True;
  return {std::string(api::to_text(ready->status)), good ? Tone::Good : Tone::Bad};
}

std::string to_table(const std::vector<ServiceView>& views, WallTime now, const Paint& paint) {
  Table table({"NAMESPACE", "NAME", "MODE", "TIERS", "READY", "REASON", "LAST SCALE", "AGE"});
  for (const ServiceView& view : views) {
    const api::Condition* ready = api::find_condition(view.status.conditions, "Ready");
    table.add({{view.key.space},
               {view.key.name, Tone::Strong},
               {std::string(api::to_text(view.spec.mode))},
               {view.status.summary.empty() ? "-" : one_line(view.status.summary)},
               ready_cell(ready),
               {ready == nullptr ? "-" : one_line(ready->reason)},
               {ago(last_scale(view.status), now, "never")},
               {ago(view.created, now, "-")}});
    if (!view.problem.empty()) table.add_line(one_line(view.problem), Tone::Bad);
    if (ready != nullptr && ready->status != api::ConditionStatus::True) {
      table.add_line(one_line(ready->message), Tone::Bad);
    }
    for (const api::TierStatus& tier : view.status.tiers) {
      if (tier.last_decision) table.add_line(one_line(tier.last_decision->message), Tone::Faint);
    }
  }
  return table.text(paint);
}

std::string to_json(const std::vector<ServiceView>& views) {
  wire::JsonWriter out(2);
  out.begin_object().key("services").begin_array();
  for (const ServiceView& view : views) {
    out.begin_object().member("name", view.key.name).member("namespace", view.key.space);
    out.member("mode", api::to_text(view.spec.mode));
    out.member_if_set("problem", view.problem);
    out.key("status");
    api::write_status(out, view.status);
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).text() + "\n";
}

Result<std::vector<ServiceView>> find(const Options& options, const Cluster& cluster) {
  const std::string space = space_of(options.cluster, cluster);
  if (options.name.empty()) return list_services(cluster, options.everywhere ? "" : space);
  auto view = read_service(cluster, {space, options.name});
  if (!view) return view.error();
  return std::vector<ServiceView>{std::move(*view)};
}

Exit status(const Options& options, Session& session) {
  if (options.everywhere && !options.name.empty()) {
    return report(session, Exit::Usage, "-A lists every namespace; leave out NAME, or give -n");
  }
  const auto cluster = session.connect(options.cluster.access);
  if (!cluster) return report(session, Exit::Usage, cluster.error().message);
  const auto views = find(options, *cluster);
  if (!views) return report(session, Exit::No, views.error().message);
  if (options.output == "json") {
    session.out << to_json(*views);
  } else if (views->empty()) {
    session.err << "no EvaluationService "
                << (options.everywhere ? "in any namespace"
                                       : "in namespace " + space_of(options.cluster, *cluster))
                << "\n";
  } else {
    session.out << to_table(*views, session.clock.wall(), session.paint);
  }
  return Exit::Ok;
}

}  // namespace

void add_status(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand("status", "Services and what was last decided for each.");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, "One service; all of the namespace without it");
  command->add_flag("-A,--all-namespaces", options->everywhere, "In every namespace");
  add_cluster_options(*command, options->cluster);
  add_output_option(*command, options->output);
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return status(*options, session); };
  });
}

}  // namespace evalscaler::cli
