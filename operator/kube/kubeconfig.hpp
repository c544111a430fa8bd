// SPDX-License-Identifier: Apache-2.0
// Kubeconfig: the entries of one or several kubeconfig files, merged.
//
// Authority: client-go tools/clientcmd loader.go and api/v1/types.go (R53). Paths are absolute
// or relative to their file, and are stored resolved. What we refuse to do is only noted here:
// an entry that nobody selects may hold it.
#pragma once

#include <string>
#include <vector>

#include "core/result.hpp"

namespace evalscaler::kube {

struct KubeconfigCluster {
  std::string file;
  std::string name;
  std::string server;
  std::string ca_file;
  std::string ca_data;
  std::string tls_server_name;
  std::string refusal;  // one line with file and field; empty = fine
};

struct KubeconfigUser {
  std::string file;
  std::string name;
  std::string token;
  std::string token_file;
  std::string certificate_file;
  std::string certificate_data;
  std::string key_file;
  std::string key_data;
  std::string refusal;
};

struct KubeconfigContext {
  std::string file;
  std::string name;
  std::string cluster;
  std::string user;
  std::string space;
};

struct Kubeconfig {
  std::vector<std::string> files;
  std::string current_context;
  std::vector<KubeconfigCluster> clusters;
  std::vector<KubeconfigUser> users;
  std::vector<KubeconfigContext> contexts;
};

// Errors begin with the path; Invalid also for two entries of one name in one file.
Result<Kubeconfig> read_kubeconfig(const std::string& path);
// The first file to set a key wins.
void merge_into(Kubeconfig& earlier, Kubeconfig later);

}  // namespace evalscaler::kube
