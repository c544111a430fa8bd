// SPDX-License-Identifier: Apache-2.0
#include "simulation/watch_connection.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "kube/status_error.hpp"

namespace evalscaler::simulation {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// After this long without a line the client gives a stream up (WatchQuery::idle_timeout).
constexpr seconds kIdle{90};

std::string_view to_text(Version::Change change) {
  switch (change) {
    case Version::Change::Added:
      return "ADDED";
    case Version::Change::Modified:
      return "MODIFIED";
    case Version::Change::Deleted:
      return "DELETED";
  }
  return "";
}

Error watch_error(int code, const std::string& reason, int retry_after = 0) {
  kube::Status status;
  status.code = code;
  status.reason = reason;
  status.message = reason;
  if (retry_after > 0) status.retry_after = seconds(retry_after);
  return kube::to_error(status, kube::RequestForm::Watch);
}

Error unused() {
  return fail(ErrorKind::Invalid, "this connection only lists and watches");
}

}  // namespace

WatchConnection::WatchConnection(Parts parts, Collection collection, const kube::Resource& resource)
    : with_(parts),
      collection_(collection),
      resource_(resource),
      stream_clock_(parts.clock),
      random_(parts.settings.seed, parts.process.name + resource.plural) {}

void WatchConnection::say(std::string_view what, std::string_view more) {
  with_.history.add(with_.process.name, {resource_.plural, what, more});
}

void WatchConnection::open(SteadyTime at, Revision position) {
  ++requests_;
  server_ = random_.below(with_.servers.size());
  delivered_ = with_.cluster.log(collection_).until(position);
  Stream stream;
  stream.opened = at;
  stream.bookmark_at = at + random_.time(seconds(50), seconds(70));
  stream.ends_at = at + random_.time(seconds(300), seconds(600));
  const FaultRates& rates = with_.settings.rates;
  const auto ends = [&](End end, Nanos latest) {
    stream.end = end;
    stream.ends_at = at + random_.time(Nanos(0), latest);
  };
  if (faulty(rates.watch_broken)) ends(End::Broken, seconds(30));
  if (faulty(rates.watch_silent)) ends(End::Silent, seconds(30));
  if (faulty(rates.watch_expired)) ends(End::Expired, seconds(30));
  if (faulty(rates.watch_expired / 4)) ends(End::Internal, seconds(1));
  if (faulty(rates.watch_refused)) ends(End::Refused, Nanos(0));
  if (faulty(rates.watch_refused / 2)) ends(End::Throttled, Nanos(0));
  if (position < with_.cluster.compacted()) ends(End::Expired, Nanos(0));
  if (stream.end == End::Silent) {
    stream.bookmark_at = SteadyTime::max();
    stream.ends_at += kIdle;
  }
  stream_ = stream;
}

SteadyTime WatchConnection::next_step(const kube::WatchState& state) {
  const SteadyTime now = with_.clock.steady();
  if (!std::holds_alternative<kube::Watching>(state) || !stream_) return std::max(now, not_before_);
  SteadyTime next = std::min(stream_->ends_at, stream_->bookmark_at);
  if (stream_->end != End::Silent) {
    if (server().shown(collection_) > delivered_) {
      next = std::min(next, now);
    } else if (const auto change = server().next_change(collection_)) {
      next = std::min(next, *change);
    }
  }
  return std::max(next, stream_->opened);
}

void WatchConnection::before_step() {
  const SteadyTime now = with_.clock.steady();
  if (!stream_) return stream_clock_.pretend(now);
  // Lines of earlier pieces of this stream are not known to the piece that ends it: it must not
  // look like a stream that was silent from its beginning.
  const bool spoke = stream_->had_lines;
  stream_clock_.pretend(spoke ? std::max(stream_->opened, now - seconds(30)) : stream_->opened);
}

void WatchConnection::after_step(const kube::WatchState& state, Nanos wait) {
  stream_clock_.reveal();
  not_before_ = with_.clock.steady() + wait;
  const auto* watching = std::get_if<kube::Watching>(&state);
  if (watching == nullptr) {
    stream_.reset();
  } else if (!stream_) {
    open(not_before_, std::stoull(watching->revision));
  }
}

Result<void> WatchConnection::watch(const std::string&, const kube::WatchQuery& query,
                                    wire::LineSink sink, const std::stop_token&) {
  stream_clock_.reveal();
  if (query.initial == kube::WatchQuery::Initial::StreamThenWatch) return stream_list(sink);
  if (!stream_) open(with_.clock.steady(), std::stoull(query.resource_version));
  return deliver(std::stoull(query.resource_version), sink);
}

Result<void> WatchConnection::stream_list(wire::LineSink sink) {
  ++requests_;
  stream_.reset();
  const FaultRates& rates = with_.settings.rates;
  server_ = random_.below(with_.servers.size());
  with_.passage.pass(random_.time(milliseconds(1), milliseconds(50)), with_.process);
  if (!with_.settings.streamed_lists) {
    say("cannot stream lists");
    return watch_error(400, "sendInitialEvents is not known");
  }
  if (faulty(rates.watch_refused)) return fail(ErrorKind::Unavailable, "refused");
  if (faulty(rates.watch_refused / 2)) return watch_error(429, "TooManyRequests", 2);
  const Revision revision = server().catch_up(collection_);
  auto versions = with_.cluster.log(collection_).snapshot(revision);
  for (std::size_t i = versions.size(); i > 1; --i) {
    std::swap(versions[i - 1], versions[random_.below(i)]);
  }
  for (const Version* version : versions) {
    if (faulty(rates.watch_cut)) {
      say("list breaks");
      return fail(ErrorKind::Unavailable, "the stream broke");
    }
    if (!sink(R"({"type":"ADDED","object":)" + version->json + "}")) return {};
  }
  say("streamed at", std::to_string(revision));
  if (!sink(bookmark(revision, R"("k8s.io/initial-events-end":"true")"))) return {};
  open(with_.clock.steady(), revision);
  stream_->had_lines = true;
  return {};
}

