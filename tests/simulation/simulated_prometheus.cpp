// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulated_prometheus.hpp"

#include <cmath>
#include <cstdio>
#include <limits>

namespace evalscaler::simulation {
namespace {

using Mode = MetricsServer::Mode;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::array kModeNames{"healthy", "refused", "error",  "empty", "NaN", "row missing",
                                "partial", "garbage", "skewed", "stale", "cold"};

prometheus::CatalogueMetric metric(const std::string& name, Question question) {
  prometheus::CatalogueMetric made;
  made.name = name;
  made.query = kQuestions.at(static_cast<std::size_t>(question));
  return made;
}

// The first form field of every request is the query; its names need no decoding.
Question question_in(const std::string& body) {
  for (std::size_t i = 0; i < kQuestions.size(); ++i) {
    if (body.starts_with("query=" + std::string(kQuestions[i]) + "&")) {
      return static_cast<Question>(i);
    }
  }
  throw Violation("a query that nobody wanted: " + body);
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.6f", value);
  return text.data();
}

}  // namespace

prometheus::Catalogue simulated_catalogue() {
  prometheus::Catalogue out;
  prometheus::Server server;
  server.name = "default";
  server.url = "http://prometheus:9090";
  out.servers.push_back(server);
  out.metrics.push_back(metric("load", Question::Load));
  out.metrics.back().scope = prometheus::Scope::PerReadyReplica;
  out.metrics.back().age_query = kQuestions[1];
  out.metrics.back().maturity = kQuestions[2];
  out.metrics.push_back(metric("errors", Question::Errors));
  out.metrics.back().proportion = prometheus::Proportion::Constant;
  return out;
}

Result<wire::HttpResponse> SimulatedPrometheus::send(const wire::HttpRequest& request,
                                                     const std::stop_token& stop) {
  if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
  ++requests_;
  const Question question = question_in(request.body);
  const bool faults = with_.passage.faults_last();
  const FaultRates& rates = with_.settings.rates;
  Mode mode = with_.server.mode;
  if (faults && random_.chance(rates.bad_query)) {
    mode = static_cast<Mode>(random_.between(1, static_cast<int>(Mode::Skewed)));
  }
  Nanos lasts = random_.time(milliseconds(1), milliseconds(30));
  if (faults && random_.chance(rates.slow_query)) lasts = random_.time(Nanos(0), seconds(6));
  const bool too_slow = lasts > request.timeout;
  // The values are of the moment at which the query is evaluated; they count once they are here.
  std::map<ObjectKey, Told> rows;
  auto result = answer(question, mode, rows);
  with_.passage.pass(too_slow ? Nanos(request.timeout) : lasts, with_.process);
  for (const auto& target : with_.server.truths) {
    const auto row = rows.find(target.first);
    const bool arrived = row != rows.end() && !too_slow;
    told_[{question, target.first}].push_back(
        {with_.clock.steady(), arrived ? row->second.value : 0, arrived && row->second.good});
  }
  if (too_slow) return fail(ErrorKind::OutcomeUnknown, "no answer in time");
  return result;
}

Result<wire::HttpResponse> SimulatedPrometheus::stream(const wire::HttpRequest&, wire::LineSink,
                                                       const std::stop_token&) {
  return fail(ErrorKind::Invalid, "Prometheus streams nothing");
}

Result<wire::HttpResponse> SimulatedPrometheus::answer(Question question, Mode mode,
                                                       std::map<ObjectKey, Told>& told) {
  const std::string_view asked_for = kQuestions.at(static_cast<std::size_t>(question));
  with_.history.add(with_.process.name,
                    {"query", asked_for, kModeNames.at(static_cast<std::size_t>(mode))});
  if (mode == Mode::Refused) return fail(ErrorKind::Unavailable, "connection refused");
  wire::HttpResponse out;
  out.status = 200;
  if (mode == Mode::Error) {
    out.status = 503;
    out.body = R"({"status":"error","errorType":"unavailable","error":"starting"})";
    return out;
  }
  if (mode == Mode::Garbage) {
    out.body = R"({"status":"success","data":{"resultType":"vector","result":[{"metric")";
    return out;
  }
  out.body = R"({"status":"success","data":{"resultType":"vector","result":[)";
  std::string rows;
  const double time = std::chrono::duration<double>(with_.clock.wall().time_since_epoch()).count() +
                      (mode == Mode::Skewed ? -120 : 0);
  for (const auto& [target, truth] : with_.server.truths) {
    if (mode == Mode::Empty || (mode == Mode::RowMissing && random_.chance(0.5))) continue;
    bool good = mode == Mode::Healthy || mode == Mode::Stale || mode == Mode::Cold ||
                mode == Mode::RowMissing;
    const double value = value_of(question, truth, mode, good);
    told[target] = {{}, value, good};
    if (!rows.empty()) rows += ',';
    rows += R"({"metric":{"namespace":")" + target.space + R"(","service":")" + target.name +
            R"("},"value":[)" + number(time) + ",\"" + number(value) + "\"]}";
  }
  out.body += rows + "]}";
  if (mode == Mode::Partial) out.body += R"(,"warnings":["one store did not answer"])";
  out.body += "}";
  return out;
}

// While something is wrong the wrong number is a low one: the one that could shrink a service.
double SimulatedPrometheus::value_of(Question question, const MetricsServer::Truth& truth,
                                     Mode mode, bool& good) {
  const SteadyTime now = with_.clock.steady();
  const MetricsServer& server = with_.server;
  const bool old = mode == Mode::Stale || mode == Mode::Cold;
  const bool values_bad = old && now >= server.mode_since + MetricsServer::kLead;
  const bool ages_bad = old || now < server.ages_bad_until;
  if (mode == Mode::NotANumber) return std::numeric_limits<double>::quiet_NaN();
  switch (question) {
    case Question::Load:
      good = good && !values_bad;
      return good ? truth.load : 0;
    case Question::LoadAge:
      good = good && !ages_bad;
      return ages_bad ? 500 : 5;
    case Question::LoadMaturity:
      good = good && !ages_bad;
      return ages_bad ? 0.1 : 1;
    case Question::Errors:
      return good ? truth.errors : 0;
  }
  return 0;
}

}  // namespace evalscaler::simulation
