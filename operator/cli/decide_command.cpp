// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
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

// A misspelt name would silently be a Missing reading or a tier left out.
Result<void> check_names(const api::ServiceSpec& spec, const DecideInputs& inputs) {
  std::vector<std::string> names;
  for (const api::Tier& tier : spec.tiers) {
    names.push_back(tier.name);
    if (!inputs.tiers.contains(tier.name)) {
      return fail(ErrorKind::Invalid,
                  "tiers." + tier.name + ": is missing; the service has a tier of this name");
    }
  }
  for (const auto& [name, facts] : inputs.tiers) {
    const api::Tier* tier = find_tier(spec, name);
    if (tier == nullptr) {
      return fail(ErrorKind::Invalid,
                  "tiers." + name + ": the service has no such tier; it has " + join(names, ", "));
    }
    std::vector<std::string> metrics;
    for (const MetricFacts& metric : metrics_of(*tier)) metrics.push_back(metric.name);
    for (const auto& [metric, reading] : facts.readings) {
      if (std::find(metrics.begin(), metrics.end(), metric) != metrics.end()) continue;
      return fail(ErrorKind::Invalid, "tiers." + name + ".readings." + metric +
                                          ": the tier has no such metric; it has " +
                                          join(metrics, ", "));
    }
  }
  return {};
}

Result<Question> read_question(const Options& options, std::istream& in) {
  auto service = read_service(options.service_file, in);
  if (!service) return service.error();
  const auto file = read_input_file(options.inputs_file, in);
  if (!file) return file.error();
  auto inputs = read_decide_inputs(file->document);
  if (!inputs) return file->error(inputs.error().message);
  const auto checked = check_names(service->spec, *inputs);
  if (!checked) return file->error(checked.error().message);
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
  const auto question = read_question(options, session.in);
  if (!question) return report(session, Exit::Usage, question.error().message);
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
      "been fresh three times in a row. scaleEvents and recommendations are checked, and have\n"
      "no effect on a threshold policy. Every valid decision exits 0, a hold included.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return decide(*options, session); };
  });
}

}  // namespace evalscaler::cli
