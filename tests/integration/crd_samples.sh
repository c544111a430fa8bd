#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
#
# Asks a real API server what it makes of the CRD and of every sample: the good ones are
# accepted and come back with their defaults, each bad one is refused with the message that
# its first line expects. Prints a line per sample; exits 1 on any mismatch.
#
# EVALSCALER_TEST_KUBECONFIG  the kubeconfig of an API server to use (required)
# KUBECTL                     kubectl (default: the cluster kit's, else the one on PATH)
set -euo pipefail
root=$(dirname "$(readlink -f "$0")")/../..
export KUBECONFIG=${EVALSCALER_TEST_KUBECONFIG:?set it to the kubeconfig of a test API server}
kubectl=${KUBECTL:-$("$root/tests/cluster/build" --where)/kubectl}
[ -x "$kubectl" ] || kubectl=kubectl
work=$(mktemp -d)
home=crd-samples-$$
failures=0
# A server without controllers never empties a namespace that is being deleted.
clean_up() {
  "$kubectl" delete -n "$home" evsvc --all --wait=false >/dev/null 2>&1 || true
  "$kubectl" delete namespace "$home" --wait=false >/dev/null 2>&1 || true
  rm -rf "$work"
}
trap clean_up EXIT

report() { # ok|FAIL WHAT [DETAIL]
  printf '%-4s %s%s\n' "$1" "$2" "${3:+: $3}"
  [ "$1" = ok ] || failures=$((failures + 1))
}

one_line() { tr '\n' ' ' <<<"$1" | cut -c1-600; }

# The server answers with everything it finds wrong, so a fragment may stand anywhere.
expect_refusal() { # NAME FILE FRAGMENT
  local answer
  if answer=$("$kubectl" create --dry-run=server -n "$home" -f "$2" 2>&1); then
    report FAIL "$1" "was accepted"
  elif [[ $answer == *"$3"* ]]; then
    report ok "$1" "$3"
  else
    report FAIL "$1" "expected '$3', got: $(one_line "$answer")"
  fi
}

expect_acceptance() { # NAME FILE
  local answer moved="s/^(metadata:.*namespace: )[a-z-]+/\1$home/"
  if answer=$("$kubectl" apply -n "$home" -f <(sed -E "$moved" "$2") 2>&1); then
    report ok "$1" "$answer"
  else
    report FAIL "$1" "$(one_line "$answer")"
  fi
}

expect_value() { # SERVICE JSONPATH VALUE
  local answer
  answer=$("$kubectl" get -n "$home" evsvc "$1" -o "jsonpath=$2" 2>&1) || true
  if [ "$answer" = "$3" ]; then report ok "$1 $2" "$3"; else
    report FAIL "$1 $2" "expected '$3', got '$(one_line "$answer")'"
  fi
}

sample() { # reads a document with one metric per line of stdin
  printf '%s\n' 'apiVersion: evalscaler.io/v1alpha1' 'kind: EvaluationService' \
    'metadata: {name: bad}' 'spec:' '  tiers:' \
    '  - {name: app, maxReplicas: 9, scaleTargetRef: {name: web}, threshold: {metrics: ['
  cat
  echo '  ]}}'
}

"$kubectl" apply -f "$root/crds" >/dev/null
"$kubectl" wait --for=condition=Established --timeout=30s crd/evaluationservices.evalscaler.io >/dev/null
"$kubectl" create namespace "$home" >/dev/null
# Established comes before every part of the server has heard of the kind.
for _ in $(seq 60); do
  "$kubectl" get evsvc -n "$home" >/dev/null 2>&1 && break
  sleep 0.5
done

for file in "$root"/manifests/samples/*.yaml; do
  [ "$(basename "$file")" != catalogue.yaml ] || continue  # the operator's, not the server's
  expect_acceptance "$(basename "$file")" "$file"
done
expect_value prediction-service '{.spec.tiers[0].threshold.metrics[0].worse}' Higher
expect_value prediction-platform '{.spec.tiers[1].redisCluster.port}' 6379

# Everything that has a default is left out, quantities of every notation.
cat >"$work/short.yaml" <<'END'
apiVersion: evalscaler.io/v1alpha1
kind: EvaluationService
metadata: {name: short}
spec:
  tiers:
  - name: app
    scaleTargetRef: {name: web}
    maxReplicas: 9
    threshold:
      metrics:
      - {name: a, scaleUpThreshold: 70, scaleDownThreshold: "0.5"}
      - {name: b, scaleUpThreshold: "80", scaleDownThreshold: 95, worse: Lower}
      - {name: c, scaleUpThreshold: 1Gi, scaleDownThreshold: 100Mi}
      - {name: d, scaleUpThreshold: "1e3", scaleDownThreshold: 500m}
      - {name: e, query: up, scaleDownThreshold: 0}
END
expect_acceptance short "$work/short.yaml"
expect_value short '{.spec.type} {.spec.mode} {.spec.intervalSeconds} {.spec.prometheus}' \
  'EvaluationEngine Auto 15 default'
expect_value short '{.spec.tiers[0].threshold.scaleDown}' \
  '{"allowWhileHigh":false,"cooldownSeconds":300,"quorum":"0.7","step":1}'

for file in "$root"/manifests/samples/bad/*.yaml; do
  fragment=$(sed -n '1s/^# expect: //p' "$file")
  if [ -z "$fragment" ]; then
    report FAIL "$(basename "$file")" "its first line must be '# expect: MESSAGE'"
    continue
  fi
  expect_refusal "$(basename "$file")" "$file" "$fragment"
done

# Too large to be kept as files.
metrics='spec.tiers[0].threshold.metrics'
printf '{name: a, scaleUpThreshold: 1, query: "%s"}\n' "$(head -c 1000000 /dev/zero | tr '\0' x)" |
  sample >"$work/query-of-1-mb.yaml"
expect_refusal query-of-1-mb "$work/query-of-1-mb.yaml" "${metrics}[0].query: Too long"
seq -f '{name: m%.0f, scaleUpThreshold: 1},' 10000 | sample >"$work/ten-thousand-metrics.yaml"
expect_refusal ten-thousand-metrics "$work/ten-thousand-metrics.yaml" "$metrics: Too many: 10000"

# A status as the operator writes it is taken whole (strict validation refuses a field that the
# schema does not know), and fills every column.
{
  cat "$work/short.yaml"
  echo "status:"
  sed 's/^/  /' "$root/tests/golden/status.json"
} >"$work/status.yaml"
if answer=$("$kubectl" replace -n "$home" --subresource=status --validate=strict \
  -f "$work/status.yaml" 2>&1); then
  report ok status.json "$answer"
else
  report FAIL status.json "$(one_line "$answer")"
fi
columns=$("$kubectl" get -n "$home" evsvc short -o wide)
echo "$columns"
for text in MODE TIERS READY REASON AGE "LAST SCALE" MESSAGE Auto; do
  [[ $columns == *"$text"* ]] || report FAIL columns "no $text"
done
[[ $columns != *"<none>"* && $columns != *"<unknown>"* ]] || report FAIL columns "one is empty"

echo "$failures mismatches"
[ "$failures" -eq 0 ]
