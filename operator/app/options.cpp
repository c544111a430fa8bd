// SPDX-License-Identifier: Apache-2.0
#include "app/options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "core/version.hpp"

namespace evalscaler::app {
namespace {

using Set = Result<void> (*)(Options& options, const std::string& value);

enum class Times {
  Once,
  Repeatable,
  OnceOrBare,  // given without a value it means true
};

struct Flag {
  const char* name;
  const char* value;
  const char* help;
  Set set;
  Times times = Times::Once;
};

Error bad(const std::string& what) {
  return fail(ErrorKind::Invalid, what);
}

Result<std::int64_t> whole_number(const std::string& text, std::int64_t from, std::int64_t to) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stopped, problem] = std::from_chars(text.data(), end, number);
  if (problem != std::errc{} || stopped != end || number < from || number > to) {
    return bad("must be a whole number from " + std::to_string(from) + " to " + std::to_string(to));
  }
  return number;
}

bool is_namespace(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), allowed) &&
         text.front() != '-' && text.back() != '-';
}

Result<void> add_namespaces(Options& options, const std::string& text) {
  for (const std::string_view part : split(text, ',')) {
    const std::string name(trim(part));
    if (!is_namespace(name)) return bad("'" + one_line(name, 64) + "' is not a namespace's name");
    auto& known = options.namespaces;
    if (std::find(known.begin(), known.end(), name) == known.end()) known.push_back(name);
  }
  return {};
}

Result<void> set_path(std::string& path, const std::string& text) {
  if (text.empty()) return bad("must be a file's path");
  path = text;
  return {};
}

Result<void> set_address(std::string& address, const std::string& text) {
  if (text != "0" && text.find(':') == std::string::npos) {
    return bad("must be HOST:PORT, :PORT, :0 for a free port, or 0 for off");
  }
  address = text == "0" ? "" : text;
  return {};
}

Result<bool> truth(const std::string& text) {
  if (text != "true" && text != "false") return bad("must be true or false");
  return text == "true";
}

Result<void> set_inline_queries(Options& options, const std::string& text) {
  if (const auto allowed = truth(text); !allowed) return allowed.error();
  options.inline_queries =
      text == "true" ? prometheus::InlineQueries::Allowed : prometheus::InlineQueries::Forbidden;
  return {};
}

Result<void> set_lease_namespace(Options& options, const std::string& text) {
  if (!is_namespace(text)) return bad("'" + one_line(text, 64) + "' is not a namespace's name");
  options.lease_namespace = text;
  return {};
}

template <typename T>
Result<void> store(Result<T> read, T& into) {
  if (!read) return read.error();
  into = *std::move(read);
  return {};
}

