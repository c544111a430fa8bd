// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <algorithm>
#include <ostream>

#include "api/enum_text.hpp"
#include "api/explanation_json.hpp"
#include "cli/commands.hpp"
#include "cli/decision_text.hpp"
#include "cli/explanation_text.hpp"
#include "cli/live_source.hpp"
#include "cli/service_reader.hpp"
#include "cli/status_explanation.hpp"
#include "core/text.hpp"
#include "core/time_text.hpp"

namespace evalscaler::cli {
namespace {

struct Options {
  ClusterOptions cluster;
  OperatorChoice where;
  std::string name;
  std::string tier;
  std::string output = "text";
};

// What is said, and who said it.
struct Account {
  ServiceView view;
  api::ServiceExplanation explanation;
  std::string from;     // the operator's Service or pod; empty: from status alone
  std::string why_not;  // it was not the operator
};

// Of these True is the good answer; every other condition is there because something is unusual.
Tone tone_of(const api::Condition& condition) {
  const bool usual = condition.type == "Ready" || condition.type == "ScalingActive" ||
                     condition.type == "AbleToScale";
  const bool yes = condition.status == api::ConditionStatus::True;
  if (usual) return yes ? Tone::Good : Tone::Bad;
  return yes ? Tone::Warning : Tone::Plain;
}

std::string source_text(const Account& account) {
  if (!account.from.empty()) {
    std::string text = "live, from " + account.from;
    if (account.explanation.next_visit) {
      text += "; it looks again within " +
              duration_text(std::chrono::seconds(*account.explanation.next_visit));
    }
    return text;
  }
  std::string text = "from its status";
  if (const auto when = decided_at(account.view.status)) {
    const auto ago = std::chrono::floor<std::chrono::seconds>(account.explanation.as_of - *when);
    text += ", as of " + duration_text(std::max(ago, std::chrono::seconds(0))) + " ago";
  }
  return text + "; no live answer: " + account.why_not;
}

bool is_up_to_date(const Account& account) {
  return account.explanation.generation >= account.view.generation;
}

std::string head_text(const Account& account, const Paint& paint) {
  const ServiceView& view = account.view;
  std::string text = paint(Tone::Strong, view.key.text()) + "  mode " +
                     std::string(api::to_text(view.spec.mode)) + "\n  " +
                     paint(Tone::Faint, one_line(source_text(account))) + "\n";
  for (const api::Condition& condition : view.status.conditions) {
    text += "  " + paint(tone_of(condition), condition.type) + " " +
            std::string(api::to_text(condition.status)) + "  " + one_line(condition.reason) + ": " +
            one_line(condition.message) + "\n";
  }
  if (!is_up_to_date(account)) {
    text += "  the operator has not seen the latest edit of the spec yet\n";
  }
  return text;
}

std::string to_json(const Account& account) {
  const ServiceView& view = account.view;
  wire::JsonWriter out(2);
  out.begin_object().member("service", view.key.name).member("namespace", view.key.space);
  out.member("mode", api::to_text(view.spec.mode));
  out.member("source", account.from.empty() ? "status" : "operator");
  out.member_if_set("from", account.from).member_if_set("whyNotLive", account.why_not);
  out.member("asOf", time_text(account.explanation.as_of));
  out.member("nextVisitSeconds", account.explanation.next_visit);
  out.member("upToDate", is_up_to_date(account));
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
  for (const api::TierExplanation& tier : account.explanation.tiers) api::write_tier(out, tier);
  out.end_array().end_object();
  return std::move(out).text() + "\n";
}

// The object first, so that nobody is told live what they may not read.
Result<Account> find_out(const Options& options, const Session& session, const Cluster& cluster) {
  const ObjectKey key{space_of(options.cluster, cluster), options.name};
  auto view = read_service(cluster, key);
  if (!view) return view.error();
  auto live = ask_operator(cluster, options.where, key);
  Account account{std::move(*view), {}, {}, {}};
  if (live) {
    account.explanation = std::move(live->explanation);
    account.from = std::move(live->from);
  } else {
    account.explanation = explain_status(account.view, session.clock.wall());
    account.why_not = one_line(live.error().message, 300);
  }
  return account;
}

// Whether it has the tier; its others go.
bool keep_only(const std::string& name, std::vector<api::TierExplanation>& tiers) {
  const auto is_another = [&](const auto& tier) { return tier.name != name; };
  if (std::all_of(tiers.begin(), tiers.end(), is_another)) return false;
  std::erase_if(tiers, is_another);
  return true;
}

Exit explain(const Options& options, Session& session) {
  const auto cluster = session.connect(options.cluster.access);
  if (!cluster) return report(session, Exit::Usage, cluster.error().message);
  auto account = find_out(options, session, *cluster);
  if (!account) return report(session, Exit::No, account.error().message);
  std::vector<api::TierExplanation>& tiers = account->explanation.tiers;
  if (!options.tier.empty() && !keep_only(options.tier, tiers)) {
    std::vector<std::string> names;
    names.reserve(tiers.size());
    for (const api::TierExplanation& tier : tiers) names.push_back(tier.name);
    return report(session, Exit::No,
                  "service " + account->view.key.text() + ": no tier '" + options.tier +
                      "'; it has " + join(names, ", "));
  }
  if (options.output == "json") {
    session.out << to_json(*account);
    return Exit::Ok;
  }
  session.out << head_text(*account, session.paint);
  for (const api::TierExplanation& tier : tiers) {
    session.out << tier_text(tier, account->explanation.as_of, session.paint);
  }
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
  add_operator_options(*command, options->where);
  command->footer(
      "Asks the running operator through the API server, which takes the right to get\n"
      "services/proxy (and pods/proxy, where several stand by) in its namespace. Where that "
      "fails,\n"
      "the service's status answers, and is as old as it says: values there are refreshed when\n"
      "they move or change their state, at most every few minutes otherwise.");
  command->callback([options, &chosen] {
    chosen.run = [options](Session& session) { return explain(*options, session); };
  });
}

}  // namespace evalscaler::cli
