// SPDX-License-Identifier: Apache-2.0
#include "checks/promql_tree.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "checks/promql_tokens.hpp"
#include "checks/promql_words.hpp"
#include "core/text.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::checks {
namespace {

using std::chrono::milliseconds;
using Kind = PromqlNode::Kind;

constexpr int kDeepest = 64;

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : tokens_(std::move(tokens)) {}

  Result<PromqlNode> whole() {
    auto root = expression(1);
    if (root && now().kind != TokenKind::End) return unexpected();
    return root;
  }

 private:
  const Token& now() const { return tokens_[next_]; }
  const Token& ahead() const { return tokens_[std::min(next_ + 1, tokens_.size() - 1)]; }
  void step() {
    if (next_ + 1 < tokens_.size()) ++next_;
  }
  bool take(std::string_view symbol) {
    if (!now().is(symbol)) return false;
    step();
    return true;
  }
  bool is_word(std::string_view word) const {
    return now().kind == TokenKind::Name && lower_case(now().text) == word;
  }
  bool take_word(std::string_view word) {
    if (!is_word(word)) return false;
    step();
    return true;
  }
  Error unexpected() const {
    const bool end = now().kind == TokenKind::End;
    return fail(
        ErrorKind::Invalid,
        "byte " + std::to_string(now().at + 1) + ": " +
            (end ? "ends too early" : "'" + one_line(now().text, 64) + "' is not expected"));
  }

  Result<PromqlNode> expression(int weakest) {
    if (++depth_ > kDeepest) {
      return fail(ErrorKind::Invalid, "nested more than " + std::to_string(kDeepest) + " deep");
    }
    auto left = operand();
    while (left) {
      const PromqlOperator op = operator_of(now());
      if (op.strength < weakest || op.strength == 0) break;
      left = binary(op, std::move(*left));
    }
    --depth_;
    return left;
  }

  Result<PromqlNode> binary(const PromqlOperator& op, PromqlNode left) {
    step();
    PromqlNode node;
    node.kind = Kind::Binary;
    node.name = op.name;
    node.as_bool = take_word("bool");
    EVALSCALER_TRY(matching(node));
    auto right = expression(op.strength == kPowerStrength ? op.strength : op.strength + 1);
    if (!right) return right;
    node.parts.push_back(std::move(left));
    node.parts.push_back(std::move(*right));
    return node;
  }

  Result<void> matching(PromqlNode& node) {
    const bool on = is_word("on");
    if (!on && !is_word("ignoring")) return {};
    step();
    node.matching = on ? PromqlNode::Matching::On : PromqlNode::Matching::Ignoring;
    EVALSCALER_TRY(label_list(node.labels));
    const bool left = is_word("group_left");
    if (!left && !is_word("group_right")) return {};
    step();
    node.many = left ? PromqlNode::Many::Left : PromqlNode::Many::Right;
    return now().is("(") ? label_list(node.included) : Result<void>();
  }

  Result<void> label_list(std::vector<std::string_view>& out) {
    if (!take("(")) return unexpected();
    while (!now().is(")")) {
      if (now().kind == TokenKind::String) {
        out.push_back(unquoted(now().text));
      } else if (now().kind == TokenKind::Name) {
        out.push_back(now().text);
      } else {
        return unexpected();
      }
      step();
      if (!take(",") && !now().is(")")) return unexpected();
    }
    step();
    return {};
  }

  Result<PromqlNode> operand() {
    if (now().is("-") || now().is("+")) {
      PromqlNode node;
      node.kind = Kind::Unary;
      node.name = now().is("-") ? "-" : "+";
      step();
      auto inner = expression(kUnaryStrength + 1);
      if (!inner) return inner;
      node.parts.push_back(std::move(*inner));
      return node;
    }
    auto node = atom();
    while (node && modifier()) {
      if (const auto done = modified(*node); !done) return done.error();
    }
    return node;
  }

  bool modifier() const { return now().is("[") || now().is("@") || is_word("offset"); }

  Result<void> modified(PromqlNode& node) {
    if (take("[")) return ranged(node);
    if (take_word("offset")) {
      if (now().is("-") || now().is("+")) step();
    } else {
      step();  // @
      if (now().is("-") || now().is("+")) step();
      if (is_word("start") || is_word("end")) {
        step();
        return take("(") && take(")") ? Result<void>() : unexpected();
      }
    }
    if (now().kind != TokenKind::Duration && now().kind != TokenKind::Number) return unexpected();
    step();
    return {};
  }

