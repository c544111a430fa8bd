// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/ledger.hpp"

#include <algorithm>
#include <random>
#include <utility>

namespace evalscaler::ledger {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;
using std::chrono::nanoseconds;

constexpr std::size_t kExamples = 5;

}  // namespace

std::int64_t Audit::wrong() const {
  std::int64_t out = 0;
  for (const auto& [verdict, count] : counts) out += verdict == Verdict::Right ? 0 : count;
  return out;
}

Ledger::Ledger(const wire::RedisConnector& connector, const std::vector<redis::Address>& seeds,
               LedgerSettings settings)
    : connector_(connector),
      map_(std::make_shared<SlotMap>(seeds)),
      settings_(settings),
      book_("key:", settings.keys) {}

Ledger::~Ledger() {
  stop();
}

void Ledger::for_all(KeyBook& book, const std::function<void(ClusterClient&, std::size_t)>& visit) {
  std::vector<std::jthread> threads;
  for (std::size_t number = 0; number < settings_.threads; ++number) {
    threads.emplace_back([&, number] {
      ClusterClient client = make_client();
      for (std::size_t i = number; i < book.size(); i += settings_.threads) visit(client, i);
      take_counts(client);
    });
  }
}

std::int64_t Ledger::write_all(KeyBook& book, Content content, std::size_t bytes) {
  std::atomic<std::int64_t> failed{0};
  for_all(book, [&](ClusterClient& client, std::size_t index) {
    if (!write(client, book, index, content, bytes)) ++failed;
  });
  return failed;
}

std::int64_t Ledger::write_all() {
  return write_all(book_, Content::Value, settings_.value_bytes);
}

std::int64_t Ledger::fill(std::size_t keys, std::size_t value_bytes) {
  const std::string prefix = "fill:" + std::to_string(fillings_.size()) + ":";
  fillings_.push_back(std::make_unique<KeyBook>(prefix, keys));
  return write_all(*fillings_.back(), Content::Value, value_bytes);
}

std::int64_t Ledger::empty() {
  std::int64_t failed = 0;
  for (const auto& book : fillings_) failed += write_all(*book, Content::Nothing, 0);
  return failed;
}

bool Ledger::write(ClusterClient& client, KeyBook& book, std::size_t index, Content content,
                   std::size_t bytes) {
  const std::uint32_t version = book.begin(index);
  const std::string key = book.key(index);
  const wire::RedisCommand command =
      content == Content::Value ? wire::RedisCommand{"SET", key, book.value(index, version, bytes)}
                                : wire::RedisCommand{"DEL", key};
  const std::int64_t before = client.unanswered();
  const auto reply = client.run(key, command);
  if (client.unanswered() != before) book.note_unanswered(index, version, content);
  if (reply && !reply->is_error()) {
    book.acknowledge(index, version, content);
    return true;
  }
  note_error(reply ? reply->text : reply.error().message);
  return false;
}

void Ledger::start() {
  started_ = clock_.steady();
  window_ = 0;
  opened_ = {{"baseline", started_}};
  writers_.clear();
  // All before the first thread: they look theirs up among them.
  const std::size_t count = std::min(settings_.threads, book_.size());
  while (writers_.size() < count) writers_.push_back(std::make_unique<Writer>());
  for (std::size_t number = 0; number < count; ++number) {
    writers_[number]->thread =
        std::jthread([this, number](const std::stop_token& stop) { write_on(number, stop); });
  }
}

