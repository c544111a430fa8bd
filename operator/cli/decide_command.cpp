// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "api/service_json.hpp"
#include "cli/commands.hpp"
#include "cli/decide_inputs.hpp"
#include "cli/decision_text.hpp"
#include "cli/input_file.hpp"
#include "cli/metric_facts.hpp"
#include "core/text.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  std::string service_file;
  std::string inputs_file;
  std::string output = "text";
};

struct Question {
  api::ServiceFile service;
  DecideInputs inputs;
};

Result<api::ServiceFile> read_service(const std::string& path, std::istream& in) {
  const auto file = read_input_file(path, in);
  if (!file) return file.error();
  auto service = api::read_service_file(file->document);
  if (!service) return file->error(service.error().message);
  for (const api::FieldProblem& problem : api::validate(service->spec)) {
    return file->error(problem.text());
  }
  return service;
}

const api::Tier* find_tier(const api::ServiceSpec& spec, std::string_view name) {
  for (const api::Tier& tier : spec.tiers) {
    if (tier.name == name) return &tier;
  }
  return nullptr;
}

bool uses(const api::Tier& tier, std::string_view metric) {
  const std::vector<MetricFacts> metrics = metrics_of(tier);
  return std::any_of(metrics.begin(), metrics.end(),
                     [&](const MetricFacts& facts) { return facts.name == metric; });
}

// Every tier of the service needs its facts; what the file says beyond that is told, since a
// misspelt metric would otherwise silently be a missing one.
Result<void> check_names(const api::ServiceSpec& spec, const InputFile& file,
                         const DecideInputs& inputs, std::ostream& warnings) {
  for (const api::Tier& tier : spec.tiers) {
    if (inputs.tiers.contains(tier.name)) continue;
    return file.error("tiers." + tier.name + ": is missing; the service has a tier of this name");
  }
  const auto warn = [&](const std::string& path, const std::string& what) {
    warnings << one_line(file.error(path + ": warning: " + what).message) << "\n";
  };
  for (const auto& [name, facts] : inputs.tiers) {
    const std::string path = "tiers." + name;
    const api::Tier* tier = find_tier(spec, name);
    if (tier == nullptr) {
      warn(path, "not used, the service has no tier of this name");
      continue;
    }
    for (const auto& [metric, reading] : facts.readings) {
      if (uses(*tier, metric)) continue;
      warn(path + ".readings." + metric, "not used, the tier has no metric of this name");
    }
  }
  return {};
}

Result<Question> read_question(const Options& options, Session& session) {
  auto service = read_service(options.service_file, session.in);
  if (!service) return service.error();
  const auto file = read_input_file(options.inputs_file, session.in);
  if (!file) return file.error();
  auto inputs = read_decide_inputs(file->document);
  if (!inputs) return file->error(inputs.error().message);
  EVALSCALER_TRY(check_names(service->spec, *file, *inputs, session.err));
  return Question{std::move(*service), std::move(*inputs)};
}

// Not a cold start, and the fresh streak is complete.
scaling::TierInputs inputs_of(const api::Tier& tier, const TierFacts& facts, const Question& q) {
  scaling::TierInputs inputs;
  inputs.tier = &tier;
  inputs.mode = q.service.spec.mode;
  inputs.target.spec_replicas = facts.replicas;
  inputs.target.ready_replicas = facts.ready;
  inputs.history = facts.history;
  inputs.now = q.inputs.now;
  const auto when = [&](const Past& past) {
    return q.inputs.now - std::chrono::duration_cast<WallTime::duration>(past.ago);
  };
  for (const Past& past : facts.scale_events) {
    inputs.scale_events.push_back({when(past), past.number});
  }
  for (const Past& past : facts.recommendations) {
    inputs.recommendations.push_back({when(past), past.number});
  }
  for (const MetricFacts& metric : metrics_of(tier)) {
    const auto found = facts.readings.find(metric.name);
    inputs.readings.push_back(found == facts.readings.end() ? Reading::missing("not in the inputs")
                                                            : found->second);
    inputs.proportional.push_back(metric.proportional);
  }
  return inputs;
}

Exit decide(const Options& options, Session& session) {
  if (options.service_file == "-" && options.inputs_file == "-") {
    return report(session, Exit::Usage, "-f and --inputs cannot both be standard input");
  }
  const auto question = read_question(options, session);
  if (!question) return report_place(session, question.error().message);
  std::vector<NamedDecision> decisions;
  for (const api::Tier& tier : question->service.spec.tiers) {
    const TierFacts& facts = question->inputs.tiers.find(tier.name)->second;
    decisions.push_back({tier.name, scaling::decide(inputs_of(tier, facts, *question))});
  }
  const std::string& name = question->service.key.name;
  session.out << (options.output == "json" ? decisions_json(name, decisions)
                                           : decisions_text(name, decisions, session.paint));
  return Exit::Ok;
}

}  // namespace

void add_decide(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand(
      "decide", "One pure decision from files, without a cluster. YAML or JSON, '-' is stdin.");
  const auto options = std::make_shared<Options>();
  command->add_option("-f,--filename", options->service_file, "The EvaluationService")
      ->required()
      ->type_name("FILE");
  command->add_option("--inputs", options->inputs_file, "What the cluster and Prometheus say")
      ->required()
      ->type_name("FILE");
  add_output_option(*command, options->output);
  command->footer(
      "Assumes that this is not the first evaluation after a start and that the readings have\n"
      "been fresh three times in a row. scaleEvents and recommendations are what behavior looks\n"
      "back at; none given is none. Every valid decision exits 0, a hold included.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return decide(*options, session); };
  });
}

}  // namespace evalscaler::cli
