// SPDX-License-Identifier: Apache-2.0
#include "kube/watcher.hpp"

#include <compare>
#include <utility>

#include "core/text.hpp"
#include "kube/list_page.hpp"
#include "kube/revision.hpp"
#include "kube/store.hpp"
#include "telemetry/log.hpp"

namespace evalscaler::kube {
namespace {

constexpr std::size_t kRememberedRefusals = 1000;

template <typename... F>
struct Overloaded : F... {
  using F::operator()...;
};
template <typename... F>
Overloaded(F...) -> Overloaded<F...>;

std::string_view to_text(WatchFrame::Type type) {
  switch (type) {
    case WatchFrame::Type::Added:
      return "added";
    case WatchFrame::Type::Modified:
      return "modified";
    case WatchFrame::Type::Deleted:
      return "deleted";
    case WatchFrame::Type::Bookmark:
      return "bookmark";
    case WatchFrame::Type::Error:
      return "error";
    case WatchFrame::Type::Unknown:
      return "unknown";
  }
  return "unknown";
}

// Going on from it would mean from anywhere (R2, R23): the stream ends, and the revision known
// so far stands.
bool end_without_revision(const ObjectIdentity& object, WatchEnd& end) {
  end.error = fail(ErrorKind::Unavailable,
                   "a watch frame's resourceVersion is '" + one_line(object.revision, 64) + "'");
  return false;
}

}  // namespace

Watcher::Watcher(WatchScope scope, ObjectFeed& feed, KubeApi& api, Clock& clock,
                 telemetry::Metrics& metrics, std::function<double()> random,
                 UndecodableListener on_undecodable)
    : scope_(std::move(scope)),
      collection_(collection_path(scope_.resource, scope_.space)),
      feed_(feed),
      api_(api),
      clock_(clock),
      metrics_(metrics),
      random_(random),
      on_undecodable_(std::move(on_undecodable)),
      backoff_(clock, std::move(random)) {}

WatchHealth Watcher::health() const {
  return health_.with([](const WatchHealth& health) { return health; });
}

void Watcher::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto pause = step(stop);
    if (pause.count() > 0) clock_.sleep_for(pause, stop);
  }
}

std::chrono::milliseconds Watcher::step(const std::stop_token& stop) {
  std::optional<Error> error;
  const auto follow_stream = [&](const auto& state, WatchQuery query, FeedPhase phase) {
    const WatchEnd end = stream(std::move(query), phase, stop);
    error = end.error;
    return after_stream(state, end);
  };
  Transition transition =
      std::visit(Overloaded{
                     [&](const Empty& state) {
                       WatchQuery query;
                       query.initial = WatchQuery::Initial::StreamThenWatch;
                       return follow_stream(state, std::move(query), FeedPhase::Listing);
                     },
                     [&](const Watching& state) {
                       WatchQuery query;
                       query.resource_version = state.revision;
                       return follow_stream(state, std::move(query), FeedPhase::Live);
                     },
                     [&](const Listing& state) {
                       const PageEnd end = page(state, stop);
                       error = end.error;
                       return after_page(state, end);
                     },
                 },
                 state_);
  const auto* listing = std::get_if<Listing>(&transition.next);
  const bool middle_of_list = listing != nullptr && !listing->next_page.empty();
  if (!middle_of_list) feed_.discard();
  note(transition, error);
  state_ = std::move(transition.next);
  if (transition.pause == Pause::None) return std::chrono::milliseconds(0);
  return backoff_.next(error ? error->retry_after : std::nullopt);
}

WatchEnd Watcher::stream(WatchQuery query, FeedPhase phase, const std::stop_token& stop) {
  // Random, so that watches of many processes do not come back all at once (R11).
  query.timeout = std::chrono::seconds(300 + static_cast<std::int64_t>(random_() * 300));
  query.label_selector = scope_.label_selector;
  WatchEnd end;
  end.revision = query.resource_version;
  if (phase == FeedPhase::Listing) end.initial = WatchEnd::Initial::Incomplete;
  const SteadyTime started = clock_.steady();
  const auto result = api_.watch(
      collection_, query, [&](std::string_view line) { return receive(line, phase, end); }, stop);
  end.lasted = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.steady() - started);
  if (!result && !end.error) end.error = result.error();
  return end;
}

