// SPDX-License-Identifier: Apache-2.0
#include "prometheus/poller.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "core/time_text.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::prometheus {
namespace {

using std::chrono::seconds;

// Beyond this, ages and windows of two machines cannot be compared.
constexpr seconds kLargestSkew{30};

// Failing queries that are told apart in the log.
constexpr std::size_t kRemembered = 100;

void add_field(std::string& form, std::string_view name, std::string_view value) {
  if (!form.empty()) form += '&';
  form += wire::percent_encoded(name) + "=" + wire::percent_encoded(value);
}

// How far the server's clock was from ours, whenever in the exchange it looked.
seconds skew_of(WallTime evaluated, WallTime sent, WallTime received) {
  using std::chrono::duration_cast;
  if (evaluated < sent) return duration_cast<seconds>(evaluated - sent);
  if (evaluated > received) return duration_cast<seconds>(evaluated - received);
  return seconds(0);
}

}  // namespace

Poller::Poller(ServerAccess& access, wire::HttpClient& http, PrometheusReadings& readings,
               Clock& clock, telemetry::Metrics& metrics, std::uint64_t seed)
    : access_(access),
      http_(http),
      readings_(readings),
      clock_(clock),
      metrics_(metrics),
      random_(seed) {}

void Poller::run(const std::stop_token& stop) {
  while (readings_.wait(access_.server().name, stop)) ask_next(stop);
}

Poller::Step Poller::ask_next(const std::stop_token& stop) {
  const auto due = readings_.take(access_.server().name);
  if (!due) return Step::NothingDue;
  const WallTime sent = clock_.wall();
  const SteadyTime started = clock_.steady();
  Reply reply = exchange(*due, stop);
  if (stop.stop_requested()) {
    readings_.put_back(due->id);
  } else {
    publish(*due, std::move(reply), sent, started);
  }
  return Step::Asked;
}

Result<wire::HttpRequest> Poller::request(const DueQuery& query) {
  auto headers = access_.headers();
  if (!headers) return headers.error();
  wire::HttpRequest out;
  out.method = wire::Method::Post;
  out.target = "/api/v1/query";
  out.headers = *std::move(headers);
  out.content_type = "application/x-www-form-urlencoded";
  add_field(out.body, "query", query.text);
  add_field(out.body, "timeout", std::to_string(query.deadline.count() * 9 / 10) + "ms");
  add_field(out.body, "limit", std::to_string(kRowLimit));
  for (const auto& [name, value] : access_.server().params) add_field(out.body, name, value);
  out.timeout = query.deadline;
  out.max_body = access_.server().max_answer;
  return out;
}

Poller::Reply Poller::exchange(const DueQuery& query, const std::stop_token& stop) {
  Reply reply;
  const auto failed = [&](const Error& error) {
    const bool too_large = error.kind == ErrorKind::Invalid;
    reply.outcome.state = too_large ? ReadingState::Invalid : ReadingState::Missing;
    reply.outcome.why = from_server(one_line(error.message, 200));
    return std::move(reply);
  };
  const auto prepared = request(query);
  if (!prepared) return failed(prepared.error());
  auto response = http_.send(*prepared, stop);
  if (!response) return failed(response.error());
  reply.retry_after = response->retry_after();
  if (response->status != 200) {
    reply.outcome = refusal(*response);
    return reply;
  }
  reply.outcome.state = ReadingState::Fresh;
  reply.body = std::move(response->body);
  return reply;
}

Outcome Poller::refusal(wire::HttpResponse& response) {
  Outcome out;
  std::string why = "HTTP " + std::to_string(response.status);
  if (response.status == 401 || response.status == 403) {
    access_.refused();
    why += ", check its credentials in the catalogue";
  } else if (response.status >= 300 && response.status < 400) {
    why += ", redirects are not followed";
  } else {
    const std::lock_guard lock(decoding_);
    VectorAnswer answer;
    answer.read(reader_, response.body, {});
    if (answer.state() == ReadingState::Missing) why += ", " + answer.why();
  }
  out.why = from_server(why);
  return out;
}

