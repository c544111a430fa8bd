// SPDX-License-Identifier: Apache-2.0
#include "simulation/simulated_api.hpp"

#include <array>
#include <optional>
#include <vector>

namespace evalscaler::simulation {
namespace {

using kube::RequestForm;
using std::chrono::milliseconds;
using std::chrono::seconds;

// /apis/GROUP/VERSION/namespaces/SPACE/PLURAL[/NAME[/SUBRESOURCE]]
struct Path {
  std::string plural;
  ObjectKey key;
  std::string subresource;
};

Path read_path(const std::string& text) {
  std::vector<std::string> parts;
  for (std::size_t at = 1; at <= text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  parts.resize(8);
  return {parts[5], {parts[4], parts[6]}, parts[7]};
}

Error status_error(int code, const std::string& message, RequestForm form, int retry_after = 0) {
  kube::Status status;
  status.code = code;
  status.message = message;
  if (retry_after > 0) status.retry_after = seconds(retry_after);
  return kube::to_error(status, form);
}

}  // namespace

SimulatedApi::Fate SimulatedApi::draw(RequestForm form) {
  Fate fate;
  const FaultRates& rates = with_.rates;
  fate.after = random_.time(milliseconds(1), milliseconds(20));
  if (!with_.passage.faults_last()) return fate;
  const bool write = form == RequestForm::Write;
  if (random_.chance(rates.slow)) fate.before = random_.time(milliseconds(1), seconds(8));
  if (random_.chance(rates.slow)) fate.after = random_.time(milliseconds(1), seconds(8));
  if (random_.chance(rates.lost_request)) fate.loss = Fate::Loss::Request;
  if (random_.chance(rates.lost_reply)) fate.loss = Fate::Loss::Reply;
  if (write && random_.chance(rates.late_effect)) fate.loss = Fate::Loss::Delayed;
  if (random_.chance(rates.throttled)) {
    fate.refusal = 429;
    fate.retry_after = random_.between(0, 10);
  }
  constexpr std::array kErrors{500, 502, 503, 504};
  if (random_.chance(rates.error_without_effect)) fate.refusal = kErrors[random_.below(4)];
  if (!write) return fate;
  if (random_.chance(rates.conflict)) fate.refusal = 409;
  if (random_.chance(rates.error_after_effect)) {
    fate.error_after_effect = kErrors[random_.below(4)];
  }
  if (random_.chance(rates.crash_before_write)) fate.death = Fate::Death::BeforeEffect;
  if (random_.chance(rates.crash_after_write)) fate.death = Fate::Death::AfterEffect;
  if (random_.chance(rates.freeze)) fate.freeze = random_.time(milliseconds(100), seconds(60));
  return fate;
}

Origin SimulatedApi::origin_of(const ObjectKey& key) const {
  Origin origin = origin_of_ ? origin_of_(key) : Origin{};
  origin.writer = with_.process.name;
  origin.sent = with_.clock.steady();
  return origin;
}

void SimulatedApi::crash() {
  with_.process.killed = true;
  throw Crash{};
}

Result<std::string> SimulatedApi::outcome(const Fate& fate, RequestForm form,
                                          const std::function<Answer()>& effect) {
  const ErrorKind unanswered =
      form == RequestForm::Write ? ErrorKind::OutcomeUnknown : ErrorKind::Unavailable;
  if (fate.loss == Fate::Loss::Request) return fail(unanswered, "no answer");
  if (fate.loss == Fate::Loss::Delayed) {
    with_.passage.later(random_.time(milliseconds(1), seconds(20)), [effect] { effect(); });
    return fail(unanswered, "no answer yet");
  }
  if (fate.refusal != 0) return status_error(fate.refusal, "refused", form, fate.retry_after);
  const Answer answer = effect();
  if (fate.death == Fate::Death::AfterEffect) {
    with_.history.add(with_.process.name, {"is killed after it"});
    crash();
  }
  with_.passage.pass(std::min(fate.after, patience_), with_.process);
  if (fate.after > patience_) return fail(unanswered, "no answer in time");
  if (fate.loss == Fate::Loss::Reply) return fail(unanswered, "no answer");
  if (fate.error_after_effect != 0) return status_error(fate.error_after_effect, "failed", form);
  if (answer.code >= 300) return status_error(answer.code, answer.message, form);
  return answer.body;
}

Result<std::string> SimulatedApi::exchange(std::string_view verb, const std::string& path,
                                           RequestForm form, const std::stop_token& stop,
                                           const std::function<Answer()>& effect) {
  if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
  const std::string& who = with_.process.name;
  if (form == RequestForm::Write && gate_ && !gate_()) {
    with_.history.add(who, {verb, path, "not sent: not the leader"});
    return fail(ErrorKind::Cancelled, "not the leader");
  }
  ++requests_;
  const Fate fate = draw(form);
  if (fate.freeze.count() > 0 && with_.passage.may_freeze(with_.process)) {
    with_.history.add(who, {verb, path, "freezes"});
    with_.process.frozen_until = with_.clock.steady() + fate.freeze;
    with_.passage.pass(fate.freeze, with_.process);
  }
  with_.passage.pass(std::min(fate.before, patience_ / 2), with_.process);
  if (fate.death == Fate::Death::BeforeEffect) {
    with_.history.add(who, {verb, path, "is killed before"});
    crash();
  }
  with_.history.add(who, {verb, path});
  auto result = outcome(fate, form, effect);
  with_.history.add(who, {verb, path, "->", result ? "ok" : result.error().message});
  return result;
}

Result<std::string> SimulatedApi::get(const std::string& path, const std::stop_token& stop) {
  const Path to = read_path(path);
  return exchange("GET", path, RequestForm::Read, stop, [&] {
    if (to.plural == "leases") return with_.cluster.get_lease(to.key);
    if (to.plural == "deployments") return with_.cluster.get_scale(to.key);
    return with_.cluster.get_service(to.key);
  });
}

Result<std::string> SimulatedApi::patch(const std::string& path, kube::PatchType /*by the path*/,
                                        std::string body, const std::stop_token& stop) {
  const Path to = read_path(path);
  const Origin origin = origin_of(to.key);
  return exchange("PATCH", path, RequestForm::Write, stop,
                  [&cluster = with_.cluster, to, body, origin] {
                    if (to.plural == "events") return cluster.patch_event(to.key.text());
                    if (to.subresource == "scale") return cluster.patch_scale(origin, to.key, body);
                    return cluster.patch_status(origin, to.key, body);
                  });
}

Result<std::string> SimulatedApi::create(const std::string& collection, std::string body,
                                         const std::stop_token& stop) {
  const Path to = read_path(collection);
  return exchange("POST", collection, RequestForm::Write, stop,
                  [&cluster = with_.cluster, to, body] {
                    if (to.plural == "events") return cluster.create_event(to.key.space, body);
                    return cluster.create_lease({to.key.space, "evalscaler"}, body);
                  });
}

Result<std::string> SimulatedApi::replace(const std::string& path, std::string body,
                                          const std::stop_token& stop) {
  const Path to = read_path(path);
  return exchange("PUT", path, RequestForm::Write, stop,
                  [&cluster = with_.cluster, to, body] { return cluster.put_lease(to.key, body); });
}

Result<std::string> SimulatedApi::list(const std::string&, const kube::ListQuery&,
                                       const std::stop_token&) {
  return fail(ErrorKind::Invalid, "lists go through a watch's own connection");
}

Result<void> SimulatedApi::watch(const std::string&, const kube::WatchQuery&, wire::LineSink,
                                 const std::stop_token&) {
  return fail(ErrorKind::Invalid, "watches have a connection of their own");
}

}  // namespace evalscaler::simulation
