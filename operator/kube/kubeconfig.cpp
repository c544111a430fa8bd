// SPDX-License-Identifier: Apache-2.0
#include "kube/kubeconfig.hpp"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "core/text.hpp"
#include "kube/store.hpp"
#include "wire/json_reader.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::kube {
namespace {

// A key without a value is written as null.
Result<void> store_text(wire::JsonCursor& value, std::string& into) {
  const auto type = value.type();
  if (!type) return type.error();
  return *type == wire::JsonType::Null ? Result<void>() : store(value.text(), into);
}

Result<void> store_path(wire::JsonCursor& value, const std::string& file, std::string& into) {
  EVALSCALER_TRY(store_text(value, into));
  // operator/ leaves an absolute path as it is.
  if (!into.empty()) into = (std::filesystem::path(file).parent_path() / into).string();
  return {};
}

void refuse(const wire::JsonCursor& value, std::string_view why, std::string& refusal) {
  if (refusal.empty()) refusal = value.error(why).message;
}

Result<void> read_cluster_field(std::string_view key, wire::JsonCursor& value,
                                KubeconfigCluster& cluster) {
  if (key == "server") return store_text(value, cluster.server);
  if (key == "tls-server-name") return store_text(value, cluster.tls_server_name);
  if (key == "certificate-authority") return store_path(value, cluster.file, cluster.ca_file);
  if (key == "certificate-authority-data") return store_text(value, cluster.ca_data);
  if (key == "insecure-skip-tls-verify") {
    const auto insecure = value.boolean();
    if (!insecure) return insecure.error();
    if (*insecure) {
      refuse(value, "is refused: name the certificate-authority instead", cluster.refusal);
    }
  }
  if (key == "proxy-url") {
    std::string proxy;
    EVALSCALER_TRY(store_text(value, proxy));
    if (!proxy.empty()) {
      refuse(value, "proxies are not supported: give a direct server URL", cluster.refusal);
    }
  }
  return {};
}

// Why a field of a user cannot be honoured; empty for all others.
std::string_view refusal_of(std::string_view key) {
  if (key == "exec" || key == "auth-provider") {
    return "credential plugins are never run: use a token (kubectl create token NAME), a "
           "tokenFile or a client certificate";
  }
  if (key == "username" || key == "password") {
    return "basic auth is refused: use a token, a tokenFile or a client certificate";
  }
  if (key == "as" || key == "as-uid" || key == "as-groups" || key == "as-user-extra") {
    return "impersonation is not supported: use that user's own credentials";
  }
  return {};
}

Result<void> read_user_field(std::string_view key, wire::JsonCursor& value, KubeconfigUser& user) {
  if (key == "token") return store_text(value, user.token);
  if (key == "tokenFile") return store_path(value, user.file, user.token_file);
  if (key == "client-certificate") return store_path(value, user.file, user.certificate_file);
  if (key == "client-certificate-data") return store_text(value, user.certificate_data);
  if (key == "client-key") return store_path(value, user.file, user.key_file);
  if (key == "client-key-data") return store_text(value, user.key_data);
  const std::string_view why = refusal_of(key);
  if (why.empty()) return {};
  const auto type = value.type();
  if (!type) return type.error();
  if (*type != wire::JsonType::Null) refuse(value, why, user.refusal);
  return {};
}

Result<void> read_context_field(std::string_view key, wire::JsonCursor& value,
                                KubeconfigContext& context) {
  if (key == "cluster") return store_text(value, context.cluster);
  if (key == "user") return store_text(value, context.user);
  if (key == "namespace") return store_text(value, context.space);
  return {};
}

template <typename Entry>
bool holds(const std::vector<Entry>& entries, const std::string& name) {
  return std::any_of(entries.begin(), entries.end(),
                     [&](const Entry& entry) { return entry.name == name; });
}

// A list of {name: NAME, BODY: {...}}.
template <typename Entry>
Result<void> read_entries(wire::JsonCursor& list, std::string_view body, const std::string& file,
                          Result<void> (*read_field)(std::string_view, wire::JsonCursor&, Entry&),
                          std::vector<Entry>& entries) {
  return list.items([&](std::size_t, wire::JsonCursor& item) -> Result<void> {
    Entry entry;
    entry.file = file;
    EVALSCALER_TRY(item.members([&](std::string_view key, wire::JsonCursor& value) {
      if (key == "name") return store(value.text(), entry.name);
      if (key != body) return Result<void>();
      return value.members([&](std::string_view field, wire::JsonCursor& member) {
        return read_field(field, member, entry);
      });
    }));
    if (entry.name.empty()) return item.error("name is missing");
    if (holds(entries, entry.name)) {
      return item.error("a second entry named '" + entry.name + "'; remove one of them");
    }
    entries.push_back(std::move(entry));
    return {};
  });
}

Result<void> read_root(wire::JsonCursor& root, const std::string& file, Kubeconfig& config) {
  return root.members([&](std::string_view key, wire::JsonCursor& value) -> Result<void> {
    if (key == "kind") {
      std::string kind;
      EVALSCALER_TRY(store_text(value, kind));
      if (!kind.empty() && kind != "Config") return value.error("must be Config, not " + kind);
    }
    if (key == "current-context") return store_text(value, config.current_context);
    if (key == "clusters") {
      return read_entries(value, "cluster", file, &read_cluster_field, config.clusters);
    }
    if (key == "users") return read_entries(value, "user", file, &read_user_field, config.users);
    if (key == "contexts") {
      return read_entries(value, "context", file, &read_context_field, config.contexts);
    }
    return {};
  });
}

template <typename Entry>
void place_refusals(const wire::YamlDocument& document, std::vector<Entry>& entries) {
  for (Entry& entry : entries) {
    if (!entry.refusal.empty()) entry.refusal = document.placed(entry.file, entry.refusal);
  }
}

template <typename Entry>
void add_new(std::vector<Entry>& earlier, std::vector<Entry> later) {
  for (Entry& entry : later) {
    if (!holds(earlier, entry.name)) earlier.push_back(std::move(entry));
  }
}

}  // namespace

Result<Kubeconfig> read_kubeconfig(const std::string& path) {
  const auto text = wire::read_file(path);
  if (!text) return text.error();
  auto document = wire::read_yaml(*text);
  if (!document) return fail(ErrorKind::Invalid, path + ": " + document.error().message);
  Kubeconfig config;
  config.files.push_back(path);
  // An empty file is an empty configuration, as it is for kubectl.
  if (document->json == "null") return config;
  wire::JsonReader reader;
  const auto read = reader.read(
      document->json, [&](wire::JsonCursor& root) { return read_root(root, path, config); });
  if (!read) {
    return fail(ErrorKind::Invalid, one_line(document->placed(path, read.error().message), 4096));
  }
  place_refusals(*document, config.clusters);
  place_refusals(*document, config.users);
  return config;
}

void merge_into(Kubeconfig& earlier, Kubeconfig later) {
  earlier.files.insert(earlier.files.end(), later.files.begin(), later.files.end());
  if (earlier.current_context.empty()) earlier.current_context = later.current_context;
  add_new(earlier.clusters, std::move(later.clusters));
  add_new(earlier.users, std::move(later.users));
  add_new(earlier.contexts, std::move(later.contexts));
}

}  // namespace evalscaler::kube
