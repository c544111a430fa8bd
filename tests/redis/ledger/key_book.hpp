// SPDX-License-Identifier: Apache-2.0
// KeyBook: what a client was told about each of its keys, and whether a value read later fits it.
//
// Every write of a key has a version of its own, counted from 1. The last acknowledged one has to
// be there. A write whose outcome nobody knows may be there, too, even after a later one was
// acknowledged: it may have been executed late. Pure; each key is one thread's at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace evalscaler::ledger {

enum class Verdict {
  Right,
  Lost,     // acknowledged, and not there
  Old,      // there, but as it was before an acknowledged write
  Risen,    // there, although its removal was acknowledged
  Foreign,  // there, but nothing this ledger ever wrote under this key
};
std::string_view to_text(Verdict verdict);

class KeyBook {
 public:
  enum class Content { Value, Nothing };  // what a write leaves: SET, DEL

  KeyBook(std::string prefix, std::size_t keys) : prefix_(std::move(prefix)), entries_(keys) {}

  std::size_t size() const { return entries_.size(); }
  std::string key(std::size_t index) const { return prefix_ + std::to_string(index); }
  // "KEY=VERSION=vvv...", at least `bytes` long.
  std::string value(std::size_t index, std::uint32_t version, std::size_t bytes) const;

  // The version of the write that is about to be sent.
  std::uint32_t begin(std::size_t index) { return ++entries_[index].attempted; }
  void acknowledge(std::size_t index, std::uint32_t version, Content content);
  // Some attempt of this version was sent and not answered.
  void note_unanswered(std::size_t index, std::uint32_t version, Content content);

  // `read` is nothing where the key does not exist.
  Verdict judge(std::size_t index, const std::optional<std::string>& read) const;
  std::uint32_t acknowledged(std::size_t index) const { return entries_[index].acknowledged; }

 private:
  struct Entry {
    std::uint32_t attempted = 0;
    std::uint32_t acknowledged = 0;
    std::uint32_t oldest_unanswered = 0;  // 0 = every attempt was answered
    Content content = Content::Nothing;   // of the acknowledged one
    bool may_be_gone = false;             // a DEL was not answered
  };
  std::optional<std::uint32_t> version_of(std::size_t index, std::string_view text) const;

  std::string prefix_;
  std::vector<Entry> entries_;
};

}  // namespace evalscaler::ledger
