// SPDX-License-Identifier: Apache-2.0
#include "prometheus/vector_answer.hpp"

#include <cmath>
#include <string>

#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"

namespace evalscaler::fuzz {
namespace {

using prometheus::AnswerRow;
using prometheus::SampleKind;
using prometheus::VectorAnswer;

// Two answers are told apart by this text.
std::string told(const VectorAnswer& answer) {
  std::string out = answer.why() + (answer.partial() ? " partial" : "");
  for (std::size_t i = 0; i < answer.size(); ++i) {
    const AnswerRow row = answer.row(i);
    claim(row.kind != SampleKind::Number || std::isfinite(row.value),
          "a number is not a finite one");
    out += "\n" + std::string(row.space) + "/" + std::string(row.name) + " " +
           std::to_string(static_cast<int>(row.kind)) +
           (row.kind == SampleKind::Number ? std::to_string(row.value) : "");
  }
  return out;
}

}  // namespace

void vector_answer(std::string_view input) {
  constexpr std::string_view kWords = "abcdefghijklmnopqrstuvwxyzJSONP_ ,'()";
  wire::JsonReader reader;
  VectorAnswer answer;
  std::string json(input);
  answer.read(reader, json, {});
  claim(json == input, "reading an answer changed its text");
  const std::string first = told(answer);
  if (answer.state() != ReadingState::Fresh) {
    claim(answer.size() == 0, "an unusable answer has rows");
    claim_message(answer.why(), 128);
    // Nothing of a server's text may get into a status that others read.
    claim(answer.why().find_first_not_of(kWords) == std::string::npos, "why: " + answer.why());
  }
  std::string other = R"({"status":"success","data":{"resultType":"vector","result":[)"
                      R"({"metric":{"service":"x"},"value":[1,"2"]}]},"warnings":["w"]})";
  answer.read(reader, other, {});
  answer.read(reader, json, {});
  claim(told(answer) == first, "what was read before shines through");
}

}  // namespace evalscaler::fuzz
