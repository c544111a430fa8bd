// SPDX-License-Identifier: Apache-2.0
// PlainThreshold: the rules of the threshold policy and its guards once more, as one plain walk
// in whole numbers, to be compared with the engine.
//
// Readings and thresholds are in tenths, trigger score and quorum in hundredths, time in seconds:
// every comparison is one of integers, so what is equal on paper is equal here.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

namespace evalscaler::scaling::plain {

enum class State { Whole, Partial, Unknown };

struct Sample {
  State state = State::Whole;
  long value = 0;
};

struct Gauge {
  std::optional<long> up;
  std::optional<long> down;
  bool lower_is_worse = false;
  bool proportional = false;
  bool ignorable = false;
};

struct Answer {
  long replicas = 0;
  std::string reason;
};

struct PlainThreshold {
  // What the user wrote.
  std::vector<Gauge> gauges;
  long min = 1, max = 10;
  long up_step = 1, down_step = 1;
  long up_wait = 300, down_wait = 300;
  long trigger = 0, quorum = 70;
  bool shared = false, while_high = false, proportional_step = false;
  std::optional<long> max_step;
  long ready_patience = 120;
  std::optional<long> fallback;
  long fallback_after = 300;
  // What is remembered.
  std::optional<long> went_up, went_down;
  // What a restart forgets.
  bool looked_once = false;
  long streak = 0;
  std::optional<long> blind_since, rollout_since, lost_since;
  int last_rollout = 0;  // 0 none, 1 running, 2 stands still
  long last_ready = 0, lost_from = 0;

  void restart() {
    looked_once = false;
    streak = 0;
    blind_since.reset();
    rollout_since.reset();
    lost_since.reset();
    last_rollout = 0;
    last_ready = 0;
  }

  static bool past(long value, long limit, bool below) {
    return below ? value < limit : value > limit;
  }
  bool worse(std::size_t i, const Sample& s) const {
    return s.state != State::Unknown && gauges[i].up &&
           past(s.value, *gauges[i].up, gauges[i].lower_is_worse);
  }
  bool idle(std::size_t i, const Sample& s) const {
    return s.state == State::Whole && gauges[i].down &&
           past(s.value, *gauges[i].down, !gauges[i].lower_is_worse);
  }
  bool doubtful(std::size_t i, const Sample& s) const {
    return s.state != State::Whole && !gauges[i].ignorable;
  }

  // Load over limit as a fraction; twice where one of the two is nothing.
  struct Fraction {
    long over = 2;
    long under = 1;
  };
  Fraction load(std::size_t i, const Sample& s) const {
    const long limit = *gauges[i].up;
    const long top = gauges[i].lower_is_worse ? limit : s.value;
    const long bottom = gauges[i].lower_is_worse ? s.value : limit;
    return bottom > 0 ? Fraction{top, bottom} : Fraction{};
  }

  // min(load, 2) - 1 > 0 and >= trigger/100.
  bool triggers(const Fraction& f) const {
    if (f.over <= f.under) return false;
    if (f.over >= 2 * f.under) return trigger <= 100;
    return 100 * f.over >= (100 + trigger) * f.under;
  }

  long grown(long replicas, const std::vector<Sample>& now) const {
    long step = up_step;
    if (proportional_step) {
      for (std::size_t i = 0; i < now.size(); ++i) {
        if (!worse(i, now[i])) continue;
        const Fraction f = load(i, now[i]);
        step = std::max(step, (replicas * f.over + f.under - 1) / f.under - replicas);
      }
      if (max_step) step = std::min(step, *max_step);
    }
    return std::min(replicas + step, max);
  }

  bool comes_back(long replicas, long after, const std::vector<Sample>& now) const {
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (worse(i, now[i])) return true;
      if (now[i].state == State::Unknown || !gauges[i].proportional || !gauges[i].up) continue;
      const long total = now[i].value * replicas;
      if (after == 0 && total > 0 && !gauges[i].lower_is_worse) return true;
      if (after == 0) continue;
      if (past(total, *gauges[i].up * after, gauges[i].lower_is_worse)) return true;
    }
    return false;
  }

