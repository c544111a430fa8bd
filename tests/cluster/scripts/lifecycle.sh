# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# From nothing to a cluster and back, whatever state things are in. Sourced by cluster.

# The supervisor's pid as we see it, if it still is the process that was started.
supervisor_pid() {
  local pid start
  read -r pid start 2>/dev/null <"$S/supervisor" || return 1
  [ "$(start_of "$pid")" = "$start" ] && echo "$pid"
}

# Takes the settings of the cluster, if it is up.
is_up() {
  supervisor_pid >/dev/null && [ -e "$S/settings" ] || return 1
  # shellcheck source=/dev/null
  . "$S/settings"
}

start_of() { # PID   prints when it started, nothing for a zombie
  sed -n 's/^.*) //p' "/proc/$1/stat" 2>/dev/null | awk '$1 != "Z" {print $20}'
}

# All processes of the cluster that we can see: they inherit the open lock file, which
# stays true when the supervisor is gone, or the folder itself.
holders() {
  { find /proc/[0-9]*/fd -lname "${S//[][*?\\]/\\&}/lock*" 2>/dev/null || :; } | cut -d/ -f3 | sort -un
}

cgroups() {
  find /sys/fs/cgroup -depth -type d \( -path "*/$id" -o -path "*/$id/*" \) 2>/dev/null || :
}

# One "up" or "down" at a time. "down" removes the file, so see that it is still there.
# The file also says that the folder is ours to empty: it is the first to come and the last
# to go.
lock_state() {
  local end=$((SECONDS + 180))
  if [ -d "$S" ] && [ ! -e "$S/up.lock" ] && [ -n "$(ls -A "$S")" ] && [ ! -e "$S/up.lock" ]; then
    die "CLUSTER_STATE=$S is a folder with other things in it: name one that is empty or new"
  fi
  while [ "$SECONDS" -lt "$end" ]; do
    mkdir -p "$S"
    { exec 8>"$S/up.lock"; } 2>/dev/null || continue
    flock -w $((end - SECONDS)) 8 || break
    if [ "$S/up.lock" -ef /proc/self/fd/8 ]; then return; fi
  done
  die "another 'up' or 'down' of $S does not end"
}

clean_up() {
  local tries pids
  for ((tries = 0; tries < 200; tries++)); do
    pids=$(holders)
    [ -n "$pids" ] || break
    # shellcheck disable=SC2086
    kill -KILL $pids 2>/dev/null || :
    sleep 0.05
  done
  [ -z "$(holders)" ] || die "processes of $S do not die: $(holders | tr '\n' ' ')"
  if [ "$(id -u)" = 0 ]; then
    ip link delete "$id" 2>/dev/null || : # left only if its other end never got a home
    remove_cgroups
    remove_made_folders
  fi
  find "$S" -mindepth 1 -maxdepth 1 ! -name lock ! -name up.lock -exec rm -rf {} +
}

down() {
  lock_state
  clean_up
  rm -f "$S/lock" "$S/up.lock"
  rmdir "$S" 2>/dev/null || :
}

up() {
  local level reason started=${EPOCHREALTIME/./} folder
  lock_state
  if [ -e "$S/ready" ] && is_up; then
    [ "${CLUSTER_LEVEL:-$level}" = "$level" ] ||
      die "CLUSTER_LEVEL=$CLUSTER_LEVEL, but $S is up at level $level: 'cluster down' first"
    echo "already up at level $level"
    echo "export KUBECONFIG=$S/kubeconfig"
    return
  fi
  clean_up # what an unclean end has left
  choose_level
  "$here/build" kit 8>&-
  chmod 700 "$S"
  for folder in run component hold stop log etc; do mkdir "$S/$folder"; done
  start_supervisor
  if [ "$level" = pods ]; then take_network; else take_ports; fi
  write_settings
  if [ "$level" = pods ]; then prepare_node; fi
  make_certificates
  start_control_plane
  if [ "$level" = pods ]; then start_containerd; fi
  wait_for "the API server" 90 ready_api apiserver "$S/kubeconfig"
  echo "API server ready after $((${EPOCHREALTIME/./} / 1000 - started / 1000)) ms"
  [ "$level" = api ] || finish_up
  touch "$S/ready"
  echo "export KUBECONFIG=$S/kubeconfig"
}

