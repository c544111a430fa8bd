// SPDX-License-Identifier: Apache-2.0
// Table: rows of cells in columns as wide as their widest cell, two blanks between them.
#pragma once

#include <string>
#include <vector>

#include "cli/paint.hpp"

namespace evalscaler::cli {

struct Cell {
  std::string text;
  Tone tone = Tone::Plain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> headings);
  void add(std::vector<Cell> row);  // as many cells as headings
  // A line of its own beneath the last row, outside the columns.
  void add_line(std::string text, Tone tone);
  std::string text(const Paint& paint, std::size_t indent = 0) const;

 private:
  struct Row {
    std::vector<Cell> cells;
    bool spans = false;
  };
  std::vector<Row> rows_;
};

}  // namespace evalscaler::cli
