// SPDX-License-Identifier: Apache-2.0
#include "wire/redis_reply.hpp"

#include <array>
#include <utility>

namespace evalscaler::wire {
namespace {

struct Code {
  std::string_view word;
  RedisFault fault;
};

constexpr std::array<Code, 18> kCodes{{{"MOVED", RedisFault::Moved},
                                       {"ASK", RedisFault::Ask},
                                       {"TRYAGAIN", RedisFault::TryAgain},
                                       {"CROSSSLOT", RedisFault::CrossSlot},
                                       {"CLUSTERDOWN", RedisFault::ClusterDown},
                                       {"LOADING", RedisFault::Loading},
                                       {"BUSY", RedisFault::Busy},
                                       {"MASTERDOWN", RedisFault::MasterDown},
                                       {"READONLY", RedisFault::ReadOnly},
                                       {"NOAUTH", RedisFault::NotAuthorized},
                                       {"WRONGPASS", RedisFault::NotAuthorized},
                                       {"NOPERM", RedisFault::NotPermitted},
                                       {"IOERR", RedisFault::InputOutput},
                                       {"BUSYKEY", RedisFault::BusyKey},
                                       {"OOM", RedisFault::OutOfMemory},
                                       {"MISCONF", RedisFault::Unwritable},
                                       {"NOREPLICAS", RedisFault::Unwritable},
                                       {"ERR", RedisFault::Other}}};

std::string_view first_word(std::string_view text) {
  return text.substr(0, text.find(' '));
}

}  // namespace

RedisFault redis_fault(std::string_view error_text) {
  constexpr std::string_view kPassedOn = "replied with error: ";
  if (first_word(error_text) == "ERR" && error_text.starts_with("ERR Target instance ")) {
    if (const auto at = error_text.find(kPassedOn); at != std::string_view::npos) {
      error_text.remove_prefix(at + kPassedOn.size());
    }
  }
  const std::string_view word = first_word(error_text);
  for (const Code& code : kCodes) {
    if (code.word == word) return code.fault;
  }
  return RedisFault::Other;
}

std::string_view to_text(RedisFault fault) {
  switch (fault) {
    case RedisFault::Moved:
      return "MOVED";
    case RedisFault::Ask:
      return "ASK";
    case RedisFault::TryAgain:
      return "TRYAGAIN";
    case RedisFault::CrossSlot:
      return "CROSSSLOT";
    case RedisFault::ClusterDown:
      return "CLUSTERDOWN";
    case RedisFault::Loading:
      return "LOADING";
    case RedisFault::Busy:
      return "BUSY";
    case RedisFault::MasterDown:
      return "MASTERDOWN";
    case RedisFault::ReadOnly:
      return "READONLY";
    case RedisFault::NotAuthorized:
      return "NOAUTH";
    case RedisFault::NotPermitted:
      return "NOPERM";
    case RedisFault::InputOutput:
      return "IOERR";
    case RedisFault::BusyKey:
      return "BUSYKEY";
    case RedisFault::OutOfMemory:
      return "OOM";
    case RedisFault::Unwritable:
      return "MISCONF";
    case RedisFault::Other:
      return "ERR";
  }
  return "ERR";
}

std::string_view redirection_target(std::string_view error_text) {
  if (!error_text.starts_with("MOVED ") && !error_text.starts_with("ASK ")) return {};
  const auto slot = error_text.find(' ');
  const auto address = error_text.find(' ', slot + 1);
  return address == std::string_view::npos ? std::string_view{} : error_text.substr(address + 1);
}

}  // namespace evalscaler::wire
