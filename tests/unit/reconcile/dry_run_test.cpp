// SPDX-License-Identifier: Apache-2.0
// DryRun writes nothing to a target, whatever happens to it: random readings, edits, restarts.
#include "reconcile/reconciler.hpp"

#include <algorithm>
#include <random>

#include "visit_fixture.hpp"

namespace evalscaler::reconcile {
namespace {

class DryRun : public VisitFixture {
 protected:
  int whole(int from, int to) { return std::uniform_int_distribution<int>(from, to)(random_); }

  // Waits for a status write only if the last one was used.
  void visit_once() {
    if (api_.calls().size() == expected_) {
      expect_status_write();
      ++expected_;
    }
    ASSERT_TRUE(visit());
  }

  void happen() {
    const int value = whole(0, 2) == 0 ? 5 : whole(0, 200);
    readings_.set("cpu",
                  whole(0, 9) == 0 ? Reading::missing("no series") : Reading::fresh_value(value));
    if (whole(0, 9) == 0) target_.seen.spec_replicas = whole(0, 30);
    if (whole(0, 4) == 0) target_.seen.ready_replicas = whole(0, target_.seen.spec_replicas);
    if (whole(0, 19) == 0) make_reconciler();
    if (whole(0, 19) == 0) edit();
    next_round();
  }

  void edit() {
    tier().min_replicas = whole(0, 6);
    tier().max_replicas = tier().min_replicas + whole(1, 20);
    tier().threshold->scale_down.cooldown = std::chrono::seconds(whole(0, 60));
    apply_new_spec();
  }

  std::size_t expected_ = 0;
  std::mt19937 random_{20260101};
};

TEST_F(DryRun, NeverWritesToTheTarget) {
  service_.spec.mode = api::Mode::DryRun;
  apply();
  for (int i = 0; i < 400; ++i) {
    happen();
    visit_once();
    ASSERT_TRUE(target_.writes.empty()) << "visit " << i << ": " << target_.writes.front();
  }
  // It had reasons to, and said so.
  const auto said = events_.reasons();
  EXPECT_GE(std::count(said.begin(), said.end(), "Normal WouldScaleUp"), 10);
  EXPECT_GE(std::count(said.begin(), said.end(), "Normal WouldScaleDown"), 10);
  if (api_.calls().size() < expected_) {  // use up the last expectation
    edit();
    ASSERT_TRUE(visit());
  }
}

}  // namespace
}  // namespace evalscaler::reconcile
