// SPDX-License-Identifier: Apache-2.0
#include "prometheus/builtin_metrics.hpp"
#include "prometheus/catalogue.hpp"
#include "prometheus/catalogue_fields.hpp"
#include "wire/json_reader.hpp"
#include "wire/yaml.hpp"

namespace evalscaler::prometheus {
namespace {

using wire::JsonCursor;

// What the file says, before the built-in metrics are laid under it.
struct FileContent {
  std::vector<Server> servers;
  std::vector<CatalogueMetric> metrics;
  BuiltinWindows windows;
};

Result<void> windows(JsonCursor& at, BuiltinWindows& out) {
  EVALSCALER_TRY(at.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "windowSeconds") return seconds_between(value, 4, 3600, out.window);
    if (key == "scrapeIntervalSeconds") return seconds_between(value, 1, 900, out.scrape_interval);
    return unknown_field(value, "windowSeconds, scrapeIntervalSeconds");
  }));
  if (out.window < 4 * out.scrape_interval) {
    return at.error("windowSeconds must be at least four times scrapeIntervalSeconds");
  }
  return {};
}

// A list whose entries have names of their own.
template <typename T>
Result<void> named_list(JsonCursor& at, std::vector<T>& out,
                        Result<void> (*read)(JsonCursor&, T&)) {
  return at.items([&](std::size_t, JsonCursor& value) -> Result<void> {
    T entry;
    EVALSCALER_TRY(read(value, entry));
    for (const T& earlier : out) {
      if (earlier.name == entry.name) {
        return value.error("the name '" + entry.name + "' is taken by an earlier entry");
      }
    }
    out.push_back(std::move(entry));
    return {};
  });
}

Result<void> content(JsonCursor& root, FileContent& out) {
  return root.members([&](std::string_view key, JsonCursor& value) -> Result<void> {
    if (key == "prometheus") return named_list(value, out.servers, &read_server);
    if (key == "metrics") return named_list(value, out.metrics, &read_metric);
    if (key == "builtinMetrics") return windows(value, out.windows);
    return unknown_field(value, "prometheus, metrics, builtinMetrics");
  });
}

// The file's entries first; built-in ones it does not name after them.
Catalogue composed(FileContent file) {
  Catalogue out{std::move(file.servers), std::move(file.metrics), file.windows.scrape_interval};
  for (CatalogueMetric& builtin : builtin_metrics(file.windows)) {
    if (out.find_metric(builtin.name) == nullptr) out.metrics.push_back(std::move(builtin));
  }
  return out;
}

Result<void> servers_exist(const Catalogue& catalogue) {
  for (std::size_t i = 0; i < catalogue.metrics.size(); ++i) {
    const CatalogueMetric& each = catalogue.metrics[i];
    if (each.server.empty() || catalogue.find_server(each.server) != nullptr) continue;
    return fail(ErrorKind::Invalid, "metrics[" + std::to_string(i) + "].prometheus: no server '" +
                                        each.server + "'; add it under prometheus");
  }
  return {};
}

}  // namespace

Result<Catalogue> read_catalogue(std::string_view text, std::string_view file) {
  const auto yaml = wire::read_yaml(text);
  if (!yaml) {
    return fail(ErrorKind::Invalid, std::string(file) + ": " + yaml.error().message);
  }
  FileContent read;
  wire::JsonReader reader;
  const auto done =
      reader.read_copy(yaml->json, [&](JsonCursor& root) { return content(root, read); });
  if (!done) return fail(ErrorKind::Invalid, yaml->placed(file, done.error().message));
  Catalogue catalogue = composed(std::move(read));
  if (const auto checked = servers_exist(catalogue); !checked) {
    return fail(ErrorKind::Invalid, yaml->placed(file, checked.error().message));
  }
  return catalogue;
}

Result<Catalogue> load_catalogue(const std::string& path) {
  const auto text = wire::read_file(path);
  if (!text) return text.error();
  return read_catalogue(*text, path);
}

}  // namespace evalscaler::prometheus
