// SPDX-License-Identifier: Apache-2.0
// Result<T>: a value, or an Error that says what the caller does next.
//
// Everything the outside world can do wrong is a Result; what cannot happen is an
// assert. Member names are those of std::expected. Never classify an Error by its text.
#pragma once

#include <cassert>
#include <chrono>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace evalscaler {

enum class ErrorKind {
  NotFound,        // the object or series does not exist
  Conflict,        // somebody else wrote first: re-read, recompute
  Expired,         // our place in the history is gone: list again
  Invalid,         // the input is wrong: its user must edit it
  Forbidden,       // a right is missing: retry slowly, tell the user
  Unavailable,     // nothing was executed: back off, honour retry_after
  OutcomeUnknown,  // the request may have been executed: read back before anything else
  Cancelled,       // we were asked to stop
};

struct Error {
  ErrorKind kind = ErrorKind::Unavailable;
  std::string message;                              // one line, for people
  std::optional<std::chrono::seconds> retry_after;  // what the server asked for, if it did
};

inline Error fail(ErrorKind kind, std::string message) {
  return {kind, std::move(message), {}};
}

template <typename T>
class [[nodiscard]] Result {
 public:
  using value_type = T;

  // NOLINTNEXTLINE(google-explicit-constructor): like std::expected
  Result(T value) : state_(std::in_place_index<0>, std::move(value)) {}
  // NOLINTNEXTLINE(google-explicit-constructor): like std::expected
  Result(Error error) : state_(std::in_place_index<1>, std::move(error)) {}

  bool has_value() const { return state_.index() == 0; }
  explicit operator bool() const { return has_value(); }

  T& value() & { return *check(std::get_if<0>(&state_)); }
  const T& value() const& { return *check(std::get_if<0>(&state_)); }
  T&& value() && { return std::move(*check(std::get_if<0>(&state_))); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T&& operator*() && { return std::move(*this).value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }

  Error& error() & { return *check(std::get_if<1>(&state_)); }
  const Error& error() const& { return *check(std::get_if<1>(&state_)); }
  Error&& error() && { return std::move(*check(std::get_if<1>(&state_))); }

  template <typename U>
  T value_or(U&& other) const& {
    return has_value() ? value() : static_cast<T>(std::forward<U>(other));
  }
  template <typename F>
  auto and_then(F&& next) const& -> std::invoke_result_t<F, const T&> {
    if (!has_value()) return error();
    return std::forward<F>(next)(value());
  }
  template <typename F>
  auto transform(F&& map) const& -> Result<std::invoke_result_t<F, const T&>> {
    if (!has_value()) return error();
    return std::forward<F>(map)(value());
  }

 private:
  template <typename P>
  static P check(P pointer) {
    assert(pointer != nullptr);
    return pointer;
  }
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  using value_type = void;

  Result() = default;
  // NOLINTNEXTLINE(google-explicit-constructor): like std::expected
  Result(Error error) : error_(std::move(error)) {}

  bool has_value() const { return !error_.has_value(); }
  explicit operator bool() const { return has_value(); }
  const Error& error() const {
    assert(error_);
    return *error_;  // NOLINT(bugprone-unchecked-optional-access): asserted above
  }

 private:
  std::optional<Error> error_;
};

// Returns the error from the enclosing function if the expression failed.
#define EVALSCALER_TRY(expression)                                             \
  do {                                                                         \
    if (auto evalscaler_result = (expression); !evalscaler_result.has_value()) \
      return std::move(evalscaler_result).error();                             \
  } while (false)

}  // namespace evalscaler
