// SPDX-License-Identifier: Apache-2.0
// TlsServer: answers every request over TLS with what it saw of the client:
// "cn=<client certificate's name> sni=<announced name>".
#pragma once

#include <openssl/ssl.h>

#include <array>
#include <atomic>
#include <csignal>
#include <memory>
#include <string>

#include "raw_server.hpp"
#include "test_certificates.hpp"

namespace evalscaler::wire {

class TlsServer {
 public:
  struct Options {
    PemPair own;
    std::string client_ca;  // empty = client certificates are not asked for
    int highest_version = TLS1_3_VERSION;
  };

  explicit TlsServer(const Options& options)
      : context_(SSL_CTX_new(TLS_server_method())),
        server_({[this](RawConnection& peer) { serve(peer); }}) {
    // The library writes alerts to connections that may be gone.
    std::signal(SIGPIPE, SIG_IGN);
    SSL_CTX* context = context_.get();
    use(options.own);
    // The old protocols need the lowest security level to be offered at all.
    if (options.highest_version < TLS1_2_VERSION) SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, options.highest_version);
    if (!options.client_ca.empty()) {
      const Bio bio = memory(options.client_ca);
      X509* ca = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), ca);
      X509_free(ca);
      SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
    }
  }

  std::string url(const std::string& host = "127.0.0.1") const {
    return "https://" + host + ":" + std::to_string(server_.port());
  }
  std::size_t connections() const { return server_.connections(); }
  int requests() const { return requests_; }

 private:
  struct Free {
    void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    void operator()(SSL* ssl) const { SSL_free(ssl); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509* certificate) const { X509_free(certificate); }
  };
  using Bio = std::unique_ptr<BIO, Free>;

  static Bio memory(const std::string& text) {
    return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  }

  void use(const PemPair& pair) {
    const Bio certificate = memory(pair.certificate);
    const Bio key = memory(pair.key);
    X509* read = PEM_read_bio_X509(certificate.get(), nullptr, nullptr, nullptr);
    EVP_PKEY* secret = PEM_read_bio_PrivateKey(key.get(), nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context_.get(), read);
    SSL_CTX_use_PrivateKey(context_.get(), secret);
    X509_free(read);
    EVP_PKEY_free(secret);
  }

  static std::string client_name(SSL* ssl) {
    const std::unique_ptr<X509, Free> peer(SSL_get1_peer_certificate(ssl));
    if (!peer) return "none";
    std::array<char, 64> name{};
    X509_NAME_get_text_by_NID(X509_get_subject_name(peer.get()), NID_commonName, name.data(),
                              static_cast<int>(name.size()));
    return name.data();
  }

  void serve(RawConnection& peer) {
    const std::unique_ptr<SSL, Free> ssl(SSL_new(context_.get()));
    SSL_set_fd(ssl.get(), peer.descriptor());
    if (SSL_accept(ssl.get()) != 1) return;
    const char* sni = SSL_get_servername(ssl.get(), TLSEXT_NAMETYPE_host_name);
    const std::string body =
        "cn=" + client_name(ssl.get()) + " sni=" + (sni == nullptr ? "none" : sni);
    const std::string answer =
        "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    std::string received;
    std::array<char, 4096> part{};
    for (int got = 0; (got = SSL_read(ssl.get(), part.data(), part.size())) > 0;) {
      received.append(part.data(), static_cast<std::size_t>(got));
      if (received.find("\r\n\r\n") == std::string::npos) continue;
      received.clear();
      ++requests_;
      SSL_write(ssl.get(), answer.data(), static_cast<int>(answer.size()));
    }
  }

  std::unique_ptr<SSL_CTX, Free> context_;
  std::atomic<int> requests_{0};
  RawServer server_;  // last: its threads use the rest
};

}  // namespace evalscaler::wire
