// SPDX-License-Identifier: Apache-2.0
// Operator: the composition root, the only code that names concrete classes and puts them
// together.
#pragma once

#include <memory>
#include <stop_token>

#include "app/options.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace evalscaler::app {

class Operator {
 public:
  // Reads files and binds ports; does not speak to the API server or Prometheus yet. Invalid
  // and NotFound are the user's to mend, with file, place and fix. `clock` must outlive it.
  static Result<std::unique_ptr<Operator>> make(const Options& options, Clock& clock);
  ~Operator();

  // Watches, polls, visits; returns when everything has come to rest after a stop request. A
  // write that is under way is finished first.
  void run(const std::stop_token& stop);

 private:
  struct Parts;
  explicit Operator(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace evalscaler::app