void Ledger::write_on(std::size_t number, const std::stop_token& stop) {
  Writer& self = *writers_[number];
  ClusterClient client = make_client();
  std::mt19937_64 random(number + 1);
  const std::size_t threads = std::min(settings_.threads, book_.size());
  const std::size_t own = (book_.size() - number + threads - 1) / threads;
  for (std::size_t n = number;; n += threads) {
    const auto offset = std::chrono::duration<double>(static_cast<double>(n) / settings_.rate);
    const SteadyTime due = started_ + duration_cast<nanoseconds>(offset);
    if (!clock_.sleep_for(std::max(nanoseconds(0), due - clock_.steady()), stop)) break;
    const std::size_t window = window_;
    if (self.windows.size() <= window) self.windows.resize(window + 1);
    const bool done = write(client, book_, number + threads * (random() % own), Content::Value,
                            settings_.value_bytes);
    if (!done) {
      ++self.windows[window].errors;
      ++errors_;
      continue;
    }
    const nanoseconds latency = clock_.steady() - due;
    self.windows[window].add(latency);
    ++acknowledged_;
    const std::int64_t micros = duration_cast<microseconds>(latency).count();
    std::int64_t longest = longest_;
    while (longest < micros && !longest_.compare_exchange_weak(longest, micros)) {
    }
  }
  take_counts(client);
}

void Ledger::stop() {
  if (opened_.empty() || opened_.back().name.empty()) return;
  for (const auto& writer : writers_) writer->thread.request_stop();
  for (const auto& writer : writers_) writer->thread.join();
  opened_.push_back({"", clock_.steady()});
}

void Ledger::open_window(std::string name) {
  opened_.push_back({std::move(name), clock_.steady()});
  window_ = opened_.size() - 1;
}

std::vector<LatencyWindow> Ledger::windows() const {
  std::vector<LatencyWindow> out;
  for (std::size_t number = 0; number + 1 < opened_.size(); ++number) {
    LatencyWindow all{opened_[number].name,
                      duration_cast<microseconds>(opened_[number + 1].at - opened_[number].at),
                      0,
                      {}};
    for (const auto& writer : writers_) {
      if (number < writer->windows.size()) all.merge(writer->windows[number]);
    }
    const auto same = std::find_if(out.begin(), out.end(),
                                   [&](const auto& window) { return window.name == all.name; });
    if (same == out.end()) {
      out.push_back(std::move(all));
    } else {
      same->merge(all);
    }
  }
  return out;
}

Audit Ledger::audit() {
  Audit out;
  audit(book_, out);
  for (const auto& book : fillings_) audit(*book, out);
  return out;
}

void Ledger::audit(KeyBook& book, Audit& audit) {
  std::mutex adding;
  for_all(book, [&](ClusterClient& client, std::size_t index) {
    const std::string key = book.key(index);
    const auto reply = client.run(key, {"GET", key});
    std::optional<std::string> read;
    if (reply && reply->is_text()) read = reply->text;
    const bool readable = reply && !reply->is_error();
    const Verdict verdict = readable ? book.judge(index, read) : Verdict::Lost;
    const std::scoped_lock lock(adding);
    ++audit.counts[verdict];
    if (verdict == Verdict::Right || audit.examples.size() >= kExamples) return;
    const std::string is = readable ? (read ? "\"" + read->substr(0, 40) + "\"" : "nothing")
                                    : (reply ? reply->text : reply.error().message);
    audit.examples.push_back(
        key + " (slot " + std::to_string(slot_of(key)) + ") is " + std::string(to_text(verdict)) +
        ": version " + std::to_string(book.acknowledged(index)) + " was acknowledged, read " + is);
  });
}

void Ledger::take_counts(const ClusterClient& client) {
  const std::scoped_lock lock(counting_);
  counts_.unanswered += client.unanswered();
  for (const auto& [what, count] : client.seen_to()) counts_.seen_to[what] += count;
}

void Ledger::note_error(const std::string& what) {
  const std::scoped_lock lock(counting_);
  if (counts_.first_errors.size() < kExamples) counts_.first_errors.push_back(what.substr(0, 200));
}

LedgerCounts Ledger::counts() const {
  const std::scoped_lock lock(counting_);
  LedgerCounts out = counts_;
  out.acknowledged = acknowledged_;
  out.errors = errors_;
  return out;
}

}  // namespace evalscaler::ledger
