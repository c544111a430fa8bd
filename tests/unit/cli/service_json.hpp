// SPDX-License-Identifier: Apache-2.0
// An EvaluationService as the API server answers it, for the tests of the cluster commands.
#pragma once

#include <string>

namespace evalscaler::cli {

// Two minutes old at the tests' midnight; five replicas since a scale-up a minute ago.
inline std::string service_json(const std::string& name = "prediction-service",
                                const std::string& space = "ml") {
  return R"({"apiVersion":"evalscaler.io/v1alpha1","kind":"EvaluationService","metadata":{"name":")" +
         name + R"(","namespace":")" + space +
         R"(","uid":"u","resourceVersion":"7","generation":3,
"creationTimestamp":"2025-12-31T23:58:00Z","labels":{"a":"b"},"managedFields":[{"x":1}]},
"spec":{"mode":"Auto","future":{"field":1},"tiers":[{"name":"app","minReplicas":5,"maxReplicas":50,
"scaleTargetRef":{"name":"ml-prediction-service"},"threshold":{"metrics":[
{"name":"cpu_usage","scaleUpThreshold":"70","scaleDownThreshold":"30"},
{"name":"queue_depth","scaleUpThreshold":50,"scaleDownThreshold":5},
{"name":"own","query":"up","scaleUpThreshold":"9"}],"scaleUp":{"step":3}}}]},
"status":{"observedGeneration":3,"summary":"app 8/8","conditions":[
{"type":"Ready","status":"True","reason":"AllTargetsFound","message":"1 tier",
"lastTransitionTime":"2025-12-31T23:58:10Z"}],
"tiers":[{"name":"app","current":8,"ready":7,"desired":8,"lastScaleUpTime":"2025-12-31T23:59:00Z",
"metrics":[{"name":"cpu_usage","state":"Fresh","value":"63","sampleTime":"2025-12-31T23:59:52Z"},
{"name":"queue_depth","state":"Missing","message":"no series for ml/ml-prediction-service"},
{"name":"own","state":"Fresh","value":"10"}],
"lastDecision":{"time":"2025-12-31T23:59:55Z","from":8,"to":8,"applied":false,
"reason":"CooldownUp","message":"app holds at 8: waits","steps":[
{"stage":"threshold","from":8,"to":11,"reason":"ThresholdExceeded","message":"own 10 > 9"},
{"stage":"cooldown","from":11,"to":8,"reason":"CooldownUp","message":"waits 4m more"}]}}]}})";
}

}  // namespace evalscaler::cli
