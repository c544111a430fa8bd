// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/report.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace evalscaler::ledger {
namespace {

using nlohmann::ordered_json;

// Columns of a fixed width; the first to the left, the others to the right.
std::string row(const std::string& name, const std::vector<std::string>& cells) {
  std::string out = "  " + name + std::string(name.size() < 22 ? 22 - name.size() : 1, ' ');
  for (const std::string& cell : cells) {
    out += std::string(cell.size() < 13 ? 13 - cell.size() : 1, ' ') + cell;
  }
  return out + "\n";
}

std::string fixed(double number, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

double rounded(double number) {
  return std::round(number * 1000) / 1000;
}

double ratio(const LatencyWindow& window, const LatencyWindow& to) {
  const double reference = to.percentile(99);
  return reference > 0 ? window.percentile(99) / reference : 0;
}

constexpr std::array kVerdicts{Verdict::Right, Verdict::Lost, Verdict::Old, Verdict::Risen,
                               Verdict::Foreign};

std::int64_t count_of(const Audit& audit, Verdict verdict) {
  const auto found = audit.counts.find(verdict);
  return found == audit.counts.end() ? 0 : found->second;
}

}  // namespace

std::string to_table(const LedgerReport& report) {
  std::string out = row("writes", {"acknowledged", "errors", "error rate", "p50 ms", "p99 ms",
                                   "max ms", "p99 ratio"});
  for (const LatencyWindow& window : report.windows) {
    out += row(window.name,
               {std::to_string(window.acknowledged()), std::to_string(window.errors),
                fixed(window.error_rate() * 100, 3) + " %", fixed(window.percentile(50), 2),
                fixed(window.percentile(99), 2), fixed(window.percentile(100), 1),
                fixed(ratio(window, report.windows.front()), 2)});
  }
  std::string seen_to;
  for (const auto& [what, count] : report.counts.seen_to) {
    seen_to += (seen_to.empty() ? "" : ", ") + std::to_string(count) + " " + what;
  }
  out += "followed or tried again: " + (seen_to.empty() ? "nothing" : seen_to) + "; " +
         std::to_string(report.counts.unanswered) + " attempts unanswered\n";
  for (const std::string& error : report.counts.first_errors) out += "  error: " + error + "\n";
  out += "keys read back:";
  for (const Verdict verdict : kVerdicts) {
    out += " " + std::to_string(count_of(report.audit, verdict)) + " " +
           std::string(to_text(verdict)) + (verdict == kVerdicts.back() ? "\n" : ",");
  }
  for (const std::string& example : report.audit.examples) out += "  " + example + "\n";
  return out;
}

std::string to_json(const LedgerReport& report) {
  ordered_json json;
  json["acknowledged"] = report.counts.acknowledged;
  json["errors"] = report.counts.errors;
  json["unansweredAttempts"] = report.counts.unanswered;
  json["seenTo"] = ordered_json::object();
  for (const auto& [what, count] : report.counts.seen_to) json["seenTo"][what] = count;
  json["firstErrors"] = report.counts.first_errors;
  json["windows"] = ordered_json::array();
  for (const LatencyWindow& window : report.windows) {
    json["windows"].push_back(
        {{"name", window.name},
         {"seconds", rounded(static_cast<double>(window.lasted.count()) / 1e6)},
         {"acknowledged", window.acknowledged()},
         {"errors", window.errors},
         {"errorRate", window.error_rate()},
         {"p50Ms", rounded(window.percentile(50))},
         {"p99Ms", rounded(window.percentile(99))},
         {"maxMs", rounded(window.percentile(100))},
         {"p99Ratio", rounded(ratio(window, report.windows.front()))}});
  }
  json["keys"] = ordered_json::object();
  for (const Verdict verdict : kVerdicts) {
    json["keys"][std::string(to_text(verdict))] = count_of(report.audit, verdict);
  }
  json["examples"] = report.audit.examples;
  return json.dump();
}

}  // namespace evalscaler::ledger