bool Watcher::receive(std::string_view line, FeedPhase& phase, WatchEnd& end) {
  health_.with([&](WatchHealth& health) { health.last_activity = clock_.steady(); });
  line_.assign(line);
  const auto read = read_frame(outer_, line_);
  if (!read) {
    // What it said is lost: end here, so that the server says it again.
    end.error = fail(ErrorKind::Unavailable, "unreadable watch frame: " + read.error().message);
    return false;
  }
  const WatchFrame& frame = *read;
  metrics_.add(telemetry::Metric::WatchEvents, {scope_.resource.plural, to_text(frame.type)});
  if (frame.type == WatchFrame::Type::Error) {
    end.error = to_error(frame.status, RequestForm::Watch);
    return false;
  }
  ++end.lines;
  last_complaint_.clear();
  if (frame.type == WatchFrame::Type::Unknown || !fits(frame.object)) {
    count_dropped();
    return true;
  }
  if (frame.type == WatchFrame::Type::Bookmark) return receive_bookmark(frame.object, phase, end);
  if (phase == FeedPhase::Live) {
    if (!is_revision(frame.object.revision)) return end_without_revision(frame.object, end);
    // A proxy's duplicate or straggler must not turn back what is known (R23).
    const auto order = compare_revisions(frame.object.revision, end.revision);
    if (order && std::is_lteq(*order)) {
      count_dropped();
      return true;
    }
    end.revision = frame.object.revision;  // initial events have no order (R9): not from them
  }
  if (frame.type == WatchFrame::Type::Deleted) {
    feed_.erase(phase, frame.object.key);
  } else {
    put(phase, frame.object, [&] {
      return read_frame_object(outer_, line_,
                               [&](wire::JsonCursor& object) { return feed_.put(phase, object); });
    });
  }
  metrics_.set(telemetry::Metric::CachedObjects, {scope_.resource.plural},
               static_cast<double>(feed_.size()));
  return true;
}

bool Watcher::receive_bookmark(const ObjectIdentity& bookmark, FeedPhase& phase, WatchEnd& end) {
  // An ordinary bookmark instead of the end of the list: this server does not stream lists.
  if (phase == FeedPhase::Listing && !bookmark.ends_initial_events) return false;
  if (!is_revision(bookmark.revision)) return end_without_revision(bookmark, end);
  const auto order = compare_revisions(bookmark.revision, end.revision);
  if (phase == FeedPhase::Live && order && std::is_lt(*order)) {
    count_dropped();  // a straggler like any other: the revision never goes back (R2)
    return true;
  }
  end.revision = bookmark.revision;
  if (phase == FeedPhase::Listing) {
    phase = FeedPhase::Live;
    end.initial = WatchEnd::Initial::Complete;
    commit("stream");
  }
  return true;
}

PageEnd Watcher::page(const Listing& listing, const std::stop_token& stop) {
  ListQuery query;
  query.continue_token = listing.next_page;
  query.label_selector = scope_.label_selector;
  if (listing.form == Listing::Form::Whole) {
    query.limit = 0;
    query.resource_version = listing.revision;
  }
  PageEnd end;
  auto body = api_.list(collection_, query, stop);
  if (!body) {
    end.error = body.error();
    return end;
  }
  health_.with([&](WatchHealth& health) { health.last_activity = clock_.steady(); });
  auto read = read_list_page(outer_, *body, scope_.resource.kind,
                             [&](std::string json) { read_item(std::move(json)); });
  if (!read) {
    end.error = read.error();
    return end;
  }
  end.revision = std::move(read->revision);
  end.next_page = std::move(read->next_page);
  last_complaint_.clear();
  if (end.next_page.empty()) commit("paged");
  return end;
}

