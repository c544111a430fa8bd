// SPDX-License-Identifier: Apache-2.0
#include "cli/table.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace evalscaler::cli {
namespace {

// Terminals count characters, not bytes.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

}  // namespace

Table::Table(std::vector<std::string> headings) {
  Row row;
  for (std::string& heading : headings) row.cells.push_back({std::move(heading), Tone::Faint});
  rows_.push_back(std::move(row));
}

void Table::add(std::vector<Cell> row) {
  assert(row.size() == rows_.front().cells.size());
  rows_.push_back({std::move(row), false});
}

void Table::add_line(std::string text, Tone tone) {
  rows_.push_back({{{std::move(text), tone}}, true});
}

std::string Table::text(const Paint& paint, std::size_t indent) const {
  std::vector<std::size_t> widths(rows_.front().cells.size(), 0);
  for (const Row& row : rows_) {
    for (std::size_t i = 0; !row.spans && i < row.cells.size(); ++i) {
      widths[i] = std::max(widths[i], width(row.cells[i].text));
    }
  }
  std::string out;
  for (const Row& row : rows_) {
    out.append(indent + (row.spans ? 2 : 0), ' ');
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const Cell& cell = row.cells[i];
      out += paint(cell.tone, cell.text);
      const bool last = i + 1 == row.cells.size();
      if (!last) out.append(widths[i] - width(cell.text) + 2, ' ');
    }
    out += "\n";
  }
  return out;
}

}  // namespace evalscaler::cli
