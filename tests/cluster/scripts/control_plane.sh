# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# How the control plane's programs are called. Sourced by cluster.

# Eight ports of this machine below those that the kernel gives out by itself.
take_ports() {
  local block first=$((16#${id#evs-} % 1500)) tries port
  address=127.0.0.1 service_range=10.96.0.0/16 service_address=10.96.0.1
  for ((tries = 0; tries < 1500; tries++)); do
    block=$((20000 + (first + tries) % 1500 * 8))
    for ((port = block; port < block + 8; port++)); do
      if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then continue 2; fi
    done
    break
  done
  api_port=$block api2_port=$((block + 1)) etcd_port=$((block + 2)) peer_port=$((block + 3))
  controllers_port=$((block + 4)) scheduler_port=$((block + 5)) prometheus_port=$((block + 6))
  url=https://127.0.0.1:$api_port url2=https://127.0.0.1:$api2_port
}

start_control_plane() {
  local tls=(--cert-file="$S/pki/etcd.crt" --key-file="$S/pki/etcd.key"
    --trusted-ca-file="$S/pki/etcd-ca.crt" --client-cert-auth
    --peer-cert-file="$S/pki/etcd.crt" --peer-key-file="$S/pki/etcd.key"
    --peer-trusted-ca-file="$S/pki/etcd-ca.crt" --peer-client-cert-auth)
  local client=https://127.0.0.1:$etcd_port peer=https://127.0.0.1:$peer_port
  # Not synced to disk: the data need to outlive etcd, but not the machine.
  start etcd "$bin/etcd" --name=node0 --data-dir="$S/etcd" "${tls[@]}" --unsafe-no-fsync --log-level=warn \
    --listen-client-urls="$client" --advertise-client-urls="$client" \
    --listen-peer-urls="$peer" --initial-advertise-peer-urls="$peer" --initial-cluster="node0=$peer"
  start_apiserver apiserver "$api_port"
}

start_apiserver() { # NAME PORT
  local pki=$S/pki audit=()
  if [ "${CLUSTER_AUDIT:-0}" = 1 ]; then
    cp "$here/manifests/audit-policy.yaml" "$S/etc/"
    audit=(--audit-policy-file="$S/etc/audit-policy.yaml"
      --audit-log-path="$S/log/audit${1#apiserver}.log" --audit-log-maxsize=500)
  fi
  start "$1" "$bin/kube-apiserver" --secure-port="$2" --bind-address="$address" --advertise-address="$address" \
    --etcd-servers="https://127.0.0.1:$etcd_port" --etcd-cafile="$pki/etcd-ca.crt" \
    --etcd-certfile="$pki/etcd-client.crt" --etcd-keyfile="$pki/etcd-client.key" \
    --etcd-compaction-interval="${CLUSTER_COMPACTION:-5m}" --service-cluster-ip-range="$service_range" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" \
    --client-ca-file="$pki/ca.crt" --kubelet-certificate-authority="$pki/ca.crt" \
    --kubelet-client-certificate="$pki/apiserver-kubelet.crt" \
    --kubelet-client-key="$pki/apiserver-kubelet.key" --kubelet-preferred-address-types=InternalIP \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/sa.pub" --service-account-signing-key-file="$pki/sa.key" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --requestheader-client-ca-file="$pki/front-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- \
    --proxy-client-cert-file="$pki/front-client.crt" --proxy-client-key-file="$pki/front-client.key" \
    --endpoint-reconciler-type=lease --shutdown-delay-duration=0s --profiling=false "${audit[@]}"
}

# These end when they find no API server, so they come after it.
start_controllers() {
  local name=kube-controller-manager config
  config=$S/etc/$name.kubeconfig
  start controller-manager "$bin/$name" --kubeconfig="$config" --authentication-kubeconfig="$config" \
    --authorization-kubeconfig="$config" --bind-address=127.0.0.1 --secure-port="$controllers_port" \
    --leader-elect=false --use-service-account-credentials=true --root-ca-file="$S/pki/ca.crt" \
    --service-account-private-key-file="$S/pki/sa.key" --cluster-signing-cert-file="$S/pki/ca.crt" \
    --cluster-signing-key-file="$S/pki/ca.key" --node-monitor-grace-period=60s --profiling=false \
    --horizontal-pod-autoscaler-sync-period="${CLUSTER_HPA_SYNC:-15s}" \
    --kube-api-qps=200 --kube-api-burst=400
  name=kube-scheduler config=$S/etc/kube-scheduler.kubeconfig
  start scheduler "$bin/$name" --kubeconfig="$config" --authentication-kubeconfig="$config" \
    --authorization-kubeconfig="$config" --bind-address=127.0.0.1 --secure-port="$scheduler_port" \
    --leader-elect=false --profiling=false --kube-api-qps=200 --kube-api-burst=400
}

start_kwok() {
  "$bin/kit" kwok-stages >"$S/etc/stages.yaml"
  start kwok "$bin/kwok" --config="$S/etc/stages.yaml" --kubeconfig="$S/etc/kwok.kubeconfig" \
    --manage-all-nodes=false --manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake \
    --node-lease-duration-seconds=40 --server-address=
}

fake_nodes() {
  local number
  for ((number = 0; number < ${CLUSTER_FAKE_NODES:-1}; number++)); do
    sed "s/@NAME@/node$number/g" "$here/manifests/fake-node.yaml"
  done
}

apiserver2() {
  if [ ! -e "$S/component/apiserver2" ]; then start_apiserver apiserver2 "$api2_port"; fi
  write_kubeconfig "$S/kubeconfig2" admin "$url2"
  wait_for "the second API server" 90 ready_api apiserver2 "$S/kubeconfig2"
  echo "$url2"
  echo "export KUBECONFIG=$S/kubeconfig2"
}

etcdctl() {
  enter "$bin/etcdctl" --endpoints="https://127.0.0.1:$etcd_port" --cacert="$S/pki/etcd-ca.crt" \
    --cert="$S/pki/etcd-client.crt" --key="$S/pki/etcd-client.key" "$@"
}

compact() {
  local revision
  revision=$(etcdctl endpoint status -w fields | sed -n 's/^"Revision" : //p')
  [ -n "$revision" ] || die "compact: etcd does not answer"
  etcdctl compact --physical "$revision"
}