constexpr std::array kFlags{
    Flag{"kubeconfig", "FILE",
         "How to reach the API server. Default: $KUBECONFIG, the pod's service account, "
         "~/.kube/config.",
         [](Options& o, const std::string& text) { return set_path(o.kubeconfig, text); }},
    Flag{"watch-namespace", "NAME", "Watch this namespace only; may be repeated. Default: all.",
         add_namespaces, Times::Repeatable},
    Flag{"config", "FILE",
         "The metric catalogue: Prometheus servers and metrics (YAML). Without it no server is "
         "known.",
         [](Options& o, const std::string& text) { return set_path(o.config, text); }},
    Flag{"metrics-bind-address", "ADDRESS",
         "Where /metrics is served: HOST:PORT, :PORT, :0 = a free port, 0 = off. Default: :8080.",
         [](Options& o, const std::string& text) { return set_address(o.metrics_address, text); }},
    Flag{"health-probe-bind-address", "ADDRESS",
         "Where /healthz and /readyz are served, as above. Default: :8081.",
         [](Options& o, const std::string& text) { return set_address(o.probe_address, text); }},
    Flag{"leader-elect", "[true|false]",
         "Act only while holding the lease 'evalscaler', so that several replicas may run. "
         "Default: false.",
         [](Options& o, const std::string& text) { return store(truth(text), o.leader_elect); },
         Times::OnceOrBare},
    Flag{"leader-election-namespace", "NAME",
         "Where the lease is. Default: the pod's namespace, else the kubeconfig context's, else "
         "default.",
         set_lease_namespace},
    Flag{"workers", "NUMBER", "Services visited at the same time. Default: 8.",
         [](Options& o, const std::string& text) -> Result<void> {
           const auto number = whole_number(text, 1, 256);
           if (!number) return number.error();
           o.workers = static_cast<unsigned>(*number);
           return {};
         }},
    Flag{"max-replicas-limit", "NUMBER",
         "Never ask for more replicas than this, whatever a resource says. Default: 1000.",
         [](Options& o, const std::string& text) -> Result<void> {
           const auto number = whole_number(text, 1, 1'000'000);
           if (!number) return number.error();
           o.max_replicas_limit = static_cast<api::Replicas>(*number);
           return {};
         }},
    Flag{"max-scale-downs-per-minute", "NUMBER",
         "Of all services together; 0 = no limit. Scale-ups have none. Default: 100.",
         [](Options& o, const std::string& text) -> Result<void> {
           const auto number = whole_number(text, 0, 100'000);
           if (!number) return number.error();
           o.max_scale_downs_per_minute = static_cast<std::size_t>(*number);
           return {};
         }},
    Flag{"paused", "[true|false]",
         "Watch, decide and report, but scale nothing at all. Default: false.",
         [](Options& o, const std::string& text) { return store(truth(text), o.paused); },
         Times::OnceOrBare},
    Flag{"per-service-metrics", "[true|false]",
         "Export series of every single tier, 5000 tiers at most. Default: false.",
         [](Options& o, const std::string& text) {
           return store(truth(text), o.per_service_metrics);
         },
         Times::OnceOrBare},
    Flag{"inline-queries", "true|false",
         "Whether a resource may bring its own PromQL. Default: true.", set_inline_queries},
    Flag{"log-level", "LEVEL", "debug, info, warning or error. Default: info.",
         [](Options& o, const std::string& text) {
           return store(telemetry::parse_log_level(text), o.log_level);
         }},
    Flag{"log-format", "FORMAT", "json or console. Default: console.",
         [](Options& o, const std::string& text) {
           return store(telemetry::parse_log_format(text), o.log_format);
         }},
};

std::string variable_of(const Flag& flag) {
  std::string name = std::string("EVALSCALER_") + flag.name;
  for (char& c : name) {
    if (c == '-') c = '_';
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return name;
}

Result<void> apply(const Flag& flag, const std::string& value, const std::string& place,
                   Options& options) {
  const auto set = flag.set(options, value);
  if (set) return {};
  return bad(place + one_line(value, 128) + ": " + set.error().message);
}

// The command line's values, else the environment's.
Result<void> fill(const std::map<std::string, std::vector<std::string>>& given,
                  const Environment& environment, Options& options) {
  for (const Flag& flag : kFlags) {
    const auto values = given.find(flag.name);
    const std::string dashed = std::string("--") + flag.name;
    if (values != given.end() && !values->second.empty()) {
      if (flag.times != Times::Repeatable && values->second.size() > 1) {
        return bad(dashed + ": given more than once; give it once");
      }
      for (const std::string& value : values->second) {
        const bool bare = value.empty() && flag.times == Times::OnceOrBare;
        EVALSCALER_TRY(apply(flag, bare ? "true" : value, dashed + " ", options));
      }
    } else if (const auto value = environment(variable_of(flag))) {
      EVALSCALER_TRY(apply(flag, *value, variable_of(flag) + "=", options));
    }
  }
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe): at start only
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<std::variant<Options, Answer>> parse_options(int argc, const char* const* argv,
                                                    const Environment& environment) {
  CLI::App cli("Scales whole services by what Prometheus says of them.", "evalscaler");
  cli.set_version_flag("--version", std::string("evalscaler ") + kVersion);
  cli.footer(
      "Each flag can also be given in the environment: --log-level as "
      "EVALSCALER_LOG_LEVEL.");
  std::map<std::string, std::vector<std::string>> given;
  for (const Flag& flag : kFlags) {
    cli.add_option(std::string("--") + flag.name, given[flag.name], flag.help)
        ->type_name(flag.value)
        ->expected(flag.times == Times::OnceOrBare ? 0 : 1, 1)
        ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  try {
    cli.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    return std::variant<Options, Answer>(Answer{cli.help()});
  } catch (const CLI::CallForVersion&) {
    return std::variant<Options, Answer>(Answer{cli.version() + "\n"});
  } catch (const CLI::ParseError& problem) {
    return bad(one_line(problem.what(), 256) + "; evalscaler --help lists the flags");
  }
  Options options;
  EVALSCALER_TRY(fill(given, environment, options));
  return std::variant<Options, Answer>(options);
}

}  // namespace evalscaler::app
