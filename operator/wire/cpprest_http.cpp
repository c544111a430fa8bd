// SPDX-License-Identifier: Apache-2.0
#define _TURN_OFF_PLATFORM_STRING
#include "wire/cpprest_http.hpp"

#include <cpprest/http_client.h>
#include <malloc.h>
#include <pplx/pplx.h>
#include <pplx/threadpool.h>

#include <algorithm>
#include <utility>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/text.hpp"
#include "telemetry/log.hpp"
#include "wire/answer_buffer.hpp"
#include "wire/attempt.hpp"
#include "wire/body_buffer.hpp"
#include "wire/exchange.hpp"
#include "wire/http_address.hpp"
#include "wire/pooled_socket.hpp"
#include "wire/receive_ledger.hpp"
#include "wire/tls_context.hpp"
#include "wire/transport_fault.hpp"

namespace evalscaler::wire {
namespace {

namespace http = web::http;
using Library = http::client::http_client;
using std::chrono::milliseconds;

// The library's own limit is an idle limit that starts anew with every piece; ours are kept
// here (Exchange::wait), so this only has to be longer than any of them.
constexpr std::chrono::hours kLibraryTimeout{24};
// The library lets go of a cancelled request within a millisecond, unless it is looking up a
// name, which nothing interrupts. Waiting for it keeps the end of the program tidy.
constexpr milliseconds kLetGo{500};
constexpr int kLargeBuffer = 1 << 18;
// Most requests are over before, and cost no look at the sockets.
constexpr milliseconds kFirstLook{5};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7F; });
}

Result<void> check(const HttpRequest& request) {
  if (!request.target.starts_with('/') || !is_printable(request.target) ||
      request.target.find('#') != std::string::npos) {
    return fail(ErrorKind::Invalid, "'" + one_line(request.target, 128) +
                                        "' is not a percent-encoded path beginning with '/'");
  }
  for (const auto& [name, value] : request.headers) {
    if (one_line(name, name.size()) == name && one_line(value, value.size()) == value) continue;
    return fail(ErrorKind::Invalid, "the header '" + one_line(name, 64) +
                                        "' holds a line break or another control character");
  }
  return {};
}

std::vector<Header> headers_of(const http::http_response& response) {
  std::vector<Header> out;
  for (const auto& [name, value] : response.headers()) out.emplace_back(name, value);
  return out;
}

TransportFault current_fault() {
  try {
    throw;
  } catch (const StaleConnection& stale) {
    return {FaultPhase::Stale, stale.what()};
  } catch (const http::http_exception& problem) {
    return fault_from_library(problem.error_code().value(), problem.what());
  } catch (const std::exception& problem) {
    return {FaultPhase::Answer, one_line(problem.what(), 256)};
  } catch (...) {
    return {FaultPhase::Answer, "the HTTP library failed"};
  }
}

// Waits as Exchange::wait does, and looks meanwhile at what the library holds back.
Exchange::Waited wait_watchfully(Exchange& exchange, Clock& clock, SteadyTime deadline,
                                 const std::stop_token& stop) {
  for (SteadyTime next = clock.steady() + kFirstLook;;) {
    const auto waited = exchange.wait(std::min(deadline, next), {}, stop);
    if (waited != Exchange::Waited::TimedOut || next >= deadline) return waited;
    next = clock.steady() + receive_ledger().look(clock.steady());
  }
}

// The library's client, its pool of connections, and what they trust.
struct Connections {
  std::shared_ptr<const TlsMaterial> material;
  std::shared_ptr<Library> library;
};

std::shared_ptr<Library> make_library(const HttpAddress& address,
                                      std::shared_ptr<const TlsContext> tls) {
  http::client::http_client_config config;
  config.set_timeout(kLibraryTimeout);
  config.set_max_redirects(0);
  if (tls) {
    config.set_ssl_context_callback([tls](boost::asio::ssl::context& context) {
      if (!tls->apply(context.native_handle())) throw std::runtime_error("TLS settings refused");
    });
    config.set_nativehandle_options(prepare_tls_socket);
  } else {
    config.set_nativehandle_options(prepare_plain_socket);
  }
  return std::make_shared<Library>(address.origin, config);
}

