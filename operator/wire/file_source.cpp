// SPDX-License-Identifier: Apache-2.0
#include "wire/file_source.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "telemetry/log.hpp"
#include "wire/tls_context.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::wire {
namespace {

constexpr std::chrono::seconds kTokenAge{50};
// Between the new CA's arrival in the file and its use the API server cannot be reached if it
// already has its new certificate: the files are small, and read again soon.
constexpr std::chrono::seconds kTlsAge{10};
constexpr std::size_t kLargestToken = std::size_t{64} << 10U;

// Error texts name the file and never hold its content.
Result<std::string> read_token(const std::string& path) {
  const auto text = read_file(path, kLargestToken);
  if (!text) return text.error();
  const std::string_view token = trim(*text);
  if (token.empty()) return fail(ErrorKind::Invalid, path + ": holds no token");
  const bool one_word =
      std::all_of(token.begin(), token.end(), [](char c) { return c > 0x20 && c < 0x7F; });
  if (!one_word) {
    return fail(ErrorKind::Invalid, path + ": a token is one word of ASCII characters");
  }
  return std::string(token);
}

Result<std::string> read_pem(const std::string& path, const std::string& otherwise) {
  if (path.empty()) return otherwise;
  auto text = read_file(path);
  if (text && text->find("-----BEGIN ") == std::string::npos) {
    return fail(ErrorKind::Invalid, path + ": holds no PEM block");
  }
  return text;
}

Error placed(const std::string& path, const Error& error) {
  return path.empty() ? error : fail(error.kind, path + ": " + error.message);
}

std::string names(const TlsFiles& files) {
  std::string out;
  for (const std::string* path : {&files.ca_file, &files.certificate_file, &files.key_file}) {
    if (!path->empty()) out += (out.empty() ? "" : ", ") + *path;
  }
  return out;
}

// The name does not matter here: only whether the parts can be used, and together.
Result<void> check(const TlsFiles& files, const TlsMaterial& material) {
  const std::string any_name = "localhost";
  const auto trust = TlsContext::make({material.ca_pem, {}, {}}, any_name);
  if (!trust) return placed(files.ca_file, trust.error());
  const auto all = TlsContext::make(material, any_name);
  if (!all) return placed(files.certificate_file, all.error());
  return {};
}

Result<TlsMaterial> read_all(const TlsFiles& files) {
  auto ca = read_pem(files.ca_file, files.fixed.ca_pem);
  if (!ca) return ca.error();
  auto certificate = read_pem(files.certificate_file, files.fixed.certificate_pem);
  if (!certificate) return certificate.error();
  auto key = read_pem(files.key_file, files.fixed.key_pem);
  if (!key) return key.error();
  TlsMaterial material{*std::move(ca), *std::move(certificate), *std::move(key)};
  EVALSCALER_TRY(check(files, material));
  return material;
}

// One line when a file becomes unusable, however often it is looked at meanwhile.
void tell(std::string_view what, std::string& told, const std::string& problem) {
  if (told == problem) return;
  told = problem;
  if (!problem.empty()) telemetry::log_warning(what, {{"problem", problem}});
}

bool same(const TlsMaterial& a, const TlsMaterial& b) {
  return a.ca_pem == b.ca_pem && a.certificate_pem == b.certificate_pem && a.key_pem == b.key_pem;
}

}  // namespace

TokenFile::TokenFile(std::string path, const Clock& clock)
    : path_(std::move(path)), clock_(clock) {}

Result<std::string> TokenFile::token() {
  return state_.with([this](State& state) -> Result<std::string> {
    const SteadyTime now = clock_.steady();
    if (state.read_at && now - *state.read_at <= kTokenAge) return state.token;
    auto fresh = read_token(path_);
    if (fresh) {
      state.token = *std::move(fresh);
      state.told.clear();
    } else if (state.token.empty()) {
      return fresh.error();
    } else {
      tell("the token file is not usable, keeping the last token", state.told,
           fresh.error().message);
    }
    state.read_at = now;
    return state.token;
  });
}

void TokenFile::expire() {
  state_.with([](State& state) { state.read_at.reset(); });
}

TlsSource::TlsSource(TlsFiles files, const Clock& clock, std::shared_ptr<const TlsMaterial> first)
    : files_(std::move(files)),
      clock_(clock),
      state_(State{std::move(first), clock.steady(), {}}) {}

Result<std::shared_ptr<TlsSource>> TlsSource::open(TlsFiles files, const Clock& clock) {
  auto first = read_all(files);
  if (!first) return first.error();
  return std::shared_ptr<TlsSource>(new TlsSource(
      std::move(files), clock, std::make_shared<const TlsMaterial>(*std::move(first))));
}

std::shared_ptr<const TlsMaterial> TlsSource::current() {
  return state_.with([this](State& state) {
    const SteadyTime now = clock_.steady();
    if (now - state.checked_at < kTlsAge) return state.material;
    state.checked_at = now;
    auto fresh = read_all(files_);
    tell("the TLS files are not usable, keeping what was read before", state.told,
         fresh ? "" : fresh.error().message);
    if (fresh && !same(*fresh, *state.material)) {
      state.material = std::make_shared<const TlsMaterial>(*std::move(fresh));
      telemetry::log_info("new TLS files are in use", {{"files", names(files_)}});
    }
    return state.material;
  });
}

}  // namespace evalscaler::wire
