// SPDX-License-Identifier: Apache-2.0
#include "wire/transport_fault.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <array>
#include <cstdint>

namespace evalscaler::wire {
namespace {

struct Known {
  std::string_view prefix;
  FaultPhase phase;
  std::string_view text;
};
constexpr std::array<Known, 6> kKnown{
    {{"Failed to connect", FaultPhase::Connect, "cannot connect: refused or unreachable"},
     {"Error resolving address", FaultPhase::Connect, "the host name cannot be resolved"},
     {"Failed to resolve address", FaultPhase::Connect, "the host name cannot be resolved"},
     {"Request canceled by user", FaultPhase::Connect, "given up before it was connected"},
     {"Error in SSL handshake", FaultPhase::Tls, "the TLS handshake failed"},
     {"Failed to write request", FaultPhase::Write,
      "the connection broke while the request was written"}}};

constexpr int kOpensslSsl = 0x0A000000;  // ERR_LIB_SSL << 23: codes of the TLS library itself

std::string tls_reason(int code) {
  if (code < kOpensslSsl) return {};
  // The texts are there only once the TLS library has been set up.
  OPENSSL_init_ssl(OPENSSL_INIT_LOAD_SSL_STRINGS, nullptr);
  const char* reason = ERR_reason_error_string(static_cast<std::uint64_t>(code));
  if (reason == nullptr) return {};
  std::string text = std::string(": ") + reason;
  if (std::string_view(reason) != "certificate verify failed") return text;
  return text + " (check the CA, and that the host is among the certificate's alternative names)";
}

}  // namespace

TransportFault fault_from_library(int code, std::string_view message) {
  for (const Known& known : kKnown) {
    if (!message.starts_with(known.prefix)) continue;
    return {known.phase, std::string(known.text) + tls_reason(code)};
  }
  return {FaultPhase::Answer,
          "the connection broke before the answer was complete" + tls_reason(code)};
}

ErrorKind kind_of(FaultPhase phase, Method method) {
  const bool unknown = phase == FaultPhase::Answer && method != Method::Get;
  return unknown ? ErrorKind::OutcomeUnknown : ErrorKind::Unavailable;
}

}  // namespace evalscaler::wire