class CpprestClient final : public HttpClient {
 public:
  CpprestClient(HttpEndpoint endpoint, HttpAddress address)
      : endpoint_(std::move(endpoint)), address_(std::move(address)) {}

  // Built now, so that unusable TLS material is known at the start.
  Result<void> open() {
    auto library = connected();
    return library ? Result<void>() : library.error();
  }

  Result<HttpResponse> send(const HttpRequest& request, const std::stop_token& stop) override {
    return run(request, nullptr, stop);
  }
  Result<HttpResponse> stream(const HttpRequest& request, LineSink sink,
                              const std::stop_token& stop) override {
    return run(request, &sink, stop);
  }

 private:
  Result<HttpResponse> run(const HttpRequest& request, const LineSink* sink,
                           const std::stop_token& stop);
  Attempt attempt(const std::shared_ptr<Library>& library, const HttpRequest& request,
                  const LineSink* sink, SteadyTime deadline, const std::stop_token& stop);
  http::http_request built(const HttpRequest& request,
                           const std::shared_ptr<Exchange>& exchange) const;
  Result<std::shared_ptr<Library>> connected();
  Result<std::shared_ptr<Library>> reconnected(Connections& current);

  const HttpEndpoint endpoint_;
  const HttpAddress address_;
  const std::shared_ptr<Clock> clock_ = std::make_shared<SystemClock>();
  Guarded<Connections> connections_;
};

// Asked before every request: new material gets a new pool, whose connections all use it.
Result<std::shared_ptr<Library>> CpprestClient::connected() {
  return connections_.with([this](Connections& current) -> Result<std::shared_ptr<Library>> {
    try {
      return reconnected(current);
    } catch (const std::exception& problem) {
      return fail(ErrorKind::Invalid, address_.origin + ": " + one_line(problem.what(), 256));
    }
  });
}

Result<std::shared_ptr<Library>> CpprestClient::reconnected(Connections& current) {
  if (!address_.tls) {
    if (!current.library) current.library = make_library(address_, nullptr);
    return current.library;
  }
  static const auto nothing_given = std::make_shared<const TlsMaterial>();
  auto material = endpoint_.tls ? endpoint_.tls() : nothing_given;
  if (!material) material = nothing_given;
  if (current.library && material == current.material) return current.library;
  const std::string& name = endpoint_.server_name.empty() ? address_.host : endpoint_.server_name;
  auto tls = TlsContext::make(*material, name);
  current.material = std::move(material);
  if (tls) {
    current.library = make_library(address_, *tls);
  } else if (!current.library) {
    return fail(ErrorKind::Invalid, address_.origin + ": " + tls.error().message);
  } else {
    // R49: what worked until now stays in use.
    telemetry::log_warning("new TLS files are not usable, keeping the old ones",
                           {{"server", address_.origin}, {"problem", tls.error().message}});
  }
  return current.library;
}

http::http_request CpprestClient::built(const HttpRequest& request,
                                        const std::shared_ptr<Exchange>& exchange) const {
  http::http_request out{std::string(to_text(request.method))};
  out.set_request_uri(web::uri(address_.prefix + request.target));
  for (const auto& [name, value] : request.headers) out.headers().add(name, value);
  if (!endpoint_.user_agent.empty()) {
    out.headers().add(http::header_names::user_agent, endpoint_.user_agent);
  }
  // The library takes the name to verify, and to announce, from this header.
  if (!endpoint_.server_name.empty()) {
    out.headers().add(http::header_names::host, endpoint_.server_name);
  }
  // Also for an empty body: it is what keeps the library from sending a request again.
  if (request.method != Method::Get || !request.body.empty()) {
    const concurrency::streams::streambuf<uint8_t> body(std::make_shared<BodyBuffer>(exchange));
    out.set_body(body.create_istream(), request.body.size(), request.content_type);
    if (request.content_type.empty()) out.headers().remove(http::header_names::content_type);
  }
  return out;
}

