// SPDX-License-Identifier: Apache-2.0
// An input is what an API server sends over the life of one watcher: the bytes of each answer,
// one after the other. A line "--" ends an answer cleanly, "!!" breaks it off.
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "fakes/manual_clock.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "kube/revision.hpp"
#include "kube/watcher.hpp"
#include "unit/kube/watched_things.hpp"
#include "wire/line_splitter.hpp"

namespace evalscaler::fuzz {
namespace {

constexpr std::size_t kLongestLine = std::size_t{1} << 16U;
constexpr std::size_t kMostAnswers = 24;

struct Answer {
  std::string bytes;
  bool broken = false;
};

std::vector<Answer> answers_of(std::string_view input) {
  std::vector<Answer> answers(1);
  while (!input.empty() && answers.size() < kMostAnswers) {
    const std::string_view line = input.substr(0, input.find('\n'));
    const bool whole = line.size() < input.size();
    input.remove_prefix(line.size() + (whole ? 1 : 0));
    if (line == "--" || line == "!!") {
      answers.back().broken = line == "!!";
      answers.emplace_back();
    } else {
      answers.back().bytes.append(line).append(whole ? "\n" : "");
    }
  }
  return answers;
}

// The server, which sends its answers in pieces of `piece` bytes.
class Server final : public kube::KubeApi {
 public:
  Server(std::vector<Answer> answers, std::size_t piece, fakes::ManualClock& clock)
      : answers_(std::move(answers)), piece_(piece), clock_(clock) {}

  bool done() const { return next_ >= answers_.size(); }
  const std::vector<std::string>& requests() const { return requests_; }

  Result<std::string> list(const std::string&, const kube::ListQuery& query,
                           const std::stop_token&) override {
    requests_.push_back("list " + query.resource_version + " " + query.continue_token);
    revision_.clear();
    const Answer answer = taken();
    if (answer.broken) return fail(ErrorKind::Unavailable, "cut");
    return answer.bytes;
  }

  Result<void> watch(const std::string&, const kube::WatchQuery& query, wire::LineSink sink,
                     const std::stop_token&) override {
    requests_.push_back("watch " + query.resource_version);
    const bool lists = query.initial == kube::WatchQuery::Initial::StreamThenWatch;
    claim(lists || kube::is_revision(query.resource_version), "a watch from nowhere");
    // Back in time only by way of a new list (R2).
    claim(lists || revision_.empty() ||
              std::is_gteq(*kube::compare_revisions(query.resource_version, revision_)),
          "a watch goes back from " + revision_ + " to " + query.resource_version);
    revision_ = query.resource_version;
    const Answer answer = taken();
    clock_.advance(std::chrono::seconds(2));
    wire::LineSplitter splitter(kLongestLine);
    for (std::size_t at = 0; at < answer.bytes.size(); at += piece_) {
      const auto took =
          splitter.feed(std::string_view(answer.bytes).substr(at, piece_), [&](auto line) {
            claim(line.find('\n') == std::string_view::npos, "a line has two lines");
            return sink(line);
          });
      if (took == wire::LineSplitter::Took::Stopped) return {};
      if (took == wire::LineSplitter::Took::TooLong) {
        return fail(ErrorKind::Unavailable, "too long");
      }
    }
    if (answer.broken) return fail(ErrorKind::Unavailable, "cut");
    return {};
  }

  Result<std::string> get(const std::string&, const std::stop_token&) override { return unused(); }
  Result<std::string> patch(const std::string&, kube::PatchType, std::string,
                            const std::stop_token&) override {
    return unused();
  }
  Result<std::string> create(const std::string&, std::string, const std::stop_token&) override {
    return unused();
  }
  Result<std::string> replace(const std::string&, std::string, const std::stop_token&) override {
    return unused();
  }

 private:
  static Result<std::string> unused() {
    throw BrokenClaim("a watcher sends something but lists and watches");
  }
  Answer taken() { return done() ? Answer{"", true} : answers_[next_++]; }

  std::vector<Answer> answers_;
  std::size_t piece_;
  fakes::ManualClock& clock_;
  std::size_t next_ = 0;
  std::string revision_;  // of the last watch; empty after a list
  std::vector<std::string> requests_;
};

using Things = kube::ObjectCache<kube::Thing>;

// What listeners were told must be what the cache holds.
class Mirror {
 public:
  explicit Mirror(Things& cache) : cache_(cache) {
    cache.listen([this](const ObjectKey& key, const Things::Pointer& thing) {
      if (thing) {
        claim(thing->meta.key == key, "an object stands under another's name");
        known_.insert(key);
      } else {
        claim(known_.erase(key) == 1, "something unknown was deleted: " + key.text());
      }
    });
  }
  void claim_equal() const {
    claim(cache_.size() == known_.size(), "cache and listeners disagree");
    for (const ObjectKey& key : known_) {
      claim(cache_.find(key) != nullptr, "not in the cache: " + key.text());
    }
  }

 private:
  Things& cache_;
  std::set<ObjectKey> known_;
};

// The requests made and the objects known at the end, as text.
std::string history(std::string_view input, std::size_t piece) {
  fakes::ManualClock clock;
  static telemetry::Metrics metrics;  // costs more to make than most inputs to read
  Things cache;
  const Mirror mirror(cache);
  kube::CacheFeed<kube::Thing> feed(cache, kube::read_thing);
  Server server(answers_of(input), piece, clock);
  kube::Watcher watcher({kube::kThings, "", ""}, feed, server, clock, metrics, [] { return 0.5; });
  std::size_t steps = 0;
  for (; !server.done(); ++steps) {
    clock.advance(watcher.step({}));
    mirror.claim_equal();
    // Nothing of a list is seen before all of it is there.
    claim(watcher.health().synced || cache.size() == 0, "objects before the list was complete");
  }
  claim(steps <= kMostAnswers, "steps without requests");
  std::string out;
  for (const std::string& request : server.requests()) out += request + "\n";
  std::set<std::string> things;
  for (const auto& thing : cache.all()) {
    things.insert(thing->meta.key.text() + " " + thing->meta.uid + " " +
                  thing->meta.resource_version + " " + std::to_string(thing->size));
  }
  for (const std::string& thing : things) out += thing + "\n";
  return out;
}

}  // namespace

void watch_stream(std::string_view input) {
  const std::string whole = history(input, kLongestLine);
  // The network cuts where it likes; 7 is no divisor of anything in particular.
  claim(history(input, 7) == whole, "the size of the pieces changes what is seen");
}

}  // namespace evalscaler::fuzz
