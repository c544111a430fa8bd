// SPDX-License-Identifier: Apache-2.0
// Credentials that live in files and rotate there: bearer tokens and TLS material.
//
// Authority: client-go transport/token_source.go and ca_rotation.go (R48..R50). A file that
// has become empty or unreadable keeps the last good content; one that never was readable is
// an error. Thread-safe.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.hpp"
#include "core/guarded.hpp"
#include "core/result.hpp"
#include "wire/http.hpp"

namespace evalscaler::wire {

class TokenFile {
 public:
  TokenFile(std::string path, const Clock& clock);
  // Read again when the last read is older than 50 s (the kubelet rotates hourly).
  Result<std::string> token();
  // The server refused the token (401): read the file again at the next call.
  void expire();

 private:
  struct State {
    std::string token;
    std::optional<SteadyTime> read_at;
    std::string told;  // the problem that was logged last, until it is mended
  };
  std::string path_;
  const Clock& clock_;
  Guarded<State> state_;
};

// Paths may be empty (not used); *_pem members of `fixed` serve what has no path.
struct TlsFiles {
  std::string ca_file;
  std::string certificate_file;
  std::string key_file;
  TlsMaterial fixed;
};

class TlsSource {
 public:
  // Invalid or NotFound, naming the file, if any file cannot be read or holds no PEM block.
  static Result<std::shared_ptr<TlsSource>> open(TlsFiles files, const Clock& clock);
  // Checked against the disk at most every 10 s; new content replaces all three at once and
  // only if certificate and key are both readable.
  std::shared_ptr<const TlsMaterial> current();

 private:
  struct State {
    std::shared_ptr<const TlsMaterial> material;
    SteadyTime checked_at;
    std::string told;
  };
  TlsSource(TlsFiles files, const Clock& clock, std::shared_ptr<const TlsMaterial> first);
  TlsFiles files_;
  const Clock& clock_;
  Guarded<State> state_;
};

}  // namespace evalscaler::wire
