// SPDX-License-Identifier: Apache-2.0
#include "redis/ledger/key_book.hpp"

#include <charconv>

namespace evalscaler::ledger {

std::string_view to_text(Verdict verdict) {
  switch (verdict) {
    case Verdict::Right:
      return "right";
    case Verdict::Lost:
      return "lost";
    case Verdict::Old:
      return "old";
    case Verdict::Risen:
      return "risen";
    case Verdict::Foreign:
      return "foreign";
  }
  return "foreign";
}

std::string KeyBook::value(std::size_t index, std::uint32_t version, std::size_t bytes) const {
  std::string out = key(index) + "=" + std::to_string(version) + "=";
  if (out.size() < bytes) out.append(bytes - out.size(), 'v');
  return out;
}

void KeyBook::acknowledge(std::size_t index, std::uint32_t version, Content content) {
  entries_[index].acknowledged = version;
  entries_[index].content = content;
}

void KeyBook::note_unanswered(std::size_t index, std::uint32_t version, Content content) {
  Entry& entry = entries_[index];
  if (entry.oldest_unanswered == 0) entry.oldest_unanswered = version;
  if (content == Content::Nothing) entry.may_be_gone = true;
}

Verdict KeyBook::judge(std::size_t index, const std::optional<std::string>& read) const {
  const Entry& entry = entries_[index];
  const bool expected = entry.content == Content::Value;
  if (!read) return !expected || entry.may_be_gone ? Verdict::Right : Verdict::Lost;
  const auto version = version_of(index, *read);
  if (!version || *version == 0 || *version > entry.attempted) return Verdict::Foreign;
  if (expected && *version == entry.acknowledged) return Verdict::Right;
  if (entry.oldest_unanswered != 0 && *version >= entry.oldest_unanswered) return Verdict::Right;
  return expected ? Verdict::Old : Verdict::Risen;
}

std::optional<std::uint32_t> KeyBook::version_of(std::size_t index, std::string_view text) const {
  const std::string begin = key(index) + "=";
  if (!text.starts_with(begin)) return {};
  text.remove_prefix(begin.size());
  std::uint32_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end == text.data() + text.size() || *end != '=') return {};
  return version;
}

}  // namespace evalscaler::ledger
