# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The real node of level pods: its place, its programs and their configuration.
# Sourced by cluster.

# Folders that the node's programs want on the machine; each gets one of its own mounted.
node_folders="/var/lib/kubelet /var/lib/cni /var/log/pods /var/log/containers"

prepare_node() {
  make_cgroups
  make_folders
  mkdir "$S/podlogs" "$S/kubelet"
  # shellcheck disable=SC2086
  enter bash "$here/scripts/enter_node" "$S/etc" "$slot" $node_folders >"$S/log/node.log" 2>&1 ||
    die "the node cannot be prepared: $(tail -1 "$S/log/node.log")"
}

make_cgroups() {
  local folder top=/sys/fs/cgroup
  if [ -e $top/cgroup.controllers ]; then
    delegate_controllers $top
    echo "$delegated" >"$S/delegated"
    mkdir -p "$top/$id"
    delegate_controllers "$top/$id"
    return
  fi
  for folder in "$top"/*/; do
    # A name like cpu,cpuacct may be a link to the same folder.
    mkdir -p "$folder$id" || die "cannot make $folder$id"
  done
  for folder in cpus mems; do # empty at first, and then nothing may run there
    cat "$top/cpuset/cpuset.$folder" >"$top/cpuset/$id/cpuset.$folder"
  done
}

remove_cgroups() {
  local tries folder
  for ((tries = 0; tries < 100; tries++)); do
    cgroups | while read -r folder; do rmdir "$folder" 2>/dev/null || :; done
    [ -n "$(cgroups)" ] || break
    sleep 0.05
  done
  [ -z "$(cgroups)" ] || echo "cluster: left behind: $(cgroups | tr '\n' ' ')" >&2
  if [ -s "$S/delegated" ]; then
    delegated=$(<"$S/delegated")
    undelegate_controllers /sys/fs/cgroup
  fi
}

# Removing a folder takes the mounts on it from every namespace, so the last cluster
# does it, and one that finds empty folders next to another cluster adopts them.
make_folders() {
  local folder made=''
  for folder in $node_folders; do
    if [ ! -d "$folder" ] || { others_run && rmdir_able "$folder"; }; then made+=" $folder"; fi
  done
  echo "$made" >"$S/made"
  # shellcheck disable=SC2086
  mkdir -p $node_folders
}

rmdir_able() { [ -z "$(ls -A "$1")" ]; }

others_run() {
  [ -n "$(find /sys/fs/cgroup -maxdepth 2 -type d -name 'evs-????????' ! -name "$id" 2>/dev/null)" ]
}

remove_made_folders() {
  local folder
  if [ ! -s "$S/made" ] || others_run; then return; fi
  for folder in $(<"$S/made"); do rmdir "$folder" 2>/dev/null || :; done
}

ctr() { enter ctr -a /run/containerd/containerd.sock "$@"; }

import() { # IMAGE.tar
  local snapshotter
  snapshotter=$(<"$S/etc/snapshotter")
  ctr -n k8s.io images import --snapshotter "$snapshotter" - <"$1" >>"$S/log/images.log" 2>&1
}

start_containerd() {
  local snapshotter=overlayfs
  [ "$(stat -f -c %T "$S")" != overlayfs ] || snapshotter=native # no overlay on an overlay
  echo "$snapshotter" >"$S/etc/snapshotter"
  mkdir "$S/etc/cni"
  cat >"$S/etc/cni/10-pods.conflist" <<JSON
{"cniVersion": "0.4.0", "name": "pods", "plugins": [
  {"type": "ptp", "ipMasq": false, "mtu": 1500, "ipam": {
    "type": "host-local", "dataDir": "/run/cni", "routes": [{"dst": "0.0.0.0/0"}],
    "ranges": [[{"subnet": "10.252.$slot.0/24", "rangeStart": "10.252.$slot.2", "rangeEnd": "10.252.$slot.250"}]]}},
  {"type": "portmap", "capabilities": {"portMappings": true}}]}
JSON
  cat >"$S/etc/containerd.toml" <<TOML
version = 2
root = "$S/containerd"
state = "/run/containerd"
disabled_plugins = [
  "io.containerd.internal.v1.opt", # makes /opt/containerd on the machine
  "io.containerd.internal.v1.tracing", "io.containerd.tracing.processor.v1.otlp",
  "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs"]
[grpc]
  address = "/run/containerd/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "docker.io/local/pause:1"
  restrict_oom_score_adj = true
  disable_tcp_service = true
  stream_server_address = "127.0.0.1"
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = "$(cni_folder)"
  conf_dir = "$S/etc/cni"
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = "$snapshotter"
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  SystemdCgroup = false
TOML
  start containerd containerd -c "$S/etc/containerd.toml" -l warn
  "$here/image" docker.io/local/pause:1 "$S/etc/pause.tar" /pause "$bin/pause=/pause"
  wait_for containerd 30 ctr version
  import "$S/etc/pause.tar" || die "the pause image is refused (log: $S/log/images.log)"
}

start_node() {
  start_dns
  start_kubelet
  start_kube_proxy
}

start_dns() {
  cat >"$S/etc/Corefile" <<DNS
.:53 {
  errors
  cache 5
  kubernetes cluster.local in-addr.arpa {
    kubeconfig "$S/etc/coredns.kubeconfig"
    ttl 5
  }
}
DNS
  start coredns "$bin/coredns" -conf "$S/etc/Corefile"
}

start_kubelet() {
  : >"$S/etc/resolv.conf"
  cat >"$S/etc/kubelet.yaml" <<YAML
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: $address
port: 10250
readOnlyPort: 0
healthzPort: 0
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: "$S/pki/ca.crt"}}
authorization: {mode: Webhook}
tlsCertFile: $S/pki/kubelet-server.crt
tlsPrivateKeyFile: $S/pki/kubelet-server.key
failSwapOn: false
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$id
enforceNodeAllocatable: []
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
podLogsDir: $S/podlogs
resolvConf: $S/etc/resolv.conf
clusterDomain: cluster.local
clusterDNS: [$address]
maxPods: 240
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 50Mi, nodefs.available: 0%, nodefs.inodesFree: 0%, imagefs.available: 0%, imagefs.inodesFree: 0%}
nodeStatusUpdateFrequency: 10s
nodeLeaseDurationSeconds: 60
volumeStatsAggPeriod: -1s
eventRecordQPS: 0
kubeAPIQPS: 100
kubeAPIBurst: 200
YAML
  start kubelet "$bin/kubelet" --config="$S/etc/kubelet.yaml" --kubeconfig="$S/etc/kubelet.kubeconfig" \
    --root-dir="$S/kubelet" --hostname-override=node0 --node-ip="$address" --housekeeping-interval=5s
}

start_kube_proxy() {
  cat >"$S/etc/kube-proxy.yaml" <<YAML
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: ${CLUSTER_PROXY:-iptables}
hostnameOverride: node0
clusterCIDR: 10.252.$slot.0/24
clientConnection: {kubeconfig: "$S/etc/kube-proxy.kubeconfig"}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
healthzBindAddress: ""
metricsBindAddress: 127.0.0.1:10249
iptables: {minSyncPeriod: 200ms}
nftables: {minSyncPeriod: 200ms}
YAML
  start kube-proxy "$bin/kube-proxy" --config="$S/etc/kube-proxy.yaml"
}
