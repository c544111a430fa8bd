// SPDX-License-Identifier: Apache-2.0
#include "cli/decision_text.hpp"

#include <CLI/CLI.hpp>

#include "core/text.hpp"

namespace evalscaler::cli {

void write_steps(wire::JsonWriter& out, const std::vector<api::Step>& steps) {
  out.begin_array();
  for (const api::Step& step : steps) {
    out.begin_object()
        .member("stage", step.stage)
        .member("from", step.from)
        .member("to", step.to)
        .member("reason", step.reason)
        .member("message", step.message)
        .end_object();
  }
  out.end_array();
}

std::string decisions_json(const std::string& service,
                           const std::vector<NamedDecision>& decisions) {
  wire::JsonWriter out(2);
  out.begin_object().member("service", service).key("tiers").begin_array();
  for (const NamedDecision& named : decisions) {
    const scaling::Decision& decision = named.decision;
    out.begin_object()
        .member("name", named.tier)
        .member("from", decision.from)
        .member("to", decision.to)
        .member("decision", scaling::to_text(decision.direction()))
        .member("reason", decision.reason)
        .member("message", decision.message);
    if (decision.score) {
      out.key("score")
          .begin_object()
          .member("up", decision.score->up)
          .member("down", decision.score->down)
          .end_object();
    }
    out.key("steps");
    write_steps(out, decision.steps);
    out.end_object();
  }
  out.end_array().end_object();
  return std::move(out).text() + "\n";
}

std::string change_text(api::Replicas from, api::Replicas to) {
  return from == to ? std::to_string(from) + " stays"
                    : std::to_string(from) + " -> " + std::to_string(to);
}

std::string steps_text(const std::vector<api::Step>& steps, const Paint& paint) {
  std::string text;
  for (const api::Step& step : steps) {
    text += "    " + paint(Tone::Faint, one_line(step.stage)) + "  " +
            change_text(step.from, step.to) + "  " + one_line(step.reason) + ": " +
            one_line(step.message) + "\n";
  }
  return text;
}

std::string decisions_text(const std::string& service, const std::vector<NamedDecision>& decisions,
                           const Paint& paint) {
  std::string text = paint(Tone::Strong, service) + "\n";
  for (const NamedDecision& named : decisions) {
    const scaling::Decision& decision = named.decision;
    const bool hold = decision.direction() == scaling::Direction::Hold;
    text += "  " +
            paint(hold ? Tone::Plain : Tone::Good,
                  named.tier + " " + change_text(decision.from, decision.to) + "  " +
                      std::string(scaling::to_text(decision.direction()))) +
            "  " + decision.reason + "\n  " + decision.message + "\n";
    // A single step says no more than the message does.
    if (decision.steps.size() > 1) text += steps_text(decision.steps, paint);
  }
  return text;
}

void add_output_option(CLI::App& command, std::string& output) {
  command.add_option("-o,--output", output, "json or text")
      ->check(CLI::IsMember({"json", "text"}))
      ->type_name("FORMAT");
}

}  // namespace evalscaler::cli
