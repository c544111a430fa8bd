// SPDX-License-Identifier: Apache-2.0
#include "kube/watch_state.hpp"

namespace evalscaler::kube {
namespace {

// A stream that lives shorter than this tells nothing of the next one (R12).
constexpr std::chrono::seconds kWorthIt{1};
// Bookmarks come about once a minute (R8): a stream this long without any line is suspicious,
// two in a row mean that our revision is not this server's (R5).
constexpr std::chrono::seconds kSilence{60};
constexpr unsigned kSilentEnds = 2;
constexpr unsigned kBrokenStreams = 2;

Transition broken_watch(Watching state, const WatchEnd& end) {
  const bool silent = end.lines == 0 && end.lasted >= kSilence;
  state.silent_ends = silent ? state.silent_ends + 1 : 0;
  if (state.silent_ends >= kSilentEnds) return {Empty{}, Pause::None, "silent"};
  // Disconnected: go on at the same revision, never from the start (R2, R13).
  const bool soon = end.lasted >= kWorthIt && !end.error->retry_after;
  return {state, soon ? Pause::None : Pause::Backoff, "broken"};
}

}  // namespace

Transition after_stream(const Empty& state, const WatchEnd& end) {
  if (end.initial == WatchEnd::Initial::Complete) {
    return after_stream(Watching{end.revision, false, 0}, end);
  }
  if (!end.error) return {Listing{}, Pause::None, "incomplete"};
  switch (end.error->kind) {
    case ErrorKind::Cancelled:
      return {state, Pause::None, {}};
    case ErrorKind::NotFound:
      return {Empty{}, Pause::Backoff, "absent"};
    case ErrorKind::Forbidden:
      return {Empty{}, Pause::Backoff, "forbidden"};
    case ErrorKind::Invalid:  // a server that does not know sendInitialEvents (R26)
      return {Listing{}, Pause::None, "unsupported"};
    case ErrorKind::Expired:
    case ErrorKind::Conflict:
    case ErrorKind::Unavailable:
    case ErrorKind::OutcomeUnknown:
      break;
  }
  // Nobody there, or no time for us: pages would fare no better. But one that begins and
  // breaks, or refuses streams again and again, may still serve pages.
  const unsigned broken = state.broken_streams + 1;
  if (end.lines > 0 || end.lasted >= kSilence || broken >= kBrokenStreams) {
    return {Listing{}, Pause::Backoff, "broken"};
  }
  return {Empty{broken}, Pause::Backoff, "broken"};
}

Transition after_stream(const Watching& state, const WatchEnd& end) {
  Watching next = state;
  if (!end.revision.empty()) next.revision = end.revision;
  // Lines of the list itself prove nothing yet of watching from its revision.
  const bool watched = end.initial == WatchEnd::Initial::NotAsked && end.lines > 0;
  next.proven = state.proven || watched || end.lasted >= kWorthIt;
  if (!end.error) {
    next.silent_ends = 0;
    const bool very_short = end.lines == 0 && end.lasted < kWorthIt;
    if (very_short) return {next, Pause::Backoff, "short"};
    return {next, Pause::None, {}};
  }
  switch (end.error->kind) {
    case ErrorKind::Cancelled:
      return {next, Pause::None, {}};
    case ErrorKind::Expired: {
      // The first one after a healthy time is normal and costs one cheap list (R3); a server
      // that forgets what it has just listed must not be asked in a circle.
      const bool at_once = next.proven && !end.error->retry_after;
      return {Empty{}, at_once ? Pause::None : Pause::Backoff, "expired"};
    }
    case ErrorKind::NotFound:
      return {Empty{}, Pause::Backoff, "absent"};
    case ErrorKind::Forbidden:
      return {next, Pause::Backoff, "forbidden"};
    case ErrorKind::Invalid:
      return {Empty{}, Pause::Backoff, "refused"};
    case ErrorKind::Conflict:
    case ErrorKind::Unavailable:
    case ErrorKind::OutcomeUnknown:
      break;
  }
  return broken_watch(next, end);
}

Transition after_page(const Listing& state, const PageEnd& end) {
  if (!end.error) {
    // The first page's revision holds for all of them (R6, R24).
    const bool first = state.form == Listing::Form::Whole || state.revision.empty();
    const std::string& revision = first ? end.revision : state.revision;
    if (end.next_page.empty()) return {Watching{revision, false, 0}, Pause::None, {}};
    return {Listing{state.form, revision, end.next_page}, Pause::None, {}};
  }
  switch (end.error->kind) {
    case ErrorKind::Cancelled:
      return {state, Pause::None, {}};
    case ErrorKind::Expired:
      if (!state.next_page.empty()) {
        return {Listing{Listing::Form::Whole, state.revision, {}}, Pause::None, "page expired"};
      }
      // Not even that: from the most recent state (R3).
      return {Listing{}, Pause::Backoff, "expired"};
    case ErrorKind::NotFound:
      return {Empty{}, Pause::Backoff, "absent"};
    case ErrorKind::Forbidden:
      return {Empty{}, Pause::Backoff, "forbidden"};
    case ErrorKind::Invalid:
    case ErrorKind::Conflict:
    case ErrorKind::Unavailable:
    case ErrorKind::OutcomeUnknown:
      break;
  }
  return {Empty{}, Pause::Backoff, "list failed"};
}

}  // namespace evalscaler::kube
