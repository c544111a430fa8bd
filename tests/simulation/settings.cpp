// SPDX-License-Identifier: Apache-2.0
#include "simulation/settings.hpp"

#include <array>

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TierSettings tier_of(const std::string& service, const std::string& name, RandomStream& random) {
  TierSettings tier;
  tier.name = name;
  tier.target = service + "-" + name;
  tier.min = random.between(1, 2);
  tier.max = tier.min + random.between(1, 6);
  tier.up_step = random.between(1, 3);
  tier.down_step = random.between(1, 2);
  tier.up_cooldown = random.between(0, 3) * 10;
  tier.down_cooldown = random.between(0, 3) * 10;
  tier.shared_cooldown = random.chance(0.3);
  return tier;
}

FaultRates rates_of(RandomStream& random) {
  FaultRates rates;
  struct Kind {
    double FaultRates::*rate;
    double most;
  };
  constexpr std::array kKinds{Kind{&FaultRates::slow, 0.2},
                              Kind{&FaultRates::lost_request, 0.2},
                              Kind{&FaultRates::lost_reply, 0.3},
                              Kind{&FaultRates::late_effect, 0.2},
                              Kind{&FaultRates::error_without_effect, 0.2},
                              Kind{&FaultRates::error_after_effect, 0.3},
                              Kind{&FaultRates::throttled, 0.2},
                              Kind{&FaultRates::conflict, 0.2},
                              Kind{&FaultRates::crash_before_write, 0.1},
                              Kind{&FaultRates::crash_after_write, 0.2},
                              Kind{&FaultRates::freeze, 0.1},
                              Kind{&FaultRates::watch_broken, 0.5},
                              Kind{&FaultRates::watch_silent, 0.2},
                              Kind{&FaultRates::watch_refused, 0.3},
                              Kind{&FaultRates::watch_expired, 0.3},
                              Kind{&FaultRates::watch_cut, 0.3},
                              Kind{&FaultRates::watch_repeated, 0.3},
                              Kind{&FaultRates::bad_query, 0.1},
                              Kind{&FaultRates::slow_query, 0.2}};
  for (const Kind& kind : kKinds) {
    const double rate = random.real(0, kind.most);
    if (random.chance(0.35)) rates.*kind.rate = rate;
  }
  return rates;
}

}  // namespace

SeedSettings settings_of(std::uint64_t seed) {
  RandomStream random(seed, "settings");
  SeedSettings out;
  out.seed = seed;
  const int services = random.between(1, 2);
  for (int i = 0; i < services; ++i) {
    ServiceSettings service;
    service.name = "s" + std::to_string(i);
    service.interval = random.chance(0.5) ? 10 : 15;
    service.tiers.push_back(tier_of(service.name, "app", random));
    if (random.chance(0.3)) service.tiers.push_back(tier_of(service.name, "cache", random));
    out.services.push_back(std::move(service));
  }
  out.rates = rates_of(random);
  if (random.chance(0.5)) out.longest_lag = random.time(milliseconds(10), seconds(40));
  out.streamed_lists = random.chance(0.8);
  if (random.chance(0.5)) out.page = random.between(1, 3);
  if (random.chance(0.4)) out.operators = 2;
  return out;
}

}  // namespace evalscaler::simulation
