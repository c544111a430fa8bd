// SPDX-License-Identifier: Apache-2.0
// pause and resume: the annotation on the resource, which GitOps leaves alone and spec.mode is not.
//
// One merge patch and nothing else, so that who may do this needs no more than `patch`. Saying it
// twice changes nothing; what is said is what the API server answered.
#include <CLI/CLI.hpp>
#include <ostream>

#include "api/enum_text.hpp"
#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/service_reader.hpp"
#include "core/text.hpp"
#include "scaling/pause.hpp"

namespace evalscaler::cli {
namespace {

using scaling::Pause;

struct Options {
  ClusterOptions cluster;
  std::string name;
  std::string direction = "all";
  std::string output = "text";
};

std::string annotation_patch(std::string_view value) {
  wire::JsonWriter out;
  out.begin_object().key("metadata").begin_object().key("annotations").begin_object();
  out.key(api::kPausedAnnotation);
  if (value.empty()) {
    out.null();
  } else {
    out.value(value);
  }
  out.end_object().end_object().end_object();
  return std::move(out).text();
}

std::string_view annotation_for(const std::string& direction) {
  if (direction == "up") return "scale-up";
  if (direction == "down") return "scale-down";
  return "true";
}

bool holds_up(Pause::Which which) {
  return which == Pause::Which::Everything || which == Pause::Which::Up;
}
bool holds_down(Pause::Which which) {
  return which == Pause::Which::Everything || which == Pause::Which::Down;
}

std::string state_text(const ServiceView& view, Pause::Which which) {
  const std::string name = "service " + view.key.text();
  const std::string way_back = "; 'resume " + view.key.name + "' ends it";
  switch (which) {
    case Pause::Which::Everything:
      return name + " is paused: nothing is scaled" + way_back;
    case Pause::Which::Up:
      return name + " is paused upwards: it is not scaled up, down goes on" + way_back;
    case Pause::Which::Down:
      return name + " is paused downwards: it is not scaled down, up goes on" + way_back;
    case Pause::Which::Nothing:
      break;
  }
  return name + " is not paused";
}

std::string mode_text(const ServiceView& view) {
  if (view.spec.mode == api::Mode::Paused) {
    return "spec.mode is Paused, too: nothing is scaled until it is set to Auto or DryRun";
  }
  return {};
}

void write_json(const ServiceView& view, Pause::Which which, std::ostream& out) {
  const bool by_mode = view.spec.mode == api::Mode::Paused;
  wire::JsonWriter json(2);
  json.begin_object().member("service", view.key.name).member("namespace", view.key.space);
  json.member("mode", api::to_text(view.spec.mode)).member("annotation", view.paused);
  json.key("paused").begin_object();
  json.member("up", by_mode || holds_up(which)).member("down", by_mode || holds_down(which));
  json.end_object().end_object();
  out << std::move(json).text() << "\n";
}

Error explained(const Error& error, const ObjectKey& key) {
  const std::string what = "service " + key.text();
  if (error.kind == ErrorKind::NotFound) {
    return fail(error.kind, what + ": not found; 'status -A' lists every service");
  }
  if (error.kind == ErrorKind::Forbidden) {
    return fail(error.kind, what + ": forbidden: " + error.message +
                                "; ask for patch on evaluationservices.evalscaler.io");
  }
  if (error.kind == ErrorKind::OutcomeUnknown) {
    return fail(error.kind, what + ": it is not known whether this was done: " + error.message +
                                "; doing it again is safe");
  }
  return fail(error.kind, what + ": " + error.message);
}

Result<ServiceView> set_annotation(const Options& options, const Cluster& cluster,
                                   std::string_view value) {
  const ObjectKey key{space_of(options.cluster, cluster), options.name};
  const auto answer = cluster.api->patch(kube::object_path(service_resource(), key),
                                         kube::PatchType::Merge, annotation_patch(value), {});
  if (!answer) return explained(answer.error(), key);
  return parse_service(*answer, key);
}

Exit change(const Options& options, Session& session, std::string_view value) {
  const auto cluster = session.connect(options.cluster.access);
  if (!cluster) return report(session, Exit::Usage, cluster.error().message);
  const auto view = set_annotation(options, *cluster, value);
  if (!view) return report(session, Exit::No, view.error().message);
  const Pause::Which which = scaling::pause_of(view->paused).which;
  // Whoever asked to go on has to hear that this was not enough.
  const bool still_paused = value.empty() && view->spec.mode == api::Mode::Paused;
  if (options.output == "json") {
    write_json(*view, which, session.out);
  } else if (still_paused) {
    session.out << "service " << view->key.text()
                << ": the annotation is gone, but " +
                       std::string(
                           "spec.mode is Paused: nothing is scaled until it is set to "
                           "Auto or DryRun\n");
  } else {
    session.out << state_text(*view, which) << "\n";
    if (const std::string mode = mode_text(*view); !mode.empty()) session.out << mode << "\n";
  }
  return still_paused ? Exit::No : Exit::Ok;
}

}  // namespace

void add_pause(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand(
      "pause", "Stop scaling a service, in one direction or both, until 'resume'.");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, "The service")->required();
  command->add_option("--direction", options->direction, "up, down or all (default)")
      ->check(CLI::IsMember({"up", "down", "all"}))
      ->type_name("WHICH");
  add_cluster_options(*command, options->cluster);
  add_output_option(*command, options->output);
  command->footer(
      "Sets the annotation evalscaler.io/paused and needs the right to patch the resource. It is\n"
      "still watched and its readings go on; leaving the pause replays nothing.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) {
      return change(*options, session, annotation_for(options->direction));
    };
  });
}

void add_resume(CLI::App& app, Invocation& chosen) {
  CLI::App* command = app.add_subcommand("resume", "Scale a service again after 'pause'.");
  const auto options = std::make_shared<Options>();
  command->add_option("NAME", options->name, "The service")->required();
  add_cluster_options(*command, options->cluster);
  add_output_option(*command, options->output);
  command->footer(
      "Removes the annotation evalscaler.io/paused. Exit 1 if spec.mode is Paused: that is the\n"
      "manifest's to change.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return change(*options, session, {}); };
  });
}

}  // namespace evalscaler::cli