  Result<void> ranged(PromqlNode& node) {
    const auto length = promql_duration(now().text);
    const bool number = now().kind == TokenKind::Duration || now().kind == TokenKind::Number;
    if (!number || !length) return unexpected();
    step();
    const bool subquery = take(":");
    if (subquery && !now().is("]")) step();
    if (!take("]")) return unexpected();
    if (subquery) {
      PromqlNode outer;
      outer.kind = Kind::Subquery;
      outer.parts.push_back(std::move(node));
      node = std::move(outer);
    }
    node.range = length;
    return {};
  }

  Result<PromqlNode> atom() {
    const Token token = now();
    PromqlNode node;
    node.name = token.text;
    switch (token.kind) {
      case TokenKind::Number:
      case TokenKind::Duration:
        step();
        return node;
      case TokenKind::String:
        step();
        node.kind = Kind::Text;
        return node;
      case TokenKind::Name:
        return named(token);
      case TokenKind::Symbol:
        break;
      case TokenKind::End:
        return unexpected();
    }
    if (take("(")) {
      auto inner = expression(1);
      if (inner && !take(")")) return unexpected();
      return inner;
    }
    if (!now().is("{")) return unexpected();
    node.name = {};
    return selector(std::move(node));
  }

  Result<PromqlNode> named(const Token& token) {
    PromqlNode node;
    node.name = token.text;
    const std::string word = lower_case(token.text);
    if (operator_of(token).strength != 0) return unexpected();
    const std::string_view aggregate = aggregate_of(word);
    const bool grouped = ahead().kind == TokenKind::Name && (lower_case(ahead().text) == "by" ||
                                                             lower_case(ahead().text) == "without");
    if (!aggregate.empty() && (ahead().is("(") || grouped)) {
      step();
      node.kind = Kind::Aggregate;
      node.name = aggregate;
      return aggregated(std::move(node));
    }
    if (ahead().is("(")) {
      step();
      node.kind = Kind::Call;
      if (const auto read = arguments(node); !read) return read.error();
      return node;
    }
    step();
    if (word == "inf" || word == "nan") return node;
    return selector(std::move(node));
  }

  Result<PromqlNode> aggregated(PromqlNode node) {
    EVALSCALER_TRY(grouping(node));
    EVALSCALER_TRY(arguments(node));
    if (node.grouping == PromqlNode::Grouping::None) EVALSCALER_TRY(grouping(node));
    if (node.parts.empty()) return unexpected();
    return node;
  }

  Result<void> grouping(PromqlNode& node) {
    const bool by = is_word("by");
    if (!by && !is_word("without")) return {};
    step();
    node.grouping = by ? PromqlNode::Grouping::By : PromqlNode::Grouping::Without;
    return label_list(node.labels);
  }

  Result<void> arguments(PromqlNode& node) {
    if (!take("(")) return unexpected();
    while (!now().is(")")) {
      auto argument = expression(1);
      if (!argument) return argument.error();
      node.parts.push_back(std::move(*argument));
      if (!take(",") && !now().is(")")) return unexpected();
    }
    step();
    return {};
  }

  // Matchers are only passed over: inside them = and =~ compare no values.
  Result<PromqlNode> selector(PromqlNode node) {
    node.kind = Kind::Selector;
    if (!take("{")) return node;
    while (!now().is("}")) {
      const bool label = now().kind == TokenKind::Name || now().kind == TokenKind::String;
      if (!label) return unexpected();
      const bool quoted = now().kind == TokenKind::String;
      const std::string_view text = now().text;
      step();
      const bool compared = take("=") || take("!=") || take("=~") || take("!~");
      if (compared && now().kind != TokenKind::String) return unexpected();
      if (compared) step();
      if (!compared && !quoted) return unexpected();
      if (!compared) node.name = unquoted(text);
      if (!take(",") && !take_word("or") && !now().is("}")) return unexpected();
    }
    step();
    return node;
  }

  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  int depth_ = 0;
};

}  // namespace

bool PromqlNode::is_filter() const {
  return kind == Kind::Binary && !as_bool && is_comparison(name);
}

Result<PromqlNode> parse_promql(std::string_view query) {
  if (query.size() > prometheus::kMaxQueryLength) {
    return fail(ErrorKind::Invalid, "is longer than 4096 bytes");
  }
  auto tokens = tokens_of(query);
  if (!tokens) return tokens.error();
  return Parser(std::move(*tokens)).whole();
}

milliseconds longest_range(const PromqlNode& node) {
  milliseconds longest{0};
  for_each_node(node, [&](const PromqlNode& each) {
    longest = std::max(longest, each.range.value_or(milliseconds(0)));
  });
  return longest;
}

}  // namespace evalscaler::checks
