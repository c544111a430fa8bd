// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "checks/promql_labels.hpp"
#include "checks/promql_tokens.hpp"
#include "checks/promql_tree.hpp"
#include "checks/query_smells.hpp"
#include "checks/reasons.hpp"
#include "fuzz/claim.hpp"
#include "fuzz/targets.hpp"

namespace evalscaler::fuzz {
namespace {

// In order, none empty, none over another, and nothing but blanks and comments between them.
void claim_tokens(std::string_view query, const std::vector<checks::Token>& tokens) {
  std::size_t end = 0;
  for (const checks::Token& token : tokens) {
    const bool last = token.kind == checks::TokenKind::End;
    claim(token.at >= end && token.at <= query.size(), "a token begins inside another");
    claim(last != (&token != &tokens.back()), "the end is not at the end");
    claim(last || query.substr(token.at, token.text.size()) == token.text, "a token is elsewhere");
    claim(last || !token.text.empty(), "a token is empty");
    const std::string_view between = query.substr(end, token.at - end);
    const bool blank = between.find_first_not_of(" \t\r\n") == std::string_view::npos;
    claim(blank || between.find('#') != std::string_view::npos, "text was lost between tokens");
    end = token.at + token.text.size();
  }
}

void claim_smells(std::string_view query, const checks::QueryContext& context) {
  std::string_view before;
  for (const checks::Smell& smell : checks::smells_of(query, context)) {
    claim_message(smell.message);
    claim_message(smell.fix);
    claim(smell.reason != before, "a smell is told twice");
    before = smell.reason;
  }
}

}  // namespace

void promql(std::string_view input) {
  const auto tokens = checks::tokens_of(input);
  if (tokens) {
    claim_tokens(input, *tokens);
  } else {
    claim_message(tokens.error().message);
  }
  const auto tree = checks::parse_promql(input);
  claim(!tree || tokens, "a tree grew from text that has no tokens");
  if (tree) {
    claim(checks::longest_range(*tree).count() >= 0, "a range is negative");
    checks::labels_of(*tree);
    // Parentheses leave no node.
    const std::string wrapped = "(" + std::string(input) + "\n)";
    const auto same = checks::parse_promql(wrapped);
    const bool fits = wrapped.size() <= prometheus::kMaxQueryLength;
    claim(!fits || same || same.error().message.starts_with("nested"),
          "parentheses make a query unreadable");
  } else {
    claim_message(tree.error().message);
  }
  checks::QueryContext context;
  context.unit = "requests/s";
  claim_smells(input, context);
  context.owner = checks::QueryContext::Owner::Catalogue;
  claim_smells(input, context);
}

}  // namespace evalscaler::fuzz
