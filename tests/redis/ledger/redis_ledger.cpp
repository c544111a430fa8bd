// SPDX-License-Identifier: Apache-2.0
#include <poll.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <sstream>

#include "redis/ledger/report.hpp"
#include "workload/command_line.hpp"

namespace evalscaler::ledger {
namespace {

using workload::CommandLine;
using workload::FlagKind;
using workload::FlagSpec;

const std::array<FlagSpec, 11> kFlags{{
    {"--node", "HOST:PORT", "a node to begin with; repeat it", FlagKind::RepeatedValue},
    {"--keys", "N", "that are written again and again (20000)"},
    {"--rate", "X", "writes per second, however long each takes (1000)"},
    {"--threads", "N", "with connections of their own (16)"},
    {"--value-bytes", "N", "of each value (64)"},
    {"--patience", "TIME", "a write that fails for so long is an error (5s)"},
    {"--duration", "TIME", "end by itself, do not listen to standard input"},
    {"--progress", "", "one line of JSON a second", FlagKind::Switch},
    {"--json", "FILE", "write the report as JSON too"},
    {"--user", "NAME", "of the ACL (the default user)"},
    {"--help", "", "print this", FlagKind::Switch},
}};

constexpr std::string_view kAbout =
    "redis_ledger: writes to a Redis Cluster at a fixed rate, remembers every acknowledged write,\n"
    "and reads all of them back. The password is taken from REDISCLI_AUTH.\n"
    "On standard input: 'window NAME' (latencies from now on count to NAME; first: baseline),\n"
    "'fill KEYS BYTES' and 'empty' (keys beside the others), 'end'. TIME: 500ms, 30s, 2m.\n"
    "Exit: 0 every acknowledged write is there, 1 one is not, 2 usage or no cluster.";

struct Options {
  LedgerSettings settings{20'000, 1'000, 16, 64, std::chrono::seconds(5)};
  std::vector<redis::Address> nodes;
  std::chrono::nanoseconds duration{0};  // 0 = until "end"
  std::string user;
  std::optional<std::string> json_path;
  bool progress = false;
};

Result<redis::Address> parse_node(const std::string& text) {
  const auto colon = text.rfind(':');
  redis::Address out{text.substr(0, colon), 0};
  const char* end = text.data() + text.size();
  if (colon != std::string::npos && colon > 0) {
    const auto [at, error] = std::from_chars(text.data() + colon + 1, end, out.port);
    if (error == std::errc{} && at == end && out.port > 0 && out.port < 65'536) return out;
  }
  return fail(ErrorKind::Invalid, "--node: '" + text + "' is not HOST:PORT");
}

Result<Options> to_options(const CommandLine& given) {
  Options out;
  std::chrono::nanoseconds patience = out.settings.patience;
  for (const auto& refusal :
       {given.read("--keys", {1, 10'000'000}, out.settings.keys),
        given.read("--rate", {0.1, 1e6}, out.settings.rate),
        given.read("--threads", {1, 256}, out.settings.threads),
        given.read("--value-bytes", {1, 1 << 20}, out.settings.value_bytes),
        given.read("--patience", patience), given.read("--duration", out.duration)}) {
    if (refusal) return *refusal;
  }
  out.settings.patience = std::chrono::ceil<std::chrono::milliseconds>(patience);
  for (const std::string& text : given.texts("--node")) {
    auto node = parse_node(text);
    if (!node) return node.error();
    out.nodes.push_back(std::move(*node));
  }
  if (out.nodes.empty()) return fail(ErrorKind::Invalid, "--node is missing");
  out.user = given.text("--user").value_or("");
  out.json_path = given.text("--json");
  out.progress = given.has("--progress");
  return out;
}

// Lines of standard input, without ever waiting for longer than asked.
class Orders {
 public:
  enum class State { Open, Ended };

  // Waits until there is a line, the input ends, or the time is over.
  std::optional<std::string> next(std::chrono::milliseconds wait) {
    if (auto line = take()) return line;
    pollfd watched{STDIN_FILENO, POLLIN, 0};
    if (::poll(&watched, 1, static_cast<int>(wait.count())) <= 0) return {};
    std::array<char, 4096> buffer{};
    const auto count = ::read(STDIN_FILENO, buffer.data(), buffer.size());
    if (count > 0) {
      text_.append(buffer.data(), static_cast<std::size_t>(count));
      return take();
    }
    state_ = State::Ended;
    return {};
  }
  State state() const { return state_; }

 private:
  std::optional<std::string> take() {
    const auto end = text_.find('\n');
    if (end == std::string::npos) return {};
    std::string line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return line;
  }
  std::string text_;
  State state_ = State::Open;
};

volatile std::sig_atomic_t interrupted = 0;

enum class Next { GoOn, End };

Next obey(const std::string& line, Ledger& ledger) {
  std::istringstream words(line);
  std::string verb;
  words >> verb;
  if (verb == "end") return Next::End;
  std::int64_t failed = 0;
  std::size_t keys = 0;
  std::size_t bytes = 0;
  std::string name;
  if (verb == "window" && words >> name) {
    ledger.open_window(name);
  } else if (verb == "fill" && words >> keys >> bytes && keys > 0) {
    failed = ledger.fill(keys, bytes);
  } else if (verb == "empty") {
    failed = ledger.empty();
  } else {
    std::cerr << "redis_ledger: '" << line << "' is no order, see --help\n";
    return Next::GoOn;
  }
  std::cout << R"({"did": ")" << verb << R"(", "failed": )" << failed << "}" << std::endl;
  return Next::GoOn;
}

void write_until_end(Ledger& ledger, const Options& options) {
  SystemClock clock;
  Orders orders;
  const bool listens = options.duration.count() == 0;
  const SteadyTime end =
      listens ? SteadyTime::max()
              : clock.steady() + std::chrono::duration_cast<SteadyTime::duration>(options.duration);
  SteadyTime next_line = clock.steady();
  ledger.start();
  while (interrupted == 0 && clock.steady() < end && orders.state() == Orders::State::Open) {
    constexpr std::chrono::milliseconds kLook{100};
    if (!listens) {
      clock.sleep_for(kLook, {});
    } else if (const auto line = orders.next(kLook)) {
      if (obey(*line, ledger) == Next::End) break;
    }
    if (!options.progress || clock.steady() < next_line) continue;
    next_line += std::chrono::seconds(1);
    std::cout << R"({"acknowledged": )" << ledger.acknowledged() << R"(, "errors": )"
              << ledger.errors() << R"(, "longestMs": )"
              << static_cast<double>(ledger.take_longest().count()) / 1000 << "}" << std::endl;
  }
  ledger.stop();
}

int refuse(const std::string& message) {
  std::cerr << "redis_ledger: " << message << "\n";
  return 2;
}

int run(const std::vector<std::string>& arguments) {
  const auto given = CommandLine::parse(kFlags, arguments, workload::process_environment());
  if (!given) return refuse(given.error().message);
  if (given->has("--help")) {
    std::cout << workload::usage_text(kAbout, kFlags);
    return 0;
  }
  const auto options = to_options(*given);
  if (!options) return refuse(options.error().message);
  std::ofstream json;
  if (options->json_path) {
    json.open(*options->json_path);
    if (!json) return refuse("--json: " + *options->json_path + " cannot be written");
  }
  const char* password = std::getenv("REDISCLI_AUTH");
  SystemClock clock;
  const auto connector =
      wire::make_redis_connector({options->user, password == nullptr ? "" : password,
                                  std::chrono::milliseconds(500), std::chrono::seconds(1)},
                                 clock);
  Ledger ledger(*connector, options->nodes, options->settings);
  if (const auto failed = ledger.write_all(); failed > 0) {
    return refuse(std::to_string(failed) +
                  " keys could not be written at all: " + ledger.counts().first_errors.front());
  }
  std::cout << R"({"did": "begin", "failed": 0})" << std::endl;
  write_until_end(ledger, *options);
  const LedgerReport report{ledger.windows(), ledger.counts(), ledger.audit()};
  std::cout << to_table(report) << std::flush;
  if (json.is_open() && !(json << to_json(report) << "\n" << std::flush)) {
    return refuse("--json: " + *options->json_path + " could not be written in full");
  }
  return report.audit.wrong() == 0 ? 0 : 1;
}

}  // namespace
}  // namespace evalscaler::ledger

int main(int argc, char** argv) {
  std::signal(SIGTERM, [](int) { evalscaler::ledger::interrupted = 1; });
  std::signal(SIGINT, [](int) { evalscaler::ledger::interrupted = 1; });
  try {
    return evalscaler::ledger::run({argv + 1, argv + argc});
  } catch (const std::exception& error) {  // out of memory or threads
    std::cerr << "redis_ledger: " << error.what() << "\n";
    return 2;
  }
}
