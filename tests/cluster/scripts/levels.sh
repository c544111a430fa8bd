# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# What this machine can do. Sourced by cluster.

apt_packages="containerd runc containernetworking-plugins iptables iproute2"

cni_folder() {
  local folder
  for folder in /usr/lib/cni /opt/cni/bin /usr/libexec/cni; do
    [ -x "$folder/ptp" ] && echo "$folder" && return
  done
  return 1
}

# Prints why no cluster at all can run here, if so.
why_none() {
  local program
  for program in openssl flock setsid unshare nsenter; do
    command -v $program >/dev/null || { echo "no $program (apt-get install openssl util-linux)" && return; }
  done
  [ -e "$bin/kit" ] || "$here/build" --check >/dev/null || "$here/build" --check || :
}

# Prints why real pods cannot run here, if so.
why_no_pods() {
  local program
  [ "$(id -u)" = 0 ] || { echo "real pods need root" && return; }
  for program in containerd ctr runc containerd-shim-runc-v2 iptables ip; do
    command -v $program >/dev/null || { echo "no $program (apt-get install $apt_packages)" && return; }
  done
  for program in ptp host-local loopback portmap; do
    [ -x "$(cni_folder)/$program" ] ||
      { echo "no CNI plugin $program (apt-get install containernetworking-plugins)" && return; }
  done
  unshare --mount --net --pid --uts --ipc --fork --mount-proc true 2>/dev/null ||
    { echo "namespaces may not be made (a container without CAP_SYS_ADMIN?)" && return; }
  why_no_cgroups
}

why_no_cgroups() {
  local probe top=/sys/fs/cgroup missing
  [ -e $top/cgroup.controllers ] || top=$top/memory # version 1: any controller will do
  probe=$top/$id.probe
  if ! mkdir "$probe" 2>/dev/null; then
    echo "cgroups may not be made in $top"
    return
  fi
  if [ -e $top/cgroup.controllers ]; then
    delegate_controllers "$top"
    missing=$(missing_controllers "$top" "$probe")
    undelegate_controllers "$top"
    [ -z "$missing" ] || echo "cgroup v2 controllers$missing cannot be had in $top" \
      "(processes of a container in its top cgroup are in the way)"
  fi
  rmdir "$probe"
}

# cgroup v2: a controller is usable in a folder when the folder above lists it in
# cgroup.subtree_control. What was added is remembered, to be taken back.
controllers="cpu cpuset memory pids hugetlb io"

delegate_controllers() { # FOLDER
  local controller present
  present=" $(<"$1/cgroup.subtree_control") "
  delegated=
  for controller in $controllers; do
    [[ $present == *" $controller "* ]] && continue
    if echo "+$controller" 2>/dev/null >"$1/cgroup.subtree_control"; then delegated+=" $controller"; fi
  done
}

undelegate_controllers() { # FOLDER   refused by the kernel while somebody below uses it
  local controller
  for controller in $delegated; do
    echo "-$controller" 2>/dev/null >"$1/cgroup.subtree_control" || :
  done
}

# The kubelet wants the first four, and hugetlb where the kernel has it.
missing_controllers() { # FOLDER CHILD
  local controller above present
  above=" $(<"$1/cgroup.controllers") cpu cpuset memory pids "
  present=" $(<"$2/cgroup.controllers") "
  for controller in cpu cpuset memory pids hugetlb; do
    if [[ $above == *" $controller "* && $present != *" $controller "* ]]; then printf ' %s' "$controller"; fi
  done
}

# Sets level and reason from the machine and CLUSTER_LEVEL; never falls back from
# what was demanded.
choose_level() {
  local demanded=${CLUSTER_LEVEL:-}
  case $demanded in
    '' | pods | fake | api) ;;
    *) die "CLUSTER_LEVEL=$demanded: the levels are pods, fake and api" ;;
  esac
  reason=$(why_none)
  [ -z "$reason" ] || die "no cluster can run here: $reason"
  level=$demanded
  case $demanded in
    fake | api) return ;;
  esac
  reason=$(why_no_pods)
  if [ -z "$reason" ]; then
    level=pods
  elif [ "$demanded" = pods ]; then
    die "CLUSTER_LEVEL=pods is not possible here: $reason"
  else
    level=fake
    echo "cluster: level fake (a real control plane, but fake nodes that run nothing): $reason" >&2
  fi
}

check() {
  local reason
  reason=$(why_none)
  if [ -n "$reason" ]; then
    echo "none $reason"
    return 1
  fi
  reason=$(why_no_pods)
  if [ -z "$reason" ]; then echo pods; else echo "fake $reason"; fi
}

# Prints unshare's options for a level; nothing where no namespace can be had.
isolation() {
  if [ "$level" = pods ]; then
    echo "--mount --net --pid --uts --ipc"
  elif [ "$(id -u)" = 0 ]; then
    try_isolation --mount --pid
  else
    try_isolation --user --map-current-user --mount --pid
  fi
}

try_isolation() {
  if unshare "$@" --fork --mount-proc true 2>/dev/null; then echo "$*"; fi
}