void Watcher::read_item(std::string item) {
  ObjectIdentity identity;
  const auto read = inner_.read(
      item, [&](wire::JsonCursor& object) { return store(read_identity(object), identity); });
  // Items of built-in lists do not repeat their kind.
  const bool unnamed = identity.kind.empty() && identity.api_version.empty();
  if (!read || (!unnamed && !fits(identity))) return count_dropped();
  put(FeedPhase::Listing, identity, [&] {
    return inner_.read(
        item, [&](wire::JsonCursor& object) { return feed_.put(FeedPhase::Listing, object); });
  });
}

bool Watcher::fits(const ObjectIdentity& object) const {
  return object.kind == scope_.resource.kind && object.api_version == scope_.resource.api_version();
}

void Watcher::put(FeedPhase phase, const ObjectIdentity& identity,
                  FunctionRef<Result<void>()> decode) {
  const auto decoded = decode();
  if (!decoded) refused(phase, identity, decoded.error());
}

void Watcher::refused(FeedPhase phase, const ObjectIdentity& identity, const Error& error) {
  count_dropped();
  // The object is no longer what the cache says: nobody must act on its old self.
  feed_.erase(phase, identity.key);
  if (refused_.size() >= kRememberedRefusals) refused_.clear();
  std::string& logged = refused_[identity.key];
  if (std::exchange(logged, identity.revision) != identity.revision) {
    telemetry::log_warning("object cannot be read and is left out",
                           {{"resource", scope_.resource.plural},
                            {"object", identity.key.text()},
                            {"error", error.message}});
  }
  if (on_undecodable_ && !identity.key.name.empty()) {
    on_undecodable_(identity.key, identity.uid, error);
  }
}

void Watcher::commit(std::string_view kind) {
  feed_.commit();
  health_.with([](WatchHealth& health) {
    health.synced = true;
    health.absent = false;
    health.failed = false;
    health.denied = false;
  });
  metrics_.add(telemetry::Metric::WatchLists, {scope_.resource.plural, kind});
  metrics_.set(telemetry::Metric::CachedObjects, {scope_.resource.plural},
               static_cast<double>(feed_.size()));
  telemetry::log_info("listed", {{"resource", scope_.resource.plural},
                                 {"namespace", scope_.space.empty() ? "(all)" : scope_.space},
                                 {"objects", feed_.size()},
                                 {"how", kind}});
}

void Watcher::count_dropped() {
  metrics_.add(telemetry::Metric::DroppedObjects, {scope_.resource.plural});
}

void Watcher::note(const Transition& transition, const std::optional<Error>& error) {
  if (transition.reason.empty()) return;
  metrics_.add(telemetry::Metric::WatchRestarts, {scope_.resource.plural, transition.reason});
  const bool absent = error && error->kind == ErrorKind::NotFound;
  const bool denied = error && error->kind == ErrorKind::Forbidden;
  const bool never_listed = health_.with([&](WatchHealth& health) {
    health.absent = health.absent || absent;
    health.failed = error.has_value();
    health.denied = denied;
    return !health.synced;
  });
  if (denied && never_listed) feed_.refuse(error->message);
  // Each trouble once until the server speaks again: an outage must not flood the log.
  const std::string complaint = absent ? "not served by this cluster; is its CRD installed?"
                                       : (error ? error->message : std::string());
  const bool news = std::exchange(last_complaint_, complaint) != complaint && error;
  const auto loud =
      transition.pause == Pause::Backoff ? telemetry::LogLevel::Warning : telemetry::LogLevel::Info;
  telemetry::log(news ? loud : telemetry::LogLevel::Debug, "watch interrupted",
                 {{"resource", scope_.resource.plural},
                  {"namespace", scope_.space.empty() ? "(all)" : scope_.space},
                  {"reason", transition.reason},
                  {"error", complaint}});
}

}  // namespace evalscaler::kube
