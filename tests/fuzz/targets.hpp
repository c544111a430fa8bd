// SPDX-License-Identifier: Apache-2.0
// The fuzz targets: each reads one input as the program would read it, and throws BrokenClaim
// when something that must always hold does not.
//
// One source file each; its folder of inputs is corpus/<name>. A program per target searches
// for new inputs (fuzz_program.cpp), a test replays the known ones (replay_test.cpp).
#pragma once

#include <array>
#include <string_view>

namespace evalscaler::fuzz {

void service_object(std::string_view input);   // EvaluationService, its status, its rules
void workload_object(std::string_view input);  // Deployment, its scale subresource
void list_page(std::string_view input);        // a page of a list and its items
void lease_record(std::string_view input);     // the lease of leader election
void status_error(std::string_view input);     // Status bodies of refusals, with every code
void vector_answer(std::string_view input);    // Prometheus' answers
void watch_stream(std::string_view input);     // bytes of streams into lines into a cache
void kubeconfig(std::string_view input);
void catalogue(std::string_view input);
void promql(std::string_view input);         // a query, its tokens, its smells
void yaml(std::string_view input);           // any YAML file, and a service file
void redis_answers(std::string_view input);  // RESP, and what four answers say of a node
void cluster_nodes(std::string_view input);  // CLUSTER NODES
void plan_journal(std::string_view input);   // the journal of a plan on a Redis Cluster

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
};

inline constexpr std::array<Target, 14> kTargets{{
    {"service_object", service_object},
    {"workload_object", workload_object},
    {"list_page", list_page},
    {"lease_record", lease_record},
    {"status_error", status_error},
    {"vector_answer", vector_answer},
    {"watch_stream", watch_stream},
    {"kubeconfig", kubeconfig},
    {"catalogue", catalogue},
    {"promql", promql},
    {"yaml", yaml},
    {"redis_answers", redis_answers},
    {"cluster_nodes", cluster_nodes},
    {"plan_journal", plan_journal},
}};

}  // namespace evalscaler::fuzz
