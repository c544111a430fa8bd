// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <optional>
#include <string>

#include "fakes/manual_clock.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"
#include "kube/cluster_access.hpp"

namespace evalscaler::fuzz {
namespace {

// A file without a place on disk.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view content) : number_(::memfd_create("kubeconfig", 0)) {
    claim(number_ >= 0, "no memory file");
    while (!content.empty()) {
      const ssize_t written = ::write(number_, content.data(), content.size());
      claim(written > 0, "the memory file cannot be written");
      content.remove_prefix(static_cast<std::size_t>(written));
    }
  }
  ~MemoryFile() { ::close(number_); }
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(number_); }

 private:
  int number_;
};

kube::Surroundings no_surroundings() {
  kube::Surroundings surroundings;
  surroundings.variable = [](const std::string&) { return std::optional<std::string>(); };
  surroundings.service_account = "/nonexistent";
  return surroundings;
}

void claim_merging_twice_changes_nothing(const kube::Kubeconfig& config) {
  kube::Kubeconfig merged = config;
  kube::merge_into(merged, config);
  claim(merged.clusters.size() == config.clusters.size() &&
            merged.users.size() == config.users.size() &&
            merged.contexts.size() == config.contexts.size(),
        "a file merged with itself grows");
  claim(merged.current_context == config.current_context, "a later file's context won");
}

}  // namespace

void kubeconfig(std::string_view input) {
  const MemoryFile file(input);
  const auto config = kube::read_kubeconfig(file.path());
  if (config) {
    claim_merging_twice_changes_nothing(*config);
  } else {
    claim_message(config.error().message);
    claim(config.error().message.starts_with(file.path()), "an error does not name its file");
  }
  const fakes::ManualClock clock;
  const auto access = kube::find_cluster({file.path(), ""}, no_surroundings(), clock);
  if (!access) return claim_message(access.error().message, 8192);
  claim(config.has_value(), "access without a configuration");
  const std::string& url = access->endpoint.url;
  claim(url.starts_with("https://") || url.starts_with("http://"), "a server without a scheme");
  const auto token = access->tokens->token();
  claim(!url.starts_with("http://") || !token || token->empty(), "a token over plain http");
}

}  // namespace evalscaler::fuzz
