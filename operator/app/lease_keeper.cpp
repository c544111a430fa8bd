// SPDX-License-Identifier: Apache-2.0
#include "app/lease_keeper.hpp"

#include <unistd.h>

#include <cstdint>
#include <random>
#include <utility>

#include "app/random_fractions.hpp"
#include "telemetry/log.hpp"
#include "wire/cpprest_http.hpp"

namespace evalscaler::app {
namespace {

// Below the retry period (L7), with room for one that begins late.
constexpr std::chrono::milliseconds kRequestTime{1'800};

std::string random_suffix() {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::random_device device;
  std::string out;
  for (int digit = 0; digit < 16; ++digit) out += kHex[device() % kHex.size()];
  return out;
}

// Half-way between our deadline and the end of the lease: those who only wait for the
// watchdog get to hear why, and nobody else can lead yet.
std::chrono::nanoseconds kill_delay(const kube::LeaderElectionSettings& settings) {
  return (settings.lease_duration - settings.renew_deadline) / 2;
}

[[noreturn]] void leave(const std::string& why) {
  telemetry::log_error("leadership lost: leaving at once", {{"why", why}});
  ::_exit(1);
}

}  // namespace

Result<std::unique_ptr<LeaseKeeper>> LeaseKeeper::open(const kube::ClusterAccess& access,
                                                       const std::string& space,
                                                       const std::string& host, Clock& clock,
                                                       telemetry::Metrics& metrics) {
  kube::LeaderElectionSettings settings;
  settings.lease = {space.empty() ? access.space : space, kLeaseName};
  settings.identity = host + "_" + random_suffix();
  auto client = wire::make_cpprest_client(access.endpoint);
  if (!client) return fail(client.error().kind, access.source + ": " + client.error().message);
  auto timer = KillTimer::open();
  if (!timer) return timer.error();
  return std::unique_ptr<LeaseKeeper>(
      new LeaseKeeper(std::move(settings), std::move(client).value(), std::move(timer).value(),
                      access, clock, metrics));
}

LeaseKeeper::LeaseKeeper(kube::LeaderElectionSettings settings,
                         std::unique_ptr<wire::HttpClient> client, std::unique_ptr<KillTimer> timer,
                         const kube::ClusterAccess& access, Clock& clock,
                         telemetry::Metrics& metrics)
    : settings_(std::move(settings)),
      client_(std::move(client)),
      timer_(std::move(timer)),
      clock_(clock),
      metrics_(metrics),
      api_(*client_, *client_, access, metrics, clock, {kRequestTime, {}}),
      leadership_([this](SteadyTime until) {
        timer_->set(until + kill_delay(settings_) - clock_.steady());
      }),
      election_(settings_, api_, leadership_, clock, random_fractions()) {
  show();
}

void LeaseKeeper::start() {
  watchdog_ = std::jthread([this](const std::stop_token& stop) {
    if (const auto why = leadership_.wait_until_lost(clock_, stop)) leave(*why);
  });
  keeper_ = std::jthread([this](const std::stop_token& stop) { keep(stop); });
}

void LeaseKeeper::keep(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto pause = election_.step(stop);
    show();
    clock_.sleep_for(pause, stop);
  }
}

void LeaseKeeper::show() const {
  metrics_.set(telemetry::Metric::LeaderStatus, {kLeaseName}, leadership_.held_until() ? 1 : 0);
}

bool LeaseKeeper::wait_until_leading(const std::stop_token& stop) const {
  return leadership_.wait_until_held(clock_, stop);
}

void LeaseKeeper::stop_threads() {
  // The watchdog first: what ends the leadership from here on is no loss.
  for (std::jthread* thread : {&watchdog_, &keeper_}) {
    thread->request_stop();
    if (thread->joinable()) thread->join();
  }
}

void LeaseKeeper::release() {
  stop_threads();
  election_.release({});
  show();
}

void LeaseKeeper::abandon() {
  stop_threads();
  leadership_.end("stopped");
  telemetry::log_warning("the lease has to expire, since a write was cut short",
                         {{"lease", settings_.lease.text()}});
}

}  // namespace evalscaler::app