Attempt CpprestClient::attempt(const std::shared_ptr<Library>& library, const HttpRequest& request,
                               const LineSink* sink, SteadyTime deadline,
                               const std::stop_token& stop) {
  const auto exchange = std::make_shared<Exchange>(clock_, request.body, request.max_body, sink);
  const std::uint64_t ended_before = receive_ledger().ended();
  const ReceiveLedger::Allowance allowance(receive_ledger(), request.max_body, clock_->steady());
  pplx::cancellation_token_source cancel;
  const pplx::task_completion_event<void> headers_taken;
  try {
    http::http_request message = built(request, exchange);
    message.set_response_stream(
        concurrency::streams::ostream(concurrency::streams::streambuf<uint8_t>(
            std::make_shared<AnswerBuffer>(exchange, headers_taken))));
    library->request(message, cancel.get_token())
        .then([exchange, headers_taken](http::http_response response) {
          exchange->take_headers(response.status_code(), headers_of(response));
          headers_taken.set();
          return response.content_ready();
        })
        .then([exchange](const pplx::task<http::http_response>& ended) {
          try {
            ended.get();
            exchange->finish({});
          } catch (...) {
            exchange->finish(current_fault());
          }
        });
  } catch (...) {
    exchange->finish(current_fault());
  }
  const auto waited = sink == nullptr ? wait_watchfully(*exchange, *clock_, deadline, stop)
                                      : exchange->wait(deadline, request.timeout, stop);
  const auto verdict = exchange->detach();
  if (waited != Exchange::Waited::Done) {
    cancel.cancel();
    static_cast<void>(exchange->wait(clock_->steady() + kLetGo, {}, {}));
  }
  TransportFault fault = exchange->fault();
  if (fault.phase == FaultPhase::Answer && exchange->known_unsent()) {
    fault.phase = FaultPhase::Connect;
  }
  if (fault.phase == FaultPhase::Answer && receive_ledger().ended() != ended_before) {
    fault.text = "the answer is larger than " + std::to_string(request.max_body) +
                 " bytes, its connection was ended";
  }
  return {waited, verdict, std::move(fault), exchange->take_response()};
}

Result<HttpResponse> CpprestClient::run(const HttpRequest& request, const LineSink* sink,
                                        const std::stop_token& stop) {
  EVALSCALER_TRY(check(request));
  const SteadyTime deadline =
      sink != nullptr ? SteadyTime::max() : clock_->steady() + request.timeout;
  for (bool written_again = false;;) {
    if (stop.stop_requested()) return fail(ErrorKind::Cancelled, "stopped");
    const auto library = connected();
    if (!library) return library.error();
    Attempt tried = attempt(*library, request, sink, deadline, stop);
    const bool failed_in_time =
        tried.waited == Exchange::Waited::Done && tried.verdict == Exchange::Verdict::Failed;
    // Each stale connection leaves the pool, so this ends; a fresh one is never stale.
    if (failed_in_time && tried.fault.phase == FaultPhase::Stale) continue;
    if (failed_in_time && tried.fault.phase == FaultPhase::Write && !written_again) {
      written_again = true;
      continue;
    }
    return outcome_of(request, std::move(tried), sink == nullptr ? Answer::Whole : Answer::Lines);
  }
}

}  // namespace

void initialize_http(unsigned threads) {
  prepare_openssl();
  // Answers are held in large buffers and for a moment. Left to itself the allocator learns to
  // keep such buffers, in as many arenas as there are threads that grew one.
  ::mallopt(M_MMAP_THRESHOLD, kLargeBuffer);
  // What one thread allocates (a watched object, a status) another gives back: with an arena per
  // thread memory grew by 8 MB/h for hours, with one it stays. The threads mostly wait anyway.
  ::mallopt(M_ARENA_MAX, 1);
  try {
    crossplat::threadpool::initialize_with_threads(threads);
    // Made at its first use, which must not be by two threads at once.
    pplx::get_ambient_scheduler();
  } catch (const std::exception& problem) {
    telemetry::log_warning("the HTTP library's threads were already started",
                           {{"problem", problem.what()}});
  }
}

Result<std::unique_ptr<HttpClient>> make_cpprest_client(HttpEndpoint endpoint) {
  auto address = parse_http_address(endpoint.url);
  if (!address) return address.error();
  auto client = std::make_unique<CpprestClient>(std::move(endpoint), *std::move(address));
  EVALSCALER_TRY(client->open());
  return std::unique_ptr<HttpClient>(std::move(client));
}

}  // namespace evalscaler::wire
