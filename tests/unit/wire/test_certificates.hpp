// SPDX-License-Identifier: Apache-2.0
// Certificates made on the spot: an own CA and leaves with chosen names, as PEM text.
#pragma once

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>

namespace evalscaler::wire {

struct PemPair {
  std::string certificate;
  std::string key;
};

class TestCa {
 public:
  explicit TestCa(const std::string& name) : key_(new_key()), certificate_(X509_new()) {
    fill(certificate_.get(), key_.get(), name);
    extend(certificate_.get(), NID_basic_constraints, "critical,CA:TRUE");
    extend(certificate_.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
    sign(certificate_.get());
  }

  std::string pem() const { return text(certificate_.get()); }

  // `names`: "DNS:a.test,IP:127.0.0.1"; empty = no subject alternative name at all.
  PemPair issue(const std::string& common_name, const std::string& names) const {
    const Key key = new_key();
    const Certificate leaf(X509_new());
    fill(leaf.get(), key.get(), common_name);
    if (!names.empty()) extend(leaf.get(), NID_subject_alt_name, names);
    sign(leaf.get());
    return {text(leaf.get()), text(key.get())};
  }

 private:
  struct Free {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(BIO* bio) const { BIO_free(bio); }
    void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  };
  using Key = std::unique_ptr<EVP_PKEY, Free>;
  using Certificate = std::unique_ptr<X509, Free>;

  static void demand(bool holds) {
    if (!holds) throw std::runtime_error("the TLS library could not make a test certificate");
  }
  static Key new_key() { return Key(EVP_EC_gen("P-256")); }

  void fill(X509* certificate, EVP_PKEY* key, const std::string& common_name) const {
    static std::atomic<int> serial{1};
    X509_set_version(certificate, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 24 * 3600);
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                               0);
    X509_set_issuer_name(certificate, X509_get_subject_name(certificate_.get()));
  }
  static void extend(X509* certificate, int kind, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
    const std::unique_ptr<X509_EXTENSION, Free> extension(
        X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
    demand(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
  }
  void sign(X509* certificate) const {
    demand(X509_sign(certificate, key_.get(), EVP_sha256()) > 0);
  }
  static std::string content(BIO* bio) {
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio, &data);
    return {data, static_cast<std::size_t>(size)};
  }
  static std::string text(X509* certificate) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_X509(bio.get(), certificate) == 1);
    return content(bio.get());
  }
  static std::string text(EVP_PKEY* key) {
    const std::unique_ptr<BIO, Free> bio(BIO_new(BIO_s_mem()));
    demand(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1);
    return content(bio.get());
  }

  Key key_;
  Certificate certificate_;
};

}  // namespace evalscaler::wire
