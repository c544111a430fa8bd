// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "api/service_json.hpp"
#include "checks/catalogue_metrics.hpp"
#include "checks/check_service.hpp"
#include "cli/check_text.hpp"
#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/input_file.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  std::vector<std::string> service_files;
  std::string catalogue_file;
  std::string output = "text";
  api::Replicas max_replicas_limit = 1000;
};

// A file of manifests may hold objects of other kinds, which are none of this program's business.
bool is_of_another_kind(const wire::YamlDocument& document) {
  std::string version;
  std::string kind;
  wire::JsonReader reader;
  const auto read = reader.read_copy(document.json, [&](wire::JsonCursor& root) {
    return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
      if (key != "apiVersion" && key != "kind") return {};
      const auto text = value.text();
      if (!text) return text.error();
      (key == "kind" ? kind : version) = *text;
      return {};
    });
  });
  const bool ours = version.starts_with(std::string(api::kGroup) + "/") || kind == api::kKind;
  return read && !kind.empty() && !ours;
}

void add(CheckResult& result, const InputFile& file, checks::Report report) {
  for (checks::Finding& finding : report.findings) {
    const auto line = file.document.line_of(finding.field);
    result.findings.push_back({file.name, line, std::move(finding)});
  }
  for (checks::Fact& fact : report.facts) {
    const auto line = file.document.line_of(fact.field);
    result.facts.push_back({file.name, line, std::move(fact)});
  }
}

checks::Report report_of(const InputFile& file, const checks::Settings& settings) {
  const auto service = api::read_service_file(file.document);
  return service ? checks::check_service(service->spec, settings)
                 : checks::unreadable_service(service.error().message);
}

Result<void> check_file(const std::string& path, std::istream& in, const checks::Settings& settings,
                        CheckResult& result) {
  const auto documents = read_input_documents(path, in);
  if (!documents) return documents.error();
  result.files.push_back(documents->front().name);
  bool any = false;
  for (const InputFile& file : *documents) {
    if (is_of_another_kind(file.document)) continue;
    any = true;
    add(result, file, report_of(file, settings));
  }
  if (any) return {};
  return fail(ErrorKind::Invalid, documents->front().name + ": holds no " + api::kKind);
}

std::size_t count_of(const wire::YamlDocument& document, const std::string& list) {
  std::size_t count = 0;
  while (document.lines.contains(list + "[" + std::to_string(count) + "]")) ++count;
  return count;
}

Result<prometheus::Catalogue> check_catalogue_file(const std::string& path, std::istream& in,
                                                   CheckResult& result) {
  auto catalogue = prometheus::load_catalogue(path);
  if (!catalogue) return catalogue;
  const auto file = read_input_file(path, in);
  if (!file) return file.error();
  result.files.push_back(file->name);
  add(result, *file, checks::check_catalogue(*catalogue, count_of(file->document, "metrics")));
  return catalogue;
}

Result<CheckResult> check_all(const Options& options, Session& session) {
  CheckResult result;
  prometheus::Catalogue catalogue = prometheus::builtin_catalogue();
  checks::Settings settings;
  settings.max_replicas_limit = options.max_replicas_limit;
  CheckResult of_catalogue;
  if (!options.catalogue_file.empty()) {
    auto stated = check_catalogue_file(options.catalogue_file, session.in, of_catalogue);
    if (!stated) return stated.error();
    catalogue = std::move(*stated);
    settings.knowledge = checks::Settings::Knowledge::Stated;
  }
  settings.catalogue = &catalogue;
  for (const std::string& path : options.service_files) {
    EVALSCALER_TRY(check_file(path, session.in, settings, result));
  }
  result.files.insert(result.files.end(), of_catalogue.files.begin(), of_catalogue.files.end());
  std::move(of_catalogue.findings.begin(), of_catalogue.findings.end(),
            std::back_inserter(result.findings));
  return result;
}

Exit check(const Options& options, Session& session) {
  if (options.service_files.empty() && options.catalogue_file.empty()) {
    return report(session, Exit::Usage, "nothing to check: name a file with -f or --config");
  }
  if (std::count(options.service_files.begin(), options.service_files.end(), "-") > 1) {
    return report(session, Exit::Usage, "-f - can be given once");
  }
  const auto result = check_all(options, session);
  if (!result) return report_place(session, result.error().message);
  session.out << (options.output == "json" ? check_json(*result)
                                           : check_text(*result, session.paint));
  return result->count(checks::Severity::Error) == 0 ? Exit::Ok : Exit::No;
}

}  // namespace

void add_check(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand(
      "check", "What is wrong with service files, without a cluster. YAML or JSON, '-' is stdin.");
  const auto options = std::make_shared<Options>();
  command
      ->add_option("-f,--filename", options->service_files,
                   "A file of EvaluationServices; other kinds in it are passed over")
      ->type_name("FILE")
      ->allow_extra_args(false);
  command
      ->add_option("--config", options->catalogue_file,
                   "The operator's metric catalogue; its queries are checked, too")
      ->type_name("FILE");
  command
      ->add_option("--max-replicas-limit", options->max_replicas_limit,
                   "As the operator has it. Default: 1000")
      ->check(CLI::Range(1, 1'000'000))
      ->type_name("N");
  add_output_option(*command, options->output);
  command->footer(
      "Errors, which exit 1: what the API server refuses, thresholds on the wrong side, a band\n"
      "that a step jumps over, a trigger that cannot be reached, a threshold outside the metric's\n"
      "range, a metric the catalogue does not have. Warnings exit 0.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return check(*options, session); };
  });
}

}  // namespace evalscaler::cli
