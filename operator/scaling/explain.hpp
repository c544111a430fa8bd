// SPDX-License-Identifier: Apache-2.0
// Explain: what a decision says to people, with the numbers. Pure.
//
// Every hold names the nearest way out: which metric would have to pass which threshold, what
// is in the way, how long a cooldown lasts. One line each; names and numbers come from the
// spec and the readings, nothing else.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scaling/situation.hpp"

namespace evalscaler::scaling {

// The same for targetTracking.
std::string tracking_way_up(const Situation& situation);
std::string tracking_way_down(const Situation& situation);

// The message of the whole decision: "app holds at 5: ..." or "app 5 -> 8: ...".
std::string explain(const Situation& situation, const Decision& decision);
// WithinBand or NoTrigger: the reason of a hold in which no stage had a say.
std::string_view quiet_reason(const Situation& situation);

// "up needs queue_depth > 50 (is 41) or cpu_usage > 70 (is 63)", nearest first.
std::string way_up(const Situation& situation);
// "down needs 4 of 5 low, has 2 (next: cpu_usage < 30, is 41)", and what vetoes it.
std::string way_down(const Situation& situation);
// "cooldown ended 2m ago", "cooldown: up waits 3m more", or empty if nothing was ever applied.
std::string cooldown_text(const TierInputs& inputs);

// Parts that the stages' own messages are made of.
std::string first_few(const std::vector<std::string>& parts, std::string_view separator);
std::string beyond_text(const Situation& situation);  // "cpu_usage 90 > 70 (score 0.29)"
std::string low_text(const Situation& situation);     // "4 of 5 metrics are low"
std::string flap_text(const Situation& situation, const MetricView& obstacle, Replicas after);
// "cpu_usage 84 is 1.2 times its target 70"
std::string target_text(const Situation& situation, const MetricView& view);
std::string streak_text(const TierInputs& inputs);
std::string is_text(const Reading& reading);     // "is 41", "is Missing: no series"
std::string state_text(const Reading& reading);  // "Missing: no series"
// "cpu_usage, memory_usage Missing: Prometheus default: cannot connect", one part per reason.
enum class Unfresh { Any, Vetoing };
std::vector<std::string> unfresh(const Situation& situation, Unfresh which);

}  // namespace evalscaler::scaling