void Poller::decode(const DueQuery& query, Reply& reply, WallTime sent,
                    std::vector<AnswerView>& rows) {
  const WallTime received = clock_.wall();
  const auto views = readings_.views(query.id);
  if (answers_.size() < views.size()) answers_.resize(views.size());
  for (std::size_t i = 0; i < views.size(); ++i) {
    VectorAnswer& answer = answers_[i];
    answer.read(reader_, reply.body, views[i].second);
    reply.outcome.state = answer.state();
    if (answer.state() != ReadingState::Fresh) {
      reply.outcome.why = from_server(answer.why());
      rows.clear();
      return;
    }
    rows.push_back({views[i].first, &answer});
    reply.outcome.partial = answer.partial();
    reply.outcome.evaluated_at = answer.evaluated_at();
  }
  if (!reply.outcome.evaluated_at) return;
  const seconds skew = skew_of(*reply.outcome.evaluated_at, sent, received);
  if (skew <= kLargestSkew && skew >= -kLargestSkew) return;
  const bool ahead = skew > seconds(0);
  // In tens of seconds, so that the reason stays the same from answer to answer.
  const seconds about = (ahead ? skew : -skew) / 10 * 10;
  reply.outcome.state = ReadingState::Invalid;
  reply.outcome.why = from_server("clock skew, its clock is " + duration_text(about) + " or more " +
                                  (ahead ? "ahead of" : "behind") + " this machine's");
  rows.clear();
}

void Poller::publish(const DueQuery& query, Reply reply, WallTime sent, SteadyTime started) {
  const std::string& server = access_.server().name;
  Exchange how;
  how.took = clock_.steady() - started;
  how.retry_after = reply.retry_after;
  std::vector<ObjectKey> complete;
  {
    // Held until the rows are stored: they live in the shared buffers.
    const std::lock_guard lock(decoding_);
    std::vector<AnswerView> rows;
    if (reply.outcome.state == ReadingState::Fresh) decode(query, reply, sent, rows);
    if (reply.outcome.state == ReadingState::Missing) how.result = Exchange::Result::Failed;
    how.jitter = std::uniform_real_distribution<double>(0, 1)(random_);
    tell(query, reply.outcome);
    metrics_.add(telemetry::Metric::PrometheusQueries, {server, to_text(reply.outcome.state)});
    complete = readings_.finish(query.id, rows, std::move(reply.outcome), how);
  }
  metrics_.observe(telemetry::Metric::PrometheusQuerySeconds, {server},
                   std::chrono::duration<double>(how.took).count());
  readings_.announce(complete);
}

// One line when a reason appears and one when the last of them is gone, however many queries
// they stop.
void Poller::tell(const DueQuery& query, const Outcome& outcome) {
  const auto before = failing_.find(query.id);
  if (before != failing_.end()) {
    if (before->second == outcome.why) return;
    failing_.erase(before);
    if (failing_.empty() && outcome.state == ReadingState::Fresh) {
      telemetry::log_info("Prometheus answers again", {{"server", access_.server().name}});
    }
  }
  if (outcome.state == ReadingState::Fresh) return;
  const bool known = std::any_of(failing_.begin(), failing_.end(),
                                 [&](const auto& each) { return each.second == outcome.why; });
  if (failing_.size() < kRemembered) failing_.emplace(query.id, outcome.why);
  if (known) return;
  telemetry::log_warning(
      "Prometheus gives no usable answer",
      {{"server", access_.server().name}, {"why", outcome.why}, {"query", query.text}});
}

std::string Poller::from_server(const std::string& what) const {
  return "Prometheus " + access_.server().name + ": " + what;
}

PollerThreads::PollerThreads(Poller& poller) {
  for (unsigned i = 0; i < kQueriesInFlight; ++i) {
    threads_.emplace_back([&poller](const std::stop_token& stop) { poller.run(stop); });
  }
}

PollerThreads::~PollerThreads() {
  for (std::jthread& thread : threads_) thread.request_stop();
}

}  // namespace evalscaler::prometheus