  Answer policy(long replicas, const std::vector<Sample>& now) const {
    bool up = false;
    long low = 0, voters = 0, high = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      high += worse(i, now[i]) ? 1 : 0;
      up = up || (worse(i, now[i]) && triggers(load(i, now[i])));
      low += idle(i, now[i]) ? 1 : 0;
      voters += gauges[i].down && (now[i].state == State::Whole || doubtful(i, now[i])) ? 1 : 0;
    }
    const bool down = low > 0 && 100 * low >= quorum * voters;
    if (up && replicas < max) return {grown(replicas, now), "ThresholdExceeded"};
    if (down && replicas > min) {
      const long after = std::max(replicas - down_step, min);
      if (while_high || !comes_back(replicas, after, now)) return {after, "BelowThresholds"};
      return {replicas, "WouldFlap"};
    }
    if (up) return {replicas, "AtMaximum"};
    if (down) return {replicas, "AtMinimum"};
    return {replicas, high + low > 0 ? "NoTrigger" : "WithinBand"};
  }

  bool all_of_them_hold(long replicas, const std::vector<Sample>& now) const {
    long low = 0, unknown = 0, voters = 0;
    for (std::size_t i = 0; i < now.size(); ++i) {
      if (worse(i, now[i])) return false;
      low += idle(i, now[i]) ? 1 : 0;
      unknown += gauges[i].down && doubtful(i, now[i]) ? 1 : 0;
      voters += gauges[i].down && (now[i].state == State::Whole || doubtful(i, now[i])) ? 1 : 0;
    }
    const bool fires = low > 0 && 100 * low >= quorum * voters;
    return !fires && unknown > 0 && 100 * (low + unknown) >= quorum * voters && replicas > min;
  }

  Answer readings(Answer so_far, long replicas, long ready, const std::vector<Sample>& now) const {
    bool any = false, doubt = false;
    for (std::size_t i = 0; i < now.size(); ++i) {
      any = any || now[i].state != State::Unknown;
      doubt = doubt || doubtful(i, now[i]);
    }
    if (!any) return {replicas, "MetricsUnavailable"};
    const bool shrinks = so_far.replicas < replicas;
    if (doubt && shrinks) return {replicas, "ScaleDownVetoed"};
    if (doubt && so_far.replicas == replicas && all_of_them_hold(replicas, now)) {
      return {replicas, "ScaleDownVetoed"};
    }
    if (shrinks && ready <= 0) return {replicas, "NoReadyReplicas"};
    if (shrinks && streak < 3) return {replicas, "FreshStreakIncomplete"};
    return so_far;
  }

  static bool within(long now, std::optional<long> since, long seconds) {
    return since && now - *since < seconds;
  }

  Answer guards(Answer so_far, long now, long replicas, long ready) const {
    if (fallback && blind_since && !within(now, blind_since, fallback_after) &&
        so_far.replicas < *fallback) {
      so_far = {*fallback, "Fallback"};
    }
    if (so_far.replicas > replicas && replicas - ready >= up_step &&
        within(now, went_up, ready_patience)) {
      so_far = {replicas, "CapacityPending"};
    }
    if (so_far.replicas < replicas && last_rollout > 0 &&
        (last_rollout == 1 || within(now, rollout_since, 600))) {
      so_far = {replicas, "RolloutInProgress"};
    }
    if (so_far.replicas < replicas && within(now, lost_since, 600)) {
      so_far = {replicas, "PopulationDropped"};
    }
    const bool up_waits =
        within(now, went_up, up_wait) || (shared && within(now, went_down, up_wait));
    const bool down_waits = within(now, went_up, down_wait) || within(now, went_down, down_wait);
    if (so_far.replicas > replicas && up_waits) return {replicas, "CooldownUp"};
    if (so_far.replicas < replicas && down_waits) return {replicas, "CooldownDown"};
    return so_far;
  }

  Answer limits(Answer so_far, long replicas) const {
    if (so_far.replicas < min) return {min, replicas == min ? "AtMinimum" : "BelowMinimum"};
    if (so_far.replicas > max) return {max, replicas == max ? "AtMaximum" : "AboveMaximum"};
    return so_far;
  }

  void remember(long now, long replicas, long ready, int rollout,
                const std::vector<Sample>& samples) {
    bool doubt = false, blind = true;
    for (std::size_t i = 0; i < samples.size(); ++i) {
      doubt = doubt || doubtful(i, samples[i]);
      blind = blind && samples[i].state == State::Unknown;
    }
    streak = doubt ? 0 : streak + 1;
    if (!blind) blind_since.reset();
    if (blind && !blind_since) blind_since = now;
    if (rollout != last_rollout || rollout == 0) rollout_since.reset();
    if (rollout != 0 && !rollout_since) rollout_since = now;
    last_rollout = rollout;
    if (lost_since && ready >= std::min(lost_from, replicas)) lost_since.reset();
    const long before = std::min(last_ready, replicas);
    if (!lost_since && 2 * ready < before) {
      lost_since = now;
      lost_from = before;
    }
    last_ready = ready;
  }

  Answer evaluate(long now, long replicas, long ready, int rollout,
                  const std::vector<Sample>& samples) {
    remember(now, replicas, ready, rollout, samples);
    const bool first = !looked_once;
    looked_once = true;
    if (replicas == 0 && min > 0) return {0, "ScalingDisabled"};
    Answer answer = policy(replicas, samples);
    answer = readings(answer, replicas, ready, samples);
    answer = limits(guards(answer, now, replicas, ready), replicas);
    if (first) return {replicas, "ColdStart"};
    if (answer.replicas > replicas) went_up = now;
    if (answer.replicas < replicas) went_down = now;
    return answer;
  }
};

// The source design's scaler, with nothing but what it had: every metric has both thresholds,
// higher is worse, every reading is there.
struct CustomAutoScaler {
  struct Limits {
    long up = 0;
    long down = 0;
  };
  std::vector<Limits> limits;
  long min = 1, max = 10, up_by = 1, down_by = 1, cooldown = 300;
  std::optional<long> last_change;

  long next(long now, long replicas, const std::vector<long>& values) {
    long seven_tenths_over = 0, below = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      seven_tenths_over += 10 * values[i] >= 17 * limits[i].up ? 1 : 0;
      below += values[i] < limits[i].down ? 1 : 0;
    }
    long wanted = replicas;
    if (seven_tenths_over > 0 && replicas < max) {
      wanted = std::min(replicas + up_by, max);
    } else if (10 * below >= 7 * static_cast<long>(values.size()) && replicas > min) {
      wanted = std::max(replicas - down_by, min);
    }
    if (wanted == replicas || (last_change && now - *last_change < cooldown)) return replicas;
    last_change = now;
    return wanted;
  }
};

}  // namespace evalscaler::scaling::plain
