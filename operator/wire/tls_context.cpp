// SPDX-License-Identifier: Apache-2.0
#include "wire/tls_context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <cstdlib>
#include <mutex>
#include <utility>
#include <vector>

namespace evalscaler::wire {
namespace {

struct Free {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(X509_STORE* store) const { X509_STORE_free(store); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Free>;

struct SystemCas {
  std::string file;
  std::string folder;
};
SystemCas& system_cas() {
  static SystemCas cas;
  return cas;
}

std::string environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "" : text;
}

// The library's last complaint, and its queue emptied.
std::string complaint() {
  const auto code = ERR_peek_last_error();
  const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
  ERR_clear_error();
  return reason == nullptr ? "" : std::string(": ") + reason;
}

Error invalid(std::string_view what) {
  return fail(ErrorKind::Invalid, std::string(what) + complaint());
}

Owned<BIO> memory(const std::string& text) {
  return Owned<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

Result<std::vector<Owned<X509>>> certificates(const std::string& pem, std::string_view what) {
  ERR_clear_error();
  std::vector<Owned<X509>> out;
  const Owned<BIO> bio = memory(pem);
  while (X509* one = PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)) {
    out.emplace_back(one);
    // OpenSSL works out a certificate's extensions at their first use and keeps them in it:
    // done here, before threads share it, nothing is written to it later.
    X509_check_purpose(one, -1, 0);
  }
  // The end of the text is reported as an error too.
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (!at_end) return invalid("the " + std::string(what) + " holds a damaged certificate");
  ERR_clear_error();
  if (out.empty()) return invalid("the " + std::string(what) + " holds no PEM certificate");
  return out;
}

// Never asks at a terminal for the passphrase of an encrypted key.
int no_passphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) {
  return -1;
}

Result<Owned<EVP_PKEY>> private_key(const std::string& pem) {
  ERR_clear_error();
  const Owned<BIO> bio = memory(pem);
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, no_passphrase, nullptr));
  if (!key) return invalid("the client key is not an unencrypted PEM private key");
  return key;
}

bool load_system_cas(X509_STORE* store) {
  const SystemCas& known = system_cas();
  const std::string file = known.file.empty() ? X509_get_default_cert_file() : known.file;
  const std::string folder = known.folder.empty() ? X509_get_default_cert_dir() : known.folder;
  const bool from_file = X509_STORE_load_file(store, file.c_str()) == 1;
  const bool from_folder = X509_STORE_load_path(store, folder.c_str()) == 1;
  // Where most distributions keep their bundle, whatever the library was built for.
  const bool from_bundle =
      !from_file && X509_STORE_load_file(store, "/etc/ssl/certs/ca-certificates.crt") == 1;
  ERR_clear_error();
  return from_file || from_folder || from_bundle;
}

}  // namespace

struct TlsContext::State {
  std::string expected_name;
  Owned<X509_STORE> store{X509_STORE_new()};
  Owned<X509> certificate;
  std::vector<Owned<X509>> chain;
  Owned<EVP_PKEY> key;
};

TlsContext::TlsContext(std::unique_ptr<State> state) : state_(std::move(state)) {}
TlsContext::~TlsContext() = default;

Result<std::shared_ptr<const TlsContext>> TlsContext::make(const TlsMaterial& material,
                                                           const std::string& expected_name) {
  auto state = std::make_unique<State>();
  state->expected_name = expected_name;
  if (material.ca_pem.empty()) {
    if (!load_system_cas(state->store.get())) return invalid("the system has no CA bundle");
  } else {
    auto cas = certificates(material.ca_pem, "CA bundle");
    if (!cas) return cas.error();
    for (const Owned<X509>& ca : *cas) {
      if (X509_STORE_add_cert(state->store.get(), ca.get()) != 1) {
        return invalid("a certificate of the CA bundle is not usable");
      }
    }
  }
  if (material.certificate_pem.empty() != material.key_pem.empty()) {
    return invalid("a client certificate and its key must be given together");
  }
  if (!material.certificate_pem.empty()) {
    auto chain = certificates(material.certificate_pem, "client certificate");
    if (!chain) return chain.error();
    auto key = private_key(material.key_pem);
    if (!key) return key.error();
    state->certificate = std::move(chain->front());
    chain->erase(chain->begin());
    state->chain = std::move(*chain);
    state->key = std::move(*key);
    if (X509_check_private_key(state->certificate.get(), state->key.get()) != 1) {
      return invalid("the client key does not belong to the client certificate");
    }
  }
  std::shared_ptr<const TlsContext> made(new TlsContext(std::move(state)));
  const Owned<SSL_CTX> trial(SSL_CTX_new(TLS_client_method()));
  if (!trial || !made->apply(trial.get())) return invalid("the TLS settings are not usable");
  return made;
}

bool TlsContext::apply(ssl_ctx_st* context) const {
  if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1) return false;
  SSL_CTX_set1_cert_store(context, state_->store.get());
  // On the context and not on one connection: the library may replace a connection that
  // failed at the first of several addresses, and the new one must be as strict.
  X509_VERIFY_PARAM* rules = SSL_CTX_get0_param(context);
  X509_VERIFY_PARAM_set_hostflags(
      rules, X509_CHECK_FLAG_NEVER_CHECK_SUBJECT | X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  const std::string& name = state_->expected_name;
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, name.c_str()) != 1 &&
      X509_VERIFY_PARAM_set1_host(rules, name.c_str(), name.size()) != 1) {
    return false;
  }
  ERR_clear_error();
  if (!state_->certificate) return true;
  if (SSL_CTX_use_certificate(context, state_->certificate.get()) != 1 ||
      SSL_CTX_use_PrivateKey(context, state_->key.get()) != 1) {
    return false;
  }
  for (const Owned<X509>& link : state_->chain) {
    if (SSL_CTX_add1_chain_cert(context, link.get()) != 1) return false;
  }
  return true;
}

void prepare_openssl() {
  static std::once_flag once;
  std::call_once(once, [] {
    OPENSSL_init_crypto(OPENSSL_INIT_NO_ATEXIT, nullptr);
    SystemCas& known = system_cas();
    known.file = environment(X509_get_default_cert_file_env());
    known.folder = environment(X509_get_default_cert_dir_env());
    ::setenv(X509_get_default_cert_file_env(), "/dev/null", 1);
    ::setenv(X509_get_default_cert_dir_env(), "/nonexistent", 1);
  });
}

}  // namespace evalscaler::wire
