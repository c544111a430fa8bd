// SPDX-License-Identifier: Apache-2.0
#include "workload/engine/evaluation_request.hpp"

#include <gtest/gtest.h>

#include <ostream>

namespace evalscaler::workload {
namespace {

constexpr std::string_view kCriteria = R"("criteria":[{"name":"accuracy"}])";

std::string with_items(std::string_view items) {
  return "{\"items\":" + std::string(items) + "," + std::string(kCriteria) + "}";
}

std::string with_rest(std::string_view rest) {
  return R"({"items":[{"id":"a","text":"t"}],)" + std::string(rest) + "}";
}

std::string many_items(std::size_t count) {
  std::string list = "[";
  for (std::size_t at = 0; at < count; ++at)
    list += at == 0 ? "{\"id\":\"x\",\"text\":1}" : ",{\"id\":\"x\",\"text\":1}";
  return list + "]";
}

struct BadBody {
  const char* name;
  std::string body;
  const char* field;
  const char* message;
};

std::ostream& operator<<(std::ostream& out, const BadBody& bad) {
  return out << bad.name;
}

class BadEvaluationRequest : public testing::TestWithParam<BadBody> {};

TEST_P(BadEvaluationRequest, IsRefusedNamingTheField) {
  const auto parsed = parse_evaluation_request(GetParam().body, {});
  const auto* complaint = std::get_if<FieldComplaint>(&parsed);
  ASSERT_NE(complaint, nullptr);
  EXPECT_EQ(complaint->field, GetParam().field);
  EXPECT_EQ(complaint->message, GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadEvaluationRequest,
    testing::Values(
        BadBody{"Empty", "", "", "the body is not JSON: stops making sense at byte 1"},
        BadBody{"NotJson", "{\"items\": nope}", "",
                "the body is not JSON: stops making sense at byte 12"},
        BadBody{"NotUtf8", "{\"items\":\"\xff\"}", "",
                "the body is not JSON: stops making sense at byte 11"},
        BadBody{"HugeNumber", with_rest(R"("criteria":[{"name":"a","weight":1e999}])"), "",
                "the body is not JSON: a number in it is out of range"},
        BadBody{"TooDeep",
                with_items("[{\"id\":\"a\",\"text\":" + std::string(100, '[') +
                           std::string(100, ']') + "}]"),
                "", "the body is nested deeper than 64 levels"},
        BadBody{"List", "[]", "", "the body is not a JSON object"},
        BadBody{"NoItems", "{}", "items", "is missing"},
        BadBody{"ItemsNoList", with_items("3"), "items", "is not a list"},
        BadBody{"ItemsEmpty", with_items("[]"), "items", "is empty; send at least one"},
        BadBody{"TooManyItems", with_items(many_items(1001)), "items",
                "has 1001 entries; send at most 1000"},
        BadBody{"ItemNoObject", with_items("[1]"), "items[0]", "is not an object"},
        BadBody{"NoId", with_items(R"([{"id":"a","text":"t"},{"text":"t"}])"), "items[1].id",
                "is not a non-empty string"},
        BadBody{"NumberAsId", with_items(R"([{"id":1,"text":"t"}])"), "items[0].id",
                "is not a non-empty string"},
        BadBody{"NoContent", with_items(R"([{"id":"a"}])"), "items[0].text",
                "is missing: the item has no content"},
        BadBody{"NoCriteria", R"({"items":[{"id":"a","text":"t"}]})", "criteria", "is missing"},
        BadBody{"CriteriaEmpty", with_rest(R"("criteria":[])"), "criteria",
                "has 0 entries; send 1 to 32"},
        BadBody{"NoName", with_rest(R"("criteria":[{"weight":1}])"), "criteria[0].name",
                "is not a non-empty string"},
        BadBody{"NameTwice", with_rest(R"("criteria":[{"name":"a"},{"name":"a"}])"),
                "criteria[1].name", "repeats an earlier criterion"},
        BadBody{"NegativeWeight", with_rest(R"("criteria":[{"name":"a","weight":-0.1}])"),
                "criteria[0].weight", "is not between 0 and 1e9"},
        BadBody{"NanWeight", with_rest(R"("criteria":[{"name":"a","weight":"NaN"}])"),
                "criteria[0].weight", "is not a number"},
        BadBody{"NullWeight", with_rest(R"("criteria":[{"name":"a","weight":null}])"),
                "criteria[0].weight", "is not a number"},
        BadBody{"ZeroWeights", with_rest(R"("criteria":[{"name":"a","weight":0}])"), "criteria",
                "have weights that are all 0"},
        BadBody{"WorkNoObject", with_rest(std::string(kCriteria) + R"(,"work":5)"), "work",
                "is not an object"},
        BadBody{"NegativeWork", with_rest(std::string(kCriteria) + R"(,"work":{"cpuMs":-1})"),
                "work.cpuMs", "is not a number from 0 to 10000"},
        BadBody{"TooMuchWork", with_rest(std::string(kCriteria) + R"(,"work":{"waitMs":10001})"),
                "work.waitMs", "is not a number from 0 to 10000"}),
    [](const auto& instance) { return instance.param.name; });

TEST(EvaluationRequest, TakesTextOrAnyOtherContent) {
  const auto parsed = parse_evaluation_request(
      with_items(R"([{"id":"a","text":"plain"},{"id":"b","text":[1,2]},{"id":"c","n":{"x":1}}])"),
      {});
  const auto& request = std::get<EvaluationRequest>(parsed);
  EXPECT_EQ(request.items[0].content, "plain");
  EXPECT_EQ(request.items[1].content, R"({"text":[1,2]})");
  EXPECT_EQ(request.items[2].content, R"({"n":{"x":1}})");
}

TEST(EvaluationRequest, TakesAsManyItemsAsAreAllowed) {
  const auto parsed = parse_evaluation_request(with_items(many_items(kMostItems)), {});
  EXPECT_EQ(std::get<EvaluationRequest>(parsed).items.size(), kMostItems);
}

TEST(EvaluationRequest, WorkIsTheEnginesUnlessTheRequestSaysOtherwise) {
  const WorkPerItem engine{std::chrono::milliseconds(2), std::chrono::milliseconds(3)};
  const auto silent = parse_evaluation_request(with_rest(kCriteria), engine);
  EXPECT_EQ(std::get<EvaluationRequest>(silent).work, engine);
  const auto own = parse_evaluation_request(
      with_rest(std::string(kCriteria) + R"(,"work":{"cpuMs":0.5})"), engine);
  EXPECT_EQ(std::get<EvaluationRequest>(own).work,
            (WorkPerItem{std::chrono::microseconds(500), std::chrono::milliseconds(3)}));
}

TEST(EvaluationRequest, WorkOfAllItemsTogetherIsBounded) {
  const WorkPerItem engine{std::chrono::milliseconds(40), std::chrono::milliseconds(20)};
  EXPECT_TRUE(std::holds_alternative<EvaluationRequest>(
      parse_evaluation_request(with_items(many_items(1000)), engine)));
  const WorkPerItem more{engine.cpu, engine.wait + std::chrono::microseconds(1)};
  const auto parsed = parse_evaluation_request(with_items(many_items(1000)), more);
  EXPECT_EQ(std::get<FieldComplaint>(parsed).field, "items");
}

}  // namespace
}  // namespace evalscaler::workload
