// SPDX-License-Identifier: Apache-2.0
#include "redis/node_report.hpp"

#include <charconv>

#include "core/text.hpp"

namespace evalscaler::redis {
namespace {

std::optional<std::int64_t> parse_integer(std::string_view text) {
  std::int64_t number = 0;
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, number);
  if (text.empty() || parsed.ec != std::errc{} || parsed.ptr != end) return {};
  return number;
}

// Collects the first field that is missing or no number.
class Fields {
 public:
  explicit Fields(const InfoFields& fields) : fields_(fields) {}
  std::string_view text(std::string_view name) {
    const auto at = fields_.find(name);
    if (at == fields_.end()) {
      note(name);
      return {};
    }
    return at->second;
  }
  std::int64_t number(std::string_view name) {
    const auto value = parse_integer(text(name));
    if (!value || *value < 0) note(name);
    return value.value_or(0);
  }
  const std::string& missing() const { return missing_; }

 private:
  void note(std::string_view name) {
    if (missing_.empty()) missing_ = name;
  }
  const InfoFields& fields_;
  std::string missing_;
};

// "keys=4,expires=0,avg_ttl=0" of every "dbN"; a database without keys has no line.
Result<std::int64_t> count_keys(const InfoFields& info) {
  std::int64_t keys = 0;
  for (const auto& [name, value] : info) {
    if (!name.starts_with("db") || !value.starts_with("keys=")) continue;
    const auto count = parse_integer(std::string_view(value).substr(5, value.find(',') - 5));
    constexpr std::int64_t kMost = std::int64_t{1} << 48;  // more than any memory holds
    if (!count || *count < 0 || *count > kMost)
      return fail(ErrorKind::Invalid, "INFO: " + one_line(name, 40) + ": no key count");
    keys += *count;
  }
  return keys;
}

Result<void> read_configuration(const wire::RedisReply& reply, NodeReport& report) {
  bool timeout_seen = false;
  bool migration_seen = false;
  for (std::size_t i = 0; i + 1 < reply.items.size(); i += 2) {
    const std::string& name = reply.items[i].text;
    const std::string& value = reply.items[i + 1].text;
    if (name == "cluster-node-timeout") {
      const auto timeout = parse_integer(value);
      if (!timeout || *timeout <= 0) break;
      report.node_timeout = std::chrono::milliseconds(*timeout);
      timeout_seen = true;
    }
    if (name == "cluster-allow-replica-migration") {
      report.replica_migration = value != "no";
      migration_seen = true;
    }
  }
  if (!timeout_seen || !migration_seen) {
    return fail(ErrorKind::Invalid,
                "CONFIG GET: no cluster-node-timeout or cluster-allow-replica-migration");
  }
  return {};
}

Result<void> read_info(const InfoFields& info, NodeReport& report) {
  Fields fields(info);
  report.version = fields.text("redis_version");
  report.loading = fields.number("loading") != 0;
  report.master = fields.text("role") == "master";
  report.used_bytes = fields.number("used_memory");
  const auto data = info.find("used_memory_dataset");
  const auto data_bytes = data == info.end() ? std::nullopt : parse_integer(data->second);
  report.data_bytes = data_bytes.value_or(report.used_bytes);
  report.max_bytes = fields.number("maxmemory");
  report.evicted_keys = fields.number("evicted_keys");
  report.replication_offset =
      fields.number(report.master ? "master_repl_offset" : "slave_repl_offset");
  if (!report.master) {
    report.master_link_up =
        fields.text("master_link_status") == "up" && fields.text("master_sync_in_progress") == "0";
  }
  if (!fields.missing().empty()) {
    return fail(ErrorKind::Invalid, "INFO: no usable " + fields.missing());
  }
  const auto keys = count_keys(info);
  if (!keys) return keys.error();
  report.keys = *keys;
  return {};
}

}  // namespace

InfoFields parse_info(std::string_view text) {
  InfoFields fields;
  for (const std::string_view raw : split(text, '\n')) {
    const std::string_view line = trim(raw);
    const std::size_t colon = line.find(':');
    if (line.empty() || line.front() == '#' || colon == std::string_view::npos) continue;
    fields[std::string(line.substr(0, colon))] = line.substr(colon + 1);
  }
  return fields;
}

const std::vector<wire::RedisCommand>& report_commands() {
  static const std::vector<wire::RedisCommand> commands{
      {"CLUSTER", "NODES"}, {"CLUSTER", "INFO"}, {"INFO"}, {"CONFIG", "GET", "cluster-*"}};
  return commands;
}

Result<NodeReport> read_report(const std::vector<wire::RedisReply>& replies) {
  NodeReport report;
  if (replies.size() != report_commands().size()) {
    return fail(ErrorKind::Invalid, "not all questions were answered");
  }
  auto map = parse_cluster_nodes(replies[0].text);
  if (!map) return map.error();
  report.map = std::move(*map);
  const InfoFields cluster = parse_info(replies[1].text);
  Fields fields(cluster);
  report.cluster_ok = fields.text("cluster_state") == "ok";
  report.current_epoch = fields.number("cluster_current_epoch");
  if (!fields.missing().empty()) {
    return fail(ErrorKind::Invalid, "CLUSTER INFO: no usable " + fields.missing());
  }
  EVALSCALER_TRY(read_info(parse_info(replies[2].text), report));
  EVALSCALER_TRY(read_configuration(replies[3], report));
  if (report.master != report.map.myself().master) {
    return fail(ErrorKind::Unavailable, "its role is changing");
  }
  return report;
}

}  // namespace evalscaler::redis
