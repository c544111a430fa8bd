// SPDX-License-Identifier: Apache-2.0
#include "checks/promql_tree.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <string>
#include <utility>

#include "checks/promql_tokens.hpp"
#include "core/text.hpp"
#include "prometheus/catalogue.hpp"

namespace evalscaler::checks {
namespace {

using std::chrono::milliseconds;
using Kind = PromqlNode::Kind;

constexpr int kDeepest = 64;

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

constexpr std::array<std::string_view, 14> kAggregates{
    "sum",    "avg",  "min",     "max",          "count",    "group",  "stddev",
    "stdvar", "topk", "bottomk", "count_values", "quantile", "limitk", "limit_ratio"};
constexpr std::array<std::string_view, 6> kComparisons{"==", "!=", "<", "<=", ">", ">="};

template <std::size_t kSize>
std::string_view one_of(const std::array<std::string_view, kSize>& words, std::string_view text) {
  const auto found = std::find(words.begin(), words.end(), text);
  return found == words.end() ? std::string_view{} : *found;
}

struct Operator {
  std::string_view name;  // of static storage
  int strength = 0;       // 0: no operator
};

constexpr int kPower = 6;
constexpr int kUnary = 5;

Operator operator_of(const Token& token) {
  constexpr std::array<Operator, 17> kOperators{{{"or", 1},
                                                 {"and", 2},
                                                 {"unless", 2},
                                                 {"==", 3},
                                                 {"!=", 3},
                                                 {"<", 3},
                                                 {"<=", 3},
                                                 {">", 3},
                                                 {">=", 3},
                                                 {"+", 4},
                                                 {"-", 4},
                                                 {"*", 5},
                                                 {"/", 5},
                                                 {"%", 5},
                                                 {"atan2", 5},
                                                 {"^", kPower},
                                                 {"", 0}}};
  if (token.kind != TokenKind::Symbol && token.kind != TokenKind::Name) return {};
  const std::string text = lower(token.text);
  for (const Operator& known : kOperators) {
    if (known.name == text && !text.empty()) return known;
  }
  return {};
}

// Inf if it is beyond any sensible range.
std::optional<milliseconds> duration_of(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, double>, 7> kUnits{{{"ms", 1},
                                                                       {"s", 1e3},
                                                                       {"m", 6e4},
                                                                       {"h", 3.6e6},
                                                                       {"d", 8.64e7},
                                                                       {"w", 6.048e8},
                                                                       {"y", 3.1536e10}}};
  constexpr double kMost = 1e12;
  double total = 0;
  while (!text.empty()) {
    double number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc{}) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    double factor = text.empty() ? 1e3 : 0;  // a bare number is seconds
    for (const auto& [unit, size] : kUnits) {
      if (factor != 0 || !text.starts_with(unit)) continue;
      factor = size;
      text.remove_prefix(unit.size());
    }
    if (factor == 0) return std::nullopt;
    total += number * factor;
  }
  return milliseconds(static_cast<milliseconds::rep>(std::clamp(total, 0.0, kMost)));
}

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
    return now().kind == TokenKind::Name && lower(now().text) == word;
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
      const Operator op = operator_of(now());
      if (op.strength < weakest || op.strength == 0) break;
      left = binary(op, std::move(*left));
    }
    --depth_;
    return left;
  }

  Result<PromqlNode> binary(const Operator& op, PromqlNode left) {
    step();
    PromqlNode node;
    node.kind = Kind::Binary;
    node.name = op.name;
    node.as_bool = take_word("bool");
    EVALSCALER_TRY(matching(node));
    auto right = expression(op.strength == kPower ? op.strength : op.strength + 1);
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
      auto inner = expression(kUnary + 1);
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
    const auto length = duration_of(now().text);
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
    const std::string word = lower(token.text);
    if (operator_of(token).strength != 0) return unexpected();
    const std::string_view aggregate = one_of(kAggregates, word);
    const bool grouped = ahead().kind == TokenKind::Name &&
                         (lower(ahead().text) == "by" || lower(ahead().text) == "without");
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
  return kind == Kind::Binary && !as_bool && !one_of(kComparisons, name).empty();
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
