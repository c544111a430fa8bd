// SPDX-License-Identifier: Apache-2.0
#include "workload/load/rate_trace.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "workload/number_text.hpp"

namespace evalscaler::workload {
namespace {

constexpr double kLatestSecond = 1e10;
constexpr double kHighestRate = 1e6;

std::vector<std::string_view> split_cells(std::string_view line) {
  std::vector<std::string_view> cells;
  while (true) {
    const std::size_t comma = line.find(',');
    cells.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) return cells;
    line.remove_prefix(comma + 1);
  }
}

std::optional<std::size_t> find_column(const std::vector<std::string_view>& cells,
                                       std::string_view name) {
  const auto found = std::ranges::find(cells, name);
  if (found == cells.end()) return std::nullopt;
  return static_cast<std::size_t>(found - cells.begin());
}

struct Columns {
  std::size_t second;
  std::size_t rate;
};

Result<TraceRow> read_row(std::string_view line, Columns columns) {
  const auto cells = split_cells(line);
  if (cells.size() <= std::max(columns.second, columns.rate)) {
    return fail(ErrorKind::Invalid, "has fewer columns than the header");
  }
  const auto second = parse_decimal(cells[columns.second], 0.0, kLatestSecond);
  if (!second) return fail(ErrorKind::Invalid, "t_seconds: " + second.error().message);
  const auto rate = parse_decimal(cells[columns.rate], 0.0, kHighestRate);
  if (!rate) return fail(ErrorKind::Invalid, "rate: " + rate.error().message);
  return TraceRow{*second, *rate};
}

std::string_view without_carriage_return(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

double end_of_row(const RateTrace& trace, std::size_t at) {
  if (at + 1 < trace.size()) return trace[at + 1].second;
  return trace[at].second + (at > 0 ? trace[at].second - trace[at - 1].second : 1.0);
}

}  // namespace

Result<RateTrace> read_rate_trace(std::istream& csv, std::string_view file) {
  const auto complain = [&](std::size_t line, const std::string& message) {
    return fail(ErrorKind::Invalid,
                std::string(file) + ":" + std::to_string(line) + ": " + message);
  };
  std::string line;
  std::getline(csv, line);
  const auto header = split_cells(without_carriage_return(line));
  const auto second = find_column(header, "t_seconds");
  const auto rate = find_column(header, "rate");
  if (!second || !rate) {
    return complain(1, "the header has no columns t_seconds and rate");
  }
  RateTrace trace;
  for (std::size_t number = 2; std::getline(csv, line); ++number) {
    const std::string_view text = without_carriage_return(line);
    if (text.empty()) continue;
    const auto row = read_row(text, {*second, *rate});
    if (!row) return complain(number, row.error().message);
    if (!trace.empty() && row->second <= trace.back().second) {
      return complain(number, "t_seconds is not after the row before");
    }
    trace.push_back(*row);
  }
  if (trace.empty()) return complain(2, "there are no rows");
  return trace;
}

Result<RateTrace> read_rate_trace_file(const std::string& path) {
  std::ifstream file(path);
  if (!file) return fail(ErrorKind::Invalid, path + ": cannot be read: " + std::strerror(errno));
  return read_rate_trace(file, path);
}

RateSchedule make_schedule(const RateTrace& trace, const TracePlay& play) {
  std::vector<RateSegment> segments;
  for (std::size_t at = 0; at < trace.size(); ++at) {
    const double begin = std::max(trace[at].second, play.start);
    double end = end_of_row(trace, at);
    if (play.duration) end = std::min(end, play.start + *play.duration);
    if (end <= begin) continue;
    const double rate = trace[at].rate * play.scale;
    segments.push_back({(end - begin) / play.speed, rate, rate});
  }
  return RateSchedule(segments);
}

}  // namespace evalscaler::workload
