// SPDX-License-Identifier: Apache-2.0
#include "kube/cluster_access.hpp"

#include <cstdlib>
#include <filesystem>
#include <utility>
#include <vector>

#include "core/text.hpp"
#include "core/version.hpp"
#include "kube/base64.hpp"
#include "kube/kubeconfig.hpp"
#include "wire/file_source.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::kube {
namespace {

class FixedToken final : public TokenSource {
 public:
  explicit FixedToken(std::string token) : token_(std::move(token)) {}
  Result<std::string> token() override { return token_; }
  void expire() override {}

 private:
  std::string token_;
};

class FileToken final : public TokenSource {
 public:
  FileToken(std::string path, const Clock& clock) : file_(std::move(path), clock) {}
  Result<std::string> token() override { return file_.token(); }
  void expire() override { file_.expire(); }

 private:
  wire::TokenFile file_;
};

// Names come from files, which may put anything into them.
Error invalid(const std::string& message) {
  return fail(ErrorKind::Invalid, one_line(message, 4096));
}

bool exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

wire::HttpEndpoint endpoint_at(std::string url) {
  wire::HttpEndpoint endpoint;
  endpoint.url = std::move(url);
  while (endpoint.url.ends_with('/')) endpoint.url.pop_back();
  endpoint.user_agent = std::string("evalscaler/") + kVersion;
  return endpoint;
}

Result<void> trust(wire::HttpEndpoint& endpoint, wire::TlsFiles files, const std::string& where,
                   const Clock& clock) {
  auto source = wire::TlsSource::open(std::move(files), clock);
  if (!source) return invalid(where + ": " + source.error().message);
  endpoint.tls = [source = std::move(source).value()] { return source->current(); };
  return {};
}

Result<std::shared_ptr<TokenSource>> file_token(const std::string& path, const std::string& where,
                                                const Clock& clock) {
  auto source = std::make_shared<FileToken>(path, clock);
  // A file that cannot be read now is a wrong configuration, not an outage.
  if (const auto first = source->token(); !first) {
    return invalid(where + ": " + first.error().message);
  }
  return std::shared_ptr<TokenSource>(std::move(source));
}

template <typename Entry>
const Entry* named(const std::vector<Entry>& entries, const std::string& name) {
  for (const Entry& entry : entries) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

// The content of a *-data field, or (empty field) nothing.
Result<std::string> decoded(const std::string& where, const char* field, const std::string& data) {
  auto bytes = base64_decoded(data);
  if (!bytes) return invalid(where + ": " + field + ": is not base64; encode the PEM file once");
  return std::move(*bytes);
}

Result<wire::TlsFiles> tls_files(const KubeconfigCluster& cluster, const KubeconfigUser& user) {
  const std::string of_cluster = cluster.file + ": cluster '" + cluster.name + "'";
  const std::string of_user = user.file + ": user '" + user.name + "'";
  auto ca = decoded(of_cluster, "certificate-authority-data", cluster.ca_data);
  if (!ca) return ca.error();
  auto certificate = decoded(of_user, "client-certificate-data", user.certificate_data);
  if (!certificate) return certificate.error();
  auto key = decoded(of_user, "client-key-data", user.key_data);
  if (!key) return key.error();
  // Data beats files (R53).
  wire::TlsFiles files;
  if (ca->empty()) files.ca_file = cluster.ca_file;
  if (certificate->empty()) files.certificate_file = user.certificate_file;
  if (key->empty()) files.key_file = user.key_file;
  const bool has_certificate = !certificate->empty() || !files.certificate_file.empty();
  const bool has_key = !key->empty() || !files.key_file.empty();
  if (has_certificate != has_key) {
    return invalid(of_user + ": " + (has_key ? "client-certificate" : "client-key") +
                   " is missing; certificate and key go together");
  }
  files.fixed = {std::move(*ca), std::move(*certificate), std::move(*key)};
  return files;
}

Result<std::shared_ptr<TokenSource>> tokens_of(const KubeconfigUser& user, const Clock& clock) {
  if (!user.token_file.empty()) {  // beats token (R53)
    return file_token(user.token_file, user.file + ": user '" + user.name + "': tokenFile", clock);
  }
  return std::shared_ptr<TokenSource>(std::make_shared<FixedToken>(std::string(trim(user.token))));
}

struct Chosen {
  const KubeconfigContext* context = nullptr;
  const KubeconfigCluster* cluster = nullptr;
  const KubeconfigUser* user = nullptr;
};

Result<Chosen> choose(const Kubeconfig& config, const std::string& wanted,
                      const std::string& files) {
  const std::string& name = wanted.empty() ? config.current_context : wanted;
  if (name.empty()) return invalid(files + ": current-context is not set; give --context");
  Chosen chosen;
  chosen.context = named(config.contexts, name);
  if (chosen.context == nullptr) {
    return invalid(files + ": contexts: there is no context named '" + one_line(name, 128) + "'");
  }
  const std::string where = chosen.context->file + ": context '" + chosen.context->name + "': ";
  chosen.cluster = named(config.clusters, chosen.context->cluster);
  if (chosen.cluster == nullptr) {
    return invalid(where + "cluster: there is no cluster named '" + chosen.context->cluster + "'");
  }
  chosen.user = named(config.users, chosen.context->user);
  if (chosen.user == nullptr) {
    return invalid(where + "user: there is no user named '" + chosen.context->user + "'");
  }
  if (!chosen.cluster->refusal.empty()) return invalid(chosen.cluster->refusal);
  if (!chosen.user->refusal.empty()) return invalid(chosen.user->refusal);
  return chosen;
}

Result<ClusterAccess> access_by(const Kubeconfig& config, const std::string& wanted,
                                const Clock& clock) {
  const std::string files = join(config.files, ":");
  const auto chosen = choose(config, wanted, files);
  if (!chosen) return chosen.error();
  const KubeconfigCluster& cluster = *chosen->cluster;
  const std::string where = cluster.file + ": cluster '" + cluster.name + "': server: ";
  ClusterAccess access;
  access.endpoint = endpoint_at(cluster.server);
  access.endpoint.server_name = cluster.tls_server_name;
  access.space = chosen->context->space.empty() ? "default" : chosen->context->space;
  access.source = files + ", context " + chosen->context->name;
  auto tokens = tokens_of(*chosen->user, clock);
  if (!tokens) return std::move(tokens).error();
  access.tokens = std::move(*tokens);
  if (cluster.server.starts_with("https://")) {
    auto material = tls_files(cluster, *chosen->user);
    if (!material) return std::move(material).error();
    const std::string context = files + ": context '" + chosen->context->name + "'";
    EVALSCALER_TRY(trust(access.endpoint, std::move(*material), context, clock));
    return access;
  }
  if (!cluster.server.starts_with("http://")) {
    return invalid(where + "must be https://HOST[:PORT] or http://HOST[:PORT]");
  }
  if (!chosen->user->token.empty() || !chosen->user->token_file.empty()) {
    return invalid(where + "is plain http, and the user's token would travel unencrypted");
  }
  return access;
}

Result<ClusterAccess> access_in_cluster(const Surroundings& surroundings, std::string host,
                                        const Clock& clock) {
  const auto port = surroundings.variable("KUBERNETES_SERVICE_PORT");
  if (!port || port->empty()) {
    return invalid("in-cluster: KUBERNETES_SERVICE_PORT is not set beside KUBERNETES_SERVICE_HOST");
  }
  // The HTTP library cannot connect to IPv6 literals; the service's name stands for it.
  if (host.find(':') != std::string::npos) host = "kubernetes.default.svc";
  ClusterAccess access;
  access.endpoint = endpoint_at("https://" + host + ":" + *port);
  access.source = "in-cluster";
  auto tokens = file_token(surroundings.service_account + "/token", access.source, clock);
  if (!tokens) return std::move(tokens).error();
  access.tokens = std::move(*tokens);
  // Without the cluster's CA anybody with a public certificate could take the token.
  wire::TlsFiles files;
  files.ca_file = surroundings.service_account + "/ca.crt";
  EVALSCALER_TRY(trust(access.endpoint, std::move(files), access.source, clock));
  const auto space = wire::read_file(surroundings.service_account + "/namespace");
  access.space = space ? std::string(trim(*space)) : "";
  if (access.space.empty()) access.space = "default";
  return access;
}

// Files of the list that are not there are skipped, as kubectl does; all of them missing is a
// mistake.
Result<Kubeconfig> read_list(const std::string& list) {
  Kubeconfig merged;
  for (const std::string_view part : split(list, ':')) {
    const std::string path(part);
    if (path.empty() || !exists(path)) continue;
    auto next = read_kubeconfig(path);
    if (!next) return next;
    merge_into(merged, std::move(next).value());
  }
  if (merged.files.empty()) return invalid("KUBECONFIG: no such file: " + one_line(list));
  return merged;
}

Result<ClusterAccess> access_from(Result<Kubeconfig> config, const AccessChoice& choice,
                                  const Clock& clock) {
  if (!config) return std::move(config).error();
  return access_by(*config, choice.context, clock);
}

}  // namespace

Surroundings process_surroundings() {
  Surroundings surroundings;
  surroundings.variable = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) return std::nullopt;
    return std::string(value);
  };
  return surroundings;
}

Result<ClusterAccess> find_cluster(const AccessChoice& choice, const Surroundings& surroundings,
                                   const Clock& clock) {
  if (!choice.kubeconfig.empty()) {
    return access_from(read_kubeconfig(choice.kubeconfig), choice, clock);
  }
  const auto list = surroundings.variable("KUBECONFIG");
  if (list && !list->empty()) return access_from(read_list(*list), choice, clock);
  const auto host = surroundings.variable("KUBERNETES_SERVICE_HOST");
  if (choice.context.empty() && host && !host->empty() &&
      exists(surroundings.service_account + "/token")) {
    return access_in_cluster(surroundings, *host, clock);
  }
  const std::string home = surroundings.variable("HOME").value_or("") + "/.kube/config";
  if (exists(home)) return access_from(read_kubeconfig(home), choice, clock);
  return invalid("no cluster to talk to: " + home +
                 " does not exist; give --kubeconfig, set KUBECONFIG, or run in a pod with a "
                 "service account");
}

}  // namespace evalscaler::kube
