// SPDX-License-Identifier: Apache-2.0
// ScriptedKubeApi: a KubeApi that answers from a list, in order, and records every call.
//
// Strict: a call that is not the next expected one (verb or path) fails the test and is
// answered Unavailable; so do expectations that were never used. An empty expected path
// matches any. Answers run on the caller's thread without the lock, so that they may do what
// happens in the cluster meanwhile (put the event into a cache before the reply). Thread-safe.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "kube/kube_api.hpp"

namespace evalscaler::fakes {

class ScriptedKubeApi final : public kube::KubeApi {
 public:
  enum class Verb { Get, List, Watch, Patch, Create, Replace };
  struct Call {
    Verb verb = Verb::Get;
    std::string path;
    std::string body;                      // Patch, Create, Replace
    std::optional<kube::PatchType> patch;  // Patch
    kube::ListQuery list_query;            // List
    kube::WatchQuery watch_query;          // Watch
  };
  using Answer = std::function<Result<std::string>(const Call&)>;
  // Feeds the sink until it returns false; the result is what watch() returns.
  using WatchAnswer =
      std::function<Result<void>(const Call&, wire::LineSink sink, const std::stop_token& stop)>;

  ~ScriptedKubeApi() override {
    EXPECT_TRUE(script_.empty()) << script_.size() << " expected calls were never made, first: "
                                 << text(script_.front().verb) << " " << script_.front().path;
  }

  void expect(Verb verb, std::string path, Answer answer) {
    push({verb, std::move(path), std::move(answer), {}});
  }
  void expect(Verb verb, std::string path, std::string body) {
    expect(verb, std::move(path), [body = std::move(body)](const Call&) { return Result(body); });
  }
  void expect(Verb verb, std::string path, Error error) {
    expect(verb, std::move(path),
           [error = std::move(error)](const Call&) -> Result<std::string> { return error; });
  }
  void expect_watch(std::string path, WatchAnswer answer) {
    push({Verb::Watch, std::move(path), {}, std::move(answer)});
  }
  // These lines, then the end: clean without an error.
  void expect_watch(std::string path, std::vector<std::string> lines, Result<void> end = {}) {
    expect_watch(std::move(path), [lines = std::move(lines), end = std::move(end)](
                                      const Call&, wire::LineSink sink, const std::stop_token&) {
      for (const std::string& line : lines) {
        if (!sink(line)) return Result<void>();
      }
      return end;
    });
  }
  // These lines, then silence until the caller stops the watch.
  void expect_endless_watch(std::string path, std::vector<std::string> lines = {}) {
    expect_watch(std::move(path),
                 [this, lines = std::move(lines)](const Call&, wire::LineSink sink,
                                                  const std::stop_token& stop) -> Result<void> {
                   for (const std::string& line : lines) {
                     if (!sink(line)) return {};
                   }
                   std::unique_lock lock(mutex_);
                   changed_.wait(lock, stop, [] { return false; });
                   return fail(ErrorKind::Cancelled, "stopped");
                 });
  }

  std::vector<Call> calls() const {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  Call last_call() const {
    const std::lock_guard lock(mutex_);
    return calls_.empty() ? Call{} : calls_.back();
  }
  // For code that calls from its own thread: true once every expectation was used.
  bool wait_until_used(std::chrono::seconds at_most = std::chrono::seconds(10)) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, at_most, [&] { return script_.empty(); });
  }

  Result<std::string> get(const std::string& path, const std::stop_token& stop) override {
    return answer({Verb::Get, path, {}, {}, {}, {}}, stop);
  }
  Result<std::string> list(const std::string& collection, const kube::ListQuery& query,
                           const std::stop_token& stop) override {
    return answer({Verb::List, collection, {}, {}, query, {}}, stop);
  }
  Result<void> watch(const std::string& collection, const kube::WatchQuery& query,
                     wire::LineSink sink, const std::stop_token& stop) override {
    const Call call{Verb::Watch, collection, {}, {}, {}, query};
    auto step = next(call, stop);
    if (!step) return step.error();
    return step->watch ? step->watch(call, sink, stop) : Result<void>();
  }
  Result<std::string> patch(const std::string& path, kube::PatchType type, std::string body,
                            const std::stop_token& stop) override {
    return answer({Verb::Patch, path, std::move(body), type, {}, {}}, stop);
  }
  Result<std::string> create(const std::string& collection, std::string body,
                             const std::stop_token& stop) override {
    return answer({Verb::Create, collection, std::move(body), {}, {}, {}}, stop);
  }
  Result<std::string> replace(const std::string& path, std::string body,
                              const std::stop_token& stop) override {
    return answer({Verb::Replace, path, std::move(body), {}, {}, {}}, stop);
  }

 private:
  struct Step {
    Verb verb = Verb::Get;
    std::string path;
    Answer answer;
    WatchAnswer watch;
  };

  static const char* text(Verb verb) {
    switch (verb) {
      case Verb::Get:
        return "get";
      case Verb::List:
        return "list";
      case Verb::Watch:
        return "watch";
      case Verb::Patch:
        return "patch";
      case Verb::Create:
        return "create";
      case Verb::Replace:
        return "replace";
    }
    return "";
  }

  void push(Step step) {
    const std::lock_guard lock(mutex_);
    script_.push_back(std::move(step));
  }
  Result<Step> next(const Call& call, const std::stop_token& stop) {
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
    const std::lock_guard lock(mutex_);
    calls_.push_back(call);
    const bool fits = !script_.empty() && script_.front().verb == call.verb &&
                      (script_.front().path.empty() || script_.front().path == call.path);
    if (!fits) {
      ADD_FAILURE() << "unexpected " << text(call.verb) << " " << call.path << "; expected "
                    << (script_.empty()
                            ? "nothing more"
                            : text(script_.front().verb) + (" " + script_.front().path));
      return fail(ErrorKind::Unavailable, "nothing scripted");
    }
    Step step = std::move(script_.front());
    script_.pop_front();
    changed_.notify_all();
    return step;
  }
  Result<std::string> answer(const Call& call, const std::stop_token& stop) {
    auto step = next(call, stop);
    if (!step) return step.error();
    return step->answer ? step->answer(call) : Result<std::string>(std::string("{}"));
  }

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<Step> script_;
  std::vector<Call> calls_;
};

}  // namespace evalscaler::fakes
