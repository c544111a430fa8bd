// SPDX-License-Identifier: Apache-2.0
// Every reason and every stage stands in a scenario, under both policies where it can; and
// README.md lists every page. UPDATE_GOLDEN=1 rewrites the list.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <vector>

#include "replay.hpp"
#include "scaling/stages.hpp"

namespace evalscaler::scenarios {
namespace {

using Words = std::set<std::string>;

const std::string kFolder = std::string(EVALSCALER_SOURCE_DIR) + "/tests/scenarios";
const std::string kReadme = kFolder + "/README.md";
constexpr const char* kThreshold = "threshold";
constexpr const char* kTracking = "targetTracking";

std::string file_text(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  EXPECT_TRUE(in) << path;
  return text.str();
}

// The words of scaling/reasons.hpp; those behind its last heading are no decision's of decide().
struct Reasons {
  Words of_stages;
  Words of_others;
};
Reasons declared_reasons() {
  const std::string text =
      file_text(std::string(EVALSCALER_SOURCE_DIR) + "/operator/scaling/reasons.hpp");
  const std::size_t others = text.find("// Said by the operator around a decision.");
  EXPECT_NE(others, std::string::npos);
  Reasons out;
  const std::regex word("std::string_view k\\w+ = \"(\\w+)\"");
  for (std::sregex_iterator at(text.begin(), text.end(), word), end; at != end; ++at) {
    (static_cast<std::size_t>(at->position()) < others ? out.of_stages : out.of_others)
        .insert((*at)[1]);
  }
  return out;
}

struct Page {
  std::string name;
  std::string title;
  std::string policy;
  std::vector<std::string> reasons;  // of its decisions, in order of appearance
  Words stages;
};

Page read_page(const std::filesystem::path& path) {
  Page page;
  page.name = path.stem();
  const auto scenario = read_scenario(path);
  EXPECT_TRUE(scenario) << scenario.error().message;
  if (!scenario) return page;
  page.title = scenario->title;
  page.policy = scenario->spec.tiers.front().threshold ? kThreshold : kTracking;
  const auto done =
      replay(*scenario,
             [&](const Moment&, std::chrono::milliseconds,
                 const scaling::Decision& decision) -> Result<void> {
               auto& reasons = page.reasons;
               if (std::find(reasons.begin(), reasons.end(), decision.reason) == reasons.end()) {
                 reasons.push_back(decision.reason);
               }
               for (const api::Step& step : decision.steps) page.stages.insert(step.stage);
               return {};
             });
  EXPECT_TRUE(done) << done.error().message;
  return page;
}

std::vector<Page> pages() {
  std::vector<Page> out;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    if (entry.path().extension() == ".scenario") out.push_back(read_page(entry.path()));
  }
  std::sort(out.begin(), out.end(), [](const Page& a, const Page& b) { return a.name < b.name; });
  return out;
}

Words seen_under(const std::string& policy, const std::vector<Page>& all) {
  Words out;
  for (const Page& page : all) {
    if (page.policy == policy) out.insert(page.reasons.begin(), page.reasons.end());
  }
  return out;
}

TEST(Scenarios, EveryReasonHasAPageUnderEveryPolicyThatCanGiveIt) {
  const std::map<std::string, Words> only_of{
      {kThreshold,
       {"ThresholdExceeded", "BelowThresholds", "WithinBand", "NoTrigger", "WouldFlap",
        "CapacityPending", "CooldownUp", "CooldownDown"}},
      {kTracking, {"AboveTarget", "BelowTarget", "WithinTolerance"}},
  };
  const std::vector<Page> all = pages();
  for (const char* policy : {kThreshold, kTracking}) {
    const Words seen = seen_under(policy, all);
    const Words& foreign = only_of.at(policy == kThreshold ? kTracking : kThreshold);
    for (const std::string& reason : declared_reasons().of_stages) {
      EXPECT_NE(seen.contains(reason), foreign.contains(reason)) << reason << " under " << policy;
    }
  }
}

TEST(Scenarios, NoPageHasAReasonThatIsNotDeclared) {
  const Reasons declared = declared_reasons();
  EXPECT_GE(declared.of_stages.size(), 30U);
  for (const Page& page : pages()) {
    for (const std::string& reason : page.reasons) {
      EXPECT_TRUE(declared.of_stages.contains(reason)) << page.name << ": " << reason;
    }
  }
}

TEST(Scenarios, EveryStageHasItsSayUnderEveryPolicyThatAsksIt) {
  const Words only_threshold{"threshold", "capacity", "cooldown"};
  const Words only_tracking{"targetTracking"};
  std::map<std::string, Words> seen;
  for (const Page& page : pages()) seen[page.policy].insert(page.stages.begin(), page.stages.end());
  for (const std::string_view stage : scaling::stage_names()) {
    const std::string name(stage);
    EXPECT_NE(seen[kThreshold].contains(name), only_tracking.contains(name)) << name;
    EXPECT_NE(seen[kTracking].contains(name), only_threshold.contains(name)) << name;
  }
}

std::string listed(const std::vector<Page>& all, const std::string& policy) {
  std::string out =
      "\n## Pages of `" + policy + "`\n\n| page | what it shows | reasons |\n|---|---|---|\n";
  for (const Page& page : all) {
    if (page.policy != policy) continue;
    out += "| [" + page.name + "](" + page.name + ".scenario) | " + page.title + " | ";
    std::string reasons;
    for (const std::string& reason : page.reasons) {
      if (reason == "ColdStart" && page.reasons.size() > 1) continue;  // everything begins with it
      reasons += (reasons.empty() ? "" : ", ") + reason;
    }
    out += reasons + " |\n";
  }
  return out;
}

TEST(Scenarios, ReadmeListsEveryPage) {
  const std::string text = file_text(kReadme);
  const std::size_t begin = text.find("\n## Pages of `threshold`");
  ASSERT_NE(begin, std::string::npos);
  const std::vector<Page> all = pages();
  const std::string expected =
      text.substr(0, begin) + listed(all, kThreshold) + listed(all, kTracking);
  if (std::getenv("UPDATE_GOLDEN") != nullptr) std::ofstream(kReadme) << expected;
  EXPECT_EQ(text, expected) << "UPDATE_GOLDEN=1 rewrites it";
}

}  // namespace
}  // namespace evalscaler::scenarios
