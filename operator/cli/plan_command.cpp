// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>

#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/live_source.hpp"
#include "cli/service_reader.hpp"
#include "cli/table.hpp"
#include "core/quantity.hpp"
#include "core/text.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  ClusterOptions cluster;
  OperatorChoice where;
  std::string name;
  std::string tier;
  api::Replicas to = 0;
  std::string output = "text";
};

std::string megabytes(std::int64_t bytes) {
  return short_number(static_cast<double>(bytes) / 1e6) + " MB";
}

std::string moves_text(const api::PlanPreview& preview, const Paint& paint) {
  if (preview.moves.empty()) return "  no slot moves\n";
  Table table({"FROM", "TO", "SLOTS", "KEYS", "SIZE"});
  api::PlanMove sum;
  for (const api::PlanMove& move : preview.moves) {
    table.add({{one_line(move.from)},
               {one_line(move.to)},
               {std::to_string(move.slots)},
               {std::to_string(move.keys)},
               {megabytes(move.bytes)}});
    sum.slots += move.slots;
    sum.keys += move.keys;
    sum.bytes += move.bytes;
  }
  return table.text(paint, 2) + "  " + std::to_string(sum.slots) + " slots, about " +
         std::to_string(sum.keys) + " keys and " + megabytes(sum.bytes) + " would move\n";
}

std::string text_of(const Options& options, const PlanAnswer& answer, const Paint& paint) {
  const api::PlanPreview& preview = answer.preview;
  std::string text = paint(Tone::Strong, "tier " + options.tier) + ": from " +
                     std::to_string(preview.from) + " to " + std::to_string(preview.to) + "  " +
                     paint(Tone::Faint, "by " + one_line(answer.from) + "; nothing was changed") +
                     "\n";
  for (const api::PlanObstacle& each : preview.obstacles) {
    text += "  " + paint(Tone::Bad, "would not begin: " + one_line(each.reason)) + ": " +
            one_line(each.message) + "\n";
  }
  for (const std::string& note : preview.notes) text += "  " + one_line(note) + "\n";
  if (!preview.obstacles.empty()) return text;
  for (const std::string& pod : preview.leaving) text += "  leaves: " + one_line(pod) + "\n";
  return text + moves_text(preview, paint);
}

// The object first, so that nobody is told what they may not read.
Exit plan(const Options& options, Session& session) {
  const auto cluster = session.connect(options.cluster.access);
  if (!cluster) return report(session, Exit::Usage, cluster.error().message);
  const ObjectKey key{space_of(options.cluster, *cluster), options.name};
  const auto view = read_service(*cluster, key);
  if (!view) return report(session, Exit::No, view.error().message);
  const auto answer = ask_for_plan(*cluster, options.where, key, options.tier, options.to);
  if (!answer) return report(session, Exit::No, answer.error().message);
  if (options.output == "json") {
    wire::JsonWriter out(2);
    api::write_plan_preview(out, answer->preview);
    session.out << std::move(out).text() << "\n";
  } else {
    session.out << text_of(options, *answer, session.paint);
  }
  return answer->preview.obstacles.empty() ? Exit::Ok : Exit::No;
}

}  // namespace

void add_plan(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand(
      "plan", "What scaling a data tier would do, shard by shard, without doing it.");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, "The service")->required();
  command->add_option("--tier", options->tier, "The data tier")->required()->type_name("NAME");
  command->add_option("--to", options->to, "How many shards it would have")
      ->required()
      ->type_name("NUMBER")
      ->check(CLI::Range(0, 100'000));
  add_cluster_options(*command, options->cluster);
  add_output_option(*command, options->output);
  add_operator_options(*command, options->where);
  command->footer(
      "Asks the running operator, which looks at the StatefulSet and at all nodes for it, through\n"
      "the API server; that takes the right to get services/proxy in its namespace. Exit code 1: "
      "the\nplan would not be begun, and why.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return plan(*options, session); };
  });
}

}  // namespace evalscaler::cli