finish_up() {
  start_controllers
  if [ "$level" = pods ]; then start_node; else start_kwok; fi
  apply "$here/manifests/base.yaml"
  if [ "$level" = fake ]; then fake_nodes | apply -; fi
  wait_for "the node" 90 ready_nodes
  wait_for "the default ServiceAccount" 60 kubectl -n default get serviceaccount default
  [ "$level" = fake ] || wait_for "cluster DNS" 60 enter getent hosts "$service_name"
  echo "node ready after $((${EPOCHREALTIME/./} / 1000 - started / 1000)) ms"
}

# What later commands need to know.
write_settings() {
  local name
  for name in level reason address service_range service_address url url2 \
    api_port api2_port etcd_port peer_port controllers_port scheduler_port prometheus_port slot; do
    printf '%s=%q\n' "$name" "${!name-}"
  done >"$S/settings"
}

start_supervisor() {
  local options outer pid='' tries
  options=$(isolation) # not in the command below, where it would look like its child
  case $options in
    *--net*) echo "-m -n -p -u -i" ;;
    *--user*) echo "-U --preserve-credentials -m -p" ;;
    *--mount*) echo "-m -p" ;;
    *) echo ;;
  esac >"$S/enter"
  mkfifo "$S/requests"
  exec 9>"$S/lock"
  flock -w 20 9 || die "$S is in use"
  set -- env -i "PATH=$PATH" "HOME=${HOME:-/}" bash "$here/scripts/supervisor" "$S"
  # shellcheck disable=SC2086
  [ -z "$options" ] || set -- unshare $options --fork --kill-child --mount-proc --propagation private "$@"
  setsid "$@" </dev/null >"$S/log/supervisor.log" 2>&1 8>&- &
  outer=$!
  exec 9>&-
  for ((tries = 0; tries < 500; tries++)); do
    if [ -e "$S/listening" ]; then
      pid=$outer
      [ -z "$options" ] || read -r pid _ <"/proc/$outer/task/$outer/children" || :
      break
    fi
    sleep 0.02
  done
  [ -n "$pid" ] || die "the supervisor did not start: $(cat "$S/log/supervisor.log")"
  echo "$pid $(start_of "$pid")" >"$S/supervisor"
}

wait_for() { # WHAT SECONDS COMMAND...
  local what=$1 end=$((SECONDS + $2)) errors
  shift 2
  until errors=$("$@" 2>&1 >/dev/null); do
    [ "$SECONDS" -lt "$end" ] || die "$what is not ready${errors:+: ${errors##*$'\n'}} (logs: $S/log)"
    supervisor_pid >/dev/null || die "the supervisor died (logs: $S/log)"
    sleep 0.1
  done
}

# Runs a command in the cluster's namespaces. Its folder there is /.
enter() { # COMMAND...
  local pid options
  pid=$(supervisor_pid) || die "the cluster of $S is not up"
  read -ra options <"$S/enter" || :
  if [ ${#options[@]} -eq 0 ]; then "$@"; else nsenter -t "$pid" "${options[@]}" -- "$@"; fi
}

enter_at() { # FOLDER COMMAND...
  # shellcheck disable=SC2016
  enter bash -c 'cd "$0" && exec "$@"' "$@"
}

kubectl() {
  "$bin/kubectl" --kubeconfig "$S/kubeconfig" --cache-dir "$S/etc/kubectl" --request-timeout=10s "$@"
}

ready_api() { # COMPONENT KUBECONFIG
  read_component "$1" && [ "$state" = running ] &&
    "$bin/kubectl" --kubeconfig "$2" --request-timeout=5s get --raw /readyz
}

ready_nodes() { kubectl wait --for=condition=Ready node --all --timeout=5s; }

apply() { # FILE
  wait_for "$1" 30 try_apply "$1"
}

try_apply() { kubectl apply --server-side --force-conflicts -f "$1"; }