std::string WatchConnection::bookmark(Revision revision, std::string_view annotations) const {
  return R"({"type":"BOOKMARK","object":{"kind":")" + resource_.kind + R"(","apiVersion":")" +
         resource_.api_version() + R"(","metadata":{"resourceVersion":")" +
         std::to_string(revision) + R"(","annotations":{)" + std::string(annotations) + "}}}}";
}

bool WatchConnection::send_event(const Version& version, wire::LineSink sink) {
  const std::string line =
      R"({"type":")" + std::string(to_text(version.change)) + R"(","object":)" + version.json + "}";
  say(to_text(version.change), version.key.name + " " + std::to_string(version.revision));
  stream_->had_lines = true;
  if (!sink(line)) return false;
  return !faulty(with_.settings.rates.watch_repeated) || sink(line);
}

// What has become visible; then, when its time has come, the stream's end.
Result<void> WatchConnection::deliver(Revision position, wire::LineSink sink) {
  const SteadyTime now = with_.clock.steady();
  const FaultRates& rates = with_.settings.rates;
  const std::size_t count = stream_->end == End::Silent ? 0 : server().shown(collection_);
  const RevisionLog& log = with_.cluster.log(collection_);
  while (delivered_ < count) {
    if (faulty(rates.watch_cut)) {
      say("frame cut");
      stream_.reset();
      if (random_.chance(0.5)) sink(R"({"type":"MODIFIED","object":{"kind":")");
      return fail(ErrorKind::Unavailable, "the stream broke");
    }
    if (!send_event(log.at(delivered_++), sink)) {
      stream_.reset();
      return {};
    }
  }
  if (stream_->bookmark_at <= now) {
    stream_->bookmark_at = now + random_.time(seconds(50), seconds(70));
    stream_->had_lines = true;
    // A server that is behind tells a revision that is older than where the stream began.
    const Revision told = server().revision(collection_);
    if (told >= position || faulty(rates.watch_repeated)) {
      say("bookmark", std::to_string(told));
      if (!sink(bookmark(told, ""))) stream_.reset();
    }
  }
  if (!stream_ || stream_->ends_at > now) return {};
  const Stream ended = *std::exchange(stream_, std::nullopt);
  return end_of(ended, sink);
}

Result<void> WatchConnection::end_of(const Stream& stream, wire::LineSink sink) {
  switch (stream.end) {
    case End::Clean:
      say("ends");
      return {};
    case End::Broken:
      say("breaks");
      return fail(ErrorKind::Unavailable, "the stream broke");
    case End::Silent:
      say("was silent");
      return fail(ErrorKind::Unavailable, "no line for 90 s");
    case End::Refused:
      say("refused");
      return fail(ErrorKind::Unavailable, "refused");
    case End::Throttled:
      say("throttled");
      return watch_error(429, "TooManyRequests", random_.between(0, 5));
    case End::Expired:
      say("expired");
      if (random_.chance(0.5)) return watch_error(410, "Expired");
      sink(R"({"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired",)"
           R"("message":"too old resource version"}})");
      return {};
    case End::Internal:
      say("internal error");
      return watch_error(500, "InternalError");
  }
  return {};
}

Result<std::string> WatchConnection::list(const std::string&, const kube::ListQuery& query,
                                          const std::stop_token&) {
  ++requests_;
  stream_.reset();
  const FaultRates& rates = with_.settings.rates;
  with_.passage.pass(random_.time(milliseconds(1), milliseconds(50)), with_.process);
  if (faulty(rates.watch_refused)) return fail(ErrorKind::Unavailable, "refused");
  Revision revision = 0;
  std::size_t begin = 0;
  if (query.continue_token.empty()) {
    revision = server().catch_up(collection_);
  } else {
    const std::size_t colon = query.continue_token.find(':');
    revision = std::stoull(query.continue_token.substr(0, colon));
    begin = std::stoull(query.continue_token.substr(colon + 1));
    if (revision < with_.cluster.compacted() || faulty(rates.watch_expired)) {
      say("page expired");
      return watch_error(410, "Expired");
    }
  }
  const auto versions = with_.cluster.log(collection_).snapshot(revision);
  const std::size_t most =
      query.limit == 0 ? versions.size() : static_cast<std::size_t>(with_.settings.page);
  const std::size_t end = std::min(versions.size(), begin + most);
  std::string body = R"({"kind":")" + resource_.kind + R"(List","apiVersion":")" +
                     resource_.api_version() + R"(","metadata":{"resourceVersion":")" +
                     std::to_string(revision) + '"';
  if (end < versions.size()) {
    body += R"(,"continue":")" + std::to_string(revision) + ":" + std::to_string(end) + '"';
  }
  body += R"(},"items":[)";
  for (std::size_t i = begin; i < end; ++i) body += (i == begin ? "" : ",") + versions[i]->json;
  say("page of", std::to_string(revision));
  return body + "]}";
}

Result<std::string> WatchConnection::get(const std::string&, const std::stop_token&) {
  return unused();
}
Result<std::string> WatchConnection::patch(const std::string&, kube::PatchType, std::string,
                                           const std::stop_token&) {
  return unused();
}
Result<std::string> WatchConnection::create(const std::string&, std::string,
                                            const std::stop_token&) {
  return unused();
}
Result<std::string> WatchConnection::replace(const std::string&, std::string,
                                             const std::stop_token&) {
  return unused();
}

}  // namespace evalscaler::simulation
