// SPDX-License-Identifier: Apache-2.0
// Every hold names the nearest way out.
#include <gtest/gtest.h>

#include "scaling/explain.hpp"
#include "scene.hpp"

namespace evalscaler::scaling {
namespace {

using std::chrono::seconds;

std::string up(Scene& scene) {
  return way_up(assess(scene.built()));
}
std::string down(Scene& scene) {
  return way_down(assess(scene.built()));
}

TEST(Explain, AHoldSaysWhatUpAndDownNeedAndHowTheCooldownStands) {
  Scene scene;
  scene.metric("cpu_usage", 70, 30, 63)
      .metric("queue_depth", 50, 5, 47)
      .metric("memory_usage", 80, 40, 20)
      .metric("requests_per_second", 100, 20, 10)
      .metric("avg_response_time", 1000, 200, 300)
      .scaled_up(seconds{420});
  EXPECT_EQ(scene.decide().message,
            "app holds at 5: up needs queue_depth > 50 (is 47) or cpu_usage > 70 (is 63) or "
            "avg_response_time > 1000 (is 300) or 2 more; down needs 4 of 5 low, has 2 "
            "(needed 0.7, saw 0.4; next: "
            "cpu_usage < 30, is 63; queue_depth < 5, is 47; avg_response_time < 200, is 300); "
            "cooldown ended 2m ago");
}

TEST(Explain, UpCountsTheTriggerScoreIn) {
  Scene scene;
  scene.reference_setting().metric("cpu", 70, 30, 63).lower_metric("hits", 85, 95, 90);
  EXPECT_EQ(up(scene), "up needs a score of 0.7, is 0: hits <= 50 (is 90) or cpu >= 119 (is 63)");
}

TEST(Explain, UpThatCannotFireSaysWhy) {
  Scene scene;
  scene.metric("cpu", 70, 30, 50);
  scene.policy().scale_up.trigger_score = {1.5};
  EXPECT_EQ(up(scene), "up can never fire: triggerScore is above 1, the highest score");
  scene.policy().metrics[0].scale_up.reset();
  scene.policy().scale_up.trigger_score = {0};
  EXPECT_EQ(up(scene), "up can never fire: no metric has a scaleUpThreshold");
  scene.replicas(50);
  EXPECT_EQ(up(scene), "up needs a maxReplicas above 50");
}

TEST(Explain, DownThatCannotFireSaysWhy) {
  Scene scene;
  scene.metric("cpu", 70, 30, 50).policy().metrics[0].scale_down.reset();
  EXPECT_EQ(down(scene), "down can never fire: no metric with a scaleDownThreshold votes");
  scene.policy().metrics[0].scale_down = Quantity{30};
  scene.policy().scale_down.quorum = {1.5};
  EXPECT_EQ(down(scene), "down can never fire: quorum is above 1");
  scene.replicas(1);
  EXPECT_EQ(down(scene), "down needs a minReplicas below 1");
}

TEST(Explain, DownNamesWhatVetoesIt) {
  Scene scene;
  scene.metric("cpu", 70, 30, 1).metric("queue", 70, 30, Reading::missing("no series"));
  EXPECT_EQ(down(scene),
            "down needs 2 of 2 low, has 1 (needed 0.7, saw 0.5), and every reading fresh: queue is "
            "Missing: no series");
}

TEST(Explain, UpNamesReadingsThatAreNotFreshLast) {
  Scene scene;
  scene.metric("a", 70, 30, Reading::immature("7 s of 60 s")).metric("b", 70, 30, 1);
  EXPECT_EQ(up(scene), "up needs b > 70 (is 1) or a > 70 (is Immature: 7 s of 60 s)");
}

TEST(Explain, AWhyFromOutsideStaysOneShortLine) {
  Scene scene;
  scene.metric("a", 70, 30, Reading::missing("bad\n\x1b[2J" + std::string(5000, 'x')));
  const std::string message = scene.decide().message;
  EXPECT_LT(message.size(), 400U);
  EXPECT_EQ(message.find('\n'), std::string::npos);
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
}

TEST(Explain, CooldownTellsWhatIsLeftOfEachDirection) {
  Scene scene;
  scene.metric("a", 70, 30, 50);
  EXPECT_EQ(cooldown_text(scene.built()), "");
  scene.policy().scale_down.cooldown = seconds{600};
  scene.scaled_up(seconds{120});
  EXPECT_EQ(cooldown_text(scene.built()), "cooldown: up waits 3m, down waits 8m more");
  scene.inputs.history.last_scale_up.reset();
  scene.scaled_down(seconds{720});
  EXPECT_EQ(cooldown_text(scene.built()), "cooldown ended 2m ago");
}

}  // namespace
}  // namespace evalscaler::scaling
