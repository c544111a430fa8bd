// SPDX-License-Identifier: Apache-2.0
// The states of a Watcher and what follows from the end of each request. Pure.
//
//   Empty --stream of initial events--> Watching --410--> Empty
//     \--cannot stream--> Listing --last page--> Watching
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/result.hpp"

namespace evalscaler::kube {

// Nothing is known of the server's state that a watch could go on from.
struct Empty {
  unsigned broken_streams = 0;  // streamed lists in a row that broke before their end
  bool operator==(const Empty&) const = default;
};
// In the middle of a paged list.
struct Listing {
  enum class Form { Pages, Whole };  // Whole: one answer without limit, after a lost page (R24)
  Form form = Form::Pages;
  std::string revision;   // of the first page; empty before it
  std::string next_page;  // continue token
  bool operator==(const Listing&) const = default;
};
// The feed equals the server as of `revision`.
struct Watching {
  std::string revision;
  bool proven = false;       // a watch from a revision of this list has worked
  unsigned silent_ends = 0;  // streams in a row that died of silence
  bool operator==(const Watching&) const = default;
};
using WatchState = std::variant<Empty, Listing, Watching>;

enum class Pause { None, Backoff };

struct Transition {
  WatchState next;
  Pause pause = Pause::None;
  std::string_view reason;  // label of evalscaler_watch_restarts_total; empty = all is well
};

// How a stream ended.
struct WatchEnd {
  std::optional<Error> error;  // none: the server ended it cleanly
  enum class Initial { NotAsked, Incomplete, Complete };
  Initial initial = Initial::NotAsked;
  std::string revision;   // last one seen; empty = none
  std::size_t lines = 0;  // frames but for ERROR
  std::chrono::milliseconds lasted{};
};
Transition after_stream(const Empty& state, const WatchEnd& end);
Transition after_stream(const Watching& state, const WatchEnd& end);

// How the request for one page ended.
struct PageEnd {
  std::optional<Error> error;
  std::string revision;
  std::string next_page;  // empty: this was the last one
};
Transition after_page(const Listing& state, const PageEnd& end);

}  // namespace evalscaler::kube
