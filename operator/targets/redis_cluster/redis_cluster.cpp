// SPDX-License-Identifier: Apache-2.0
#include "targets/redis_cluster/redis_cluster.hpp"

#include <algorithm>
#include <utility>

#include "core/text.hpp"
#include "redis/carry_out.hpp"
#include "redis/observe.hpp"
#include "redis/preflight.hpp"
#include "redis/step.hpp"
#include "targets/redis_cluster/plan_text.hpp"
#include "targets/scale_document.hpp"

namespace evalscaler::targets {
namespace {

using std::chrono::milliseconds;

// Between two looks at what has to come to pass by itself, or has to be mended.
constexpr milliseconds kWaitRecheck{1'000};
constexpr milliseconds kHoldRecheck{10'000};

// What fails once is tried again; what goes on failing is told.
constexpr milliseconds kFailingPatience{20'000};

// How long slots are moved in one turn, and for how long it is worth beginning again.
constexpr milliseconds kTurn{1'000};
constexpr milliseconds kLeastMoving{100};

redis::Intent intent_of(PlanIntent intent) {
  return intent == PlanIntent::Stop ? redis::Intent::Stop : redis::Intent::Continue;
}

bool concerns_slots(const redis::Action& action) {
  return std::holds_alternative<redis::MoveSlots>(action) ||
         std::holds_alternative<redis::FinishSlots>(action);
}

}  // namespace

struct RedisClusterTarget::Scene {
  Surroundings around;
  Links links;
  std::optional<redis::ClusterView> view;
};

RedisClusterTarget::RedisClusterTarget(kube::KubeApi& api,
                                       const kube::ObjectCache<WorkloadObject>& stateful_sets,
                                       Clock& clock, MakeRedisConnector connect,
                                       std::function<bool()> may_write)
    : api_(api),
      pods_(stateful_set_resource(), api, stateful_sets, clock),
      clock_(clock),
      links_(clock, connect, std::move(may_write)) {}

RedisClusterTarget::~RedisClusterTarget() = default;

Result<Replicas> RedisClusterTarget::step_towards(const ObjectKey& key,
                                                  const api::TargetObservation& based_on,
                                                  Replicas wanted,
                                                  const std::stop_token& /*stop*/) {
  if (wanted == based_on.spec_replicas) return wanted;
  return fail(ErrorKind::Invalid,
              "StatefulSet " + key.text() + ": a Redis Cluster is changed by plans only");
}

Result<RedisClusterTarget::Scene> RedisClusterTarget::look(const PlanRequest& request,
                                                           const std::stop_token& stop) {
  const api::RedisClusterBlock& block = *request.tier->redis_cluster;
  Scene scene;
  auto around = look_around(api_, request.key, block, stop);
  if (!around) return around.error();
  scene.around = std::move(around).value();
  auto password = read_password(api_, request.key.space, block, stop);
  if (!password) return password.error();
  wire::RedisAccess access;
  access.user = block.username;
  access.password = std::move(password).value();
  scene.links = links_.take(request.key, std::move(access));
  auto view = redis::observe(scene.around.pods, *scene.links.connections, stop);
  if (!view) return view.error();
  scene.view.emplace(std::move(view).value());
  return scene;
}

Result<PlanTurn> RedisClusterTarget::begin(const PlanRequest& request, Replicas wanted,
                                           std::string plan_id, const std::stop_token& stop) {
  auto scene = look(request, stop);
  if (!scene) return scene.error();
  redis::PlanRequest wish;
  wish.plan_id = plan_id;
  wish.replicas_per_shard = request.tier->redis_cluster->replicas_per_shard;
  wish.to_shards = wanted;
  wish.evicted_before = pace_.evictions_before(request.key, *scene->view);
  const auto begun = redis::begin_plan(*scene->view, scene->around.facts, wish);

  PlanTurn turn;
  api::PlanStatus& plan = turn.plan.emplace();
  plan.id = std::move(plan_id);
  plan.phase = kPreflight;
  plan.from = scene->around.facts.replicas / pods_per_shard(request);
  plan.to = wanted;
  plan.started = request.now;
  if (const auto* refusals = std::get_if<std::vector<redis::Refusal>>(&begun)) {
    tell(*refusals, plan);
    turn.next = kHoldRecheck;
    return turn;
  }
  const auto& journal = std::get<redis::Journal>(begun);
  plan.to = journal.to_pods / pods_per_shard(request);
  plan.progress.slots_total = journal.total_slots;
  plan.message = goal_of(plan);
  if (const std::string note = engine_note_of(*scene, stop); !note.empty()) {
    plan.message += "; " + note;
  }
  plan.journal = redis::to_json(journal);
  return turn;
}

Result<api::PlanPreview> RedisClusterTarget::preview(const PlanRequest& request, Replicas wanted,
                                                     const std::stop_token& stop) {
  auto scene = look(request, stop);
  if (!scene) return scene.error();
  redis::PlanRequest wish;
  wish.plan_id = "preview";
  wish.replicas_per_shard = request.tier->redis_cluster->replicas_per_shard;
  wish.to_shards = wanted;
  const auto begun = redis::begin_plan(*scene->view, scene->around.facts, wish);
  api::PlanPreview out;
  out.from = scene->around.facts.replicas / pods_per_shard(request);
  out.to = out.wanted = wanted;
  if (const auto* refusals = std::get_if<std::vector<redis::Refusal>>(&begun)) {
    for (const redis::Refusal& refusal : *refusals) {
      out.obstacles.push_back({std::string(redis::to_text(refusal.reason)), refusal.message});
    }
    return out;
  }
  const auto& journal = std::get<redis::Journal>(begun);
  out.to = journal.to_pods / pods_per_shard(request);
  const auto weights = redis::weigh_slots(*scene->view, *scene->links.connections, stop);
  if (!weights) return weights.error();
  foretell(journal, *scene->view, *weights, request, out);
  if (const std::string note = engine_note_of(*scene, stop); !note.empty()) {
    out.notes.push_back(note);
  }
  return out;
}

// Whether the server knows a better way than ours; empty if it does not.
std::string RedisClusterTarget::engine_note_of(Scene& scene, const std::stop_token& stop) {
  if (scene.around.pods.empty()) return {};
  const auto server = redis::detect_atomic_migration(scene.around.pods.front().address,
                                                     *scene.links.connections, stop);
  return server ? std::string(redis::engine_note(*server)) : std::string();
}

Result<PlanTurn> RedisClusterTarget::take_turn(const PlanRequest& request,
                                               const api::PlanStatus& written, PlanIntent intent,
                                               const std::stop_token& stop) {
  api::PlanStatus plan = written;
  auto journal = redis::parse_journal(written.journal);
  if (!journal) {
    tell({{redis::Reason::OtherJournal, "", 0, journal.error().message}}, plan);
    return PlanTurn{std::move(plan), kHoldRecheck};
  }
  auto scene = look(request, stop);
  if (!scene) return scene.error();

  redis::SlotSet begun;
  if (intent == PlanIntent::Stop) {
    auto found = redis::find_begun(*journal, *scene->view, *scene->links.connections, stop);
    if (!found) return found.error();
    begun = *found;
  }
  const auto step_with = [&](const redis::SlotWeights& weights) {
    return redis::next_step(*journal, *scene->view,
                            {scene->around.facts, weights, request.now, intent_of(intent), begun});
  };
  redis::Step step = step_with({});
  // Slots are weighed only when some are about to be chosen.
  const bool chooses = intent == PlanIntent::GoOn && step.journal.batch != journal->batch;
  if (chooses && !step.journal.batch.empty()) {
    const auto weights = redis::weigh_slots(*scene->view, *scene->links.connections, stop);
    if (weights) step = step_with(*weights);
  }
  measure(*scene->view, step.journal, plan);
  if (step.journal != *journal) {
    plan.journal = redis::to_json(step.journal);
    plan.phase = phase_of(step.action, plan.phase);
    plan.message = redis::describe(step.action);
    plan.reason.clear();
    links_.keep(request.key, std::move(scene->links));
    return PlanTurn{std::move(plan), milliseconds(0)};
  }
  PlanTurn turn = act(request, *scene, {*journal, step.action, intent}, std::move(plan), stop);
  if (turn.plan) links_.keep(request.key, std::move(scene->links));
  return turn;
}

PlanTurn RedisClusterTarget::act(const PlanRequest& request, Scene& scene, const Due& due,
                                 api::PlanStatus plan, const std::stop_token& stop) {
  const redis::Action& action = due.action;
  plan.phase = phase_of(action, plan.phase);
  plan.message = redis::describe(action);
  plan.reason.clear();
  if (std::holds_alternative<redis::Done>(action)) {
    pace_.forget(request.key);
    return {};
  }
  if (const auto* hold = std::get_if<redis::Hold>(&action)) {
    tell({hold->why}, plan);
    return {std::move(plan), kHoldRecheck};
  }
  if (const auto* wait = std::get_if<redis::Wait>(&action)) {
    plan.message = wait->why.message;
    if (pace_.waited(request.key, plan, wait->why, clock_.steady()) > wait->patience)
      tell({wait->why}, plan);
    return {std::move(plan), kWaitRecheck};
  }
  Result<void> done;
  if (const auto* grow = std::get_if<redis::GrowStatefulSet>(&action)) {
    done = scale(request.key, scene.around, grow->to_pods, stop);
  } else if (const auto* shrink = std::get_if<redis::ShrinkStatefulSet>(&action)) {
    done = scale(request.key, scene.around, shrink->proof.to_pods(), stop);
  } else {
    done = act_on_nodes(request, scene, due, plan, stop);
  }
  if (done) {
    pace_.acted(request.key);
  } else {
    plan.message = done.error().message;
    const redis::Refusal why = failure_of(action, done.error());
    if (pace_.waited(request.key, plan, why, clock_.steady()) > kFailingPatience) tell({why}, plan);
  }
  pace_.measure_rate(request.key, plan, clock_.steady());
  if (!done) return {std::move(plan), kWaitRecheck};
  // What is held is not tried once a second: each try sends keys.
  const bool held = !plan.reason.empty();
  return {std::move(plan), held ? kHoldRecheck : milliseconds(0)};
}

// Slots are gone on with until the turn's second is over, each time from what all nodes say then.
// What Kubernetes says is read once for all of them: nothing here takes anything away.
Result<void> RedisClusterTarget::act_on_nodes(const PlanRequest& request, Scene& scene,
                                              const Due& due, api::PlanStatus& plan,
                                              const std::stop_token& stop) {
  const SteadyTime end = clock_.steady() + kTurn;
  redis::Action action = due.action;
  for (;;) {
    redis::MigrationLimits limits = limits_of(request);
    limits.visit =
        std::max(kLeastMoving, std::chrono::duration_cast<milliseconds>(end - clock_.steady()));
    const auto engine = redis::make_classic_migration(limits, clock_);
    const auto moved = redis::carry_out(action, {*scene.links.connections, *engine, clock_}, stop);
    if (!moved) return moved.error();
    plan.progress.keys_moved += moved->keys;
    plan.progress.bytes_moved += moved->bytes;
    plan.progress.slots_moved += moved->slots;
    if (moved->held) {
      tell({*moved->held}, plan);
      return {};
    }
    if (!concerns_slots(action) || clock_.steady() + kLeastMoving >= end) return {};
    auto view = redis::observe(scene.around.pods, *scene.links.connections, stop);
    if (!view) return view.error();
    scene.view.emplace(std::move(view).value());
    redis::Step next = redis::next_step(
        due.journal, *scene.view, {scene.around.facts, {}, request.now, intent_of(due.intent)});
    if (next.journal != due.journal || !concerns_slots(next.action)) return {};
    action = std::move(next.action);
  }
}

// R36, F1: one try. Whatever it comes to, the next turn finds it in what is there then.
Result<void> RedisClusterTarget::scale(const ObjectKey& key, const Surroundings& around, int pods,
                                       const std::stop_token& stop) {
  const auto reply = api_.patch(
      kube::object_path(stateful_set_resource(), key, "scale"), kube::PatchType::Json,
      scale_patch({around.facts.uid, around.resource_version, around.facts.replicas}, pods), stop);
  if (reply) return {};
  return Error{reply.error().kind, "StatefulSet " + key.text() + ": " + reply.error().message,
               reply.error().retry_after};
}

}  // namespace evalscaler::targets
