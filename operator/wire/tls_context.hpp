// SPDX-License-Identifier: Apache-2.0
// TlsContext: one TlsMaterial, parsed once, put into the context of every new connection.
//
// Rules: TLS 1.2 or later; only the given CAs (all of a bundle) or, if none are given, the
// system's; the expected name must be among the certificate's subject alternative names (DNS
// or IP), its common name counts for nothing (RFC 6125). Immutable, thread-safe.
#pragma once

#include <memory>
#include <string>

#include "core/result.hpp"
#include "wire/http.hpp"

struct ssl_ctx_st;

namespace evalscaler::wire {

class TlsContext {
 public:
  // Invalid, naming the part ("CA", "client certificate", "client key") that is not usable.
  static Result<std::shared_ptr<const TlsContext>> make(const TlsMaterial& material,
                                                        const std::string& expected_name);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;

  // False if the library refuses one of the settings: the connection must not be used then.
  bool apply(ssl_ctx_st* context) const;

 private:
  struct State;
  explicit TlsContext(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Before any thread and any other use of OpenSSL. Remembers where the system's CA bundle is
// (SSL_CERT_FILE, SSL_CERT_DIR) and hides it from the HTTP library, which would load it at
// every connection; and leaves OpenSSL's state alone at exit, when that library's threads
// are still running.
void prepare_openssl();

}  // namespace evalscaler::wire
