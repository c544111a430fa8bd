# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The cluster's components by name: start, look, hurt, end. Sourced by cluster.

# Asks the supervisor to keep a command running. It gets the supervisor's environment.
start() { # NAME COMMAND...
  local name=$1
  shift
  { echo '#!/bin/bash' && printf 'exec' && printf ' %q' "$@" && echo; } >"$S/run/$name"
  request "$name"
}

request() { # NAME
  echo "$1" 1<>"$S/requests"
  wait_for "component $1" 10 read_component "$1"
}

# Sets state, pid and starts from what the supervisor says of a component.
read_component() { # NAME
  read -r state pid starts 2>/dev/null <"$S/component/$1"
}

need_component() { # NAME
  [ -e "$S/component/$1" ] || die "there is no component '$1', but: $(cd "$S/component" && echo *)"
}

signal() { # SIGNAL PID   or -PID: the component with its children
  # shellcheck disable=SC2016
  enter bash -c 'kill "-$0" -- "$1"' "$1" "$2" 2>/dev/null || :
}

kill_component() { # NAME
  local tries
  need_component "$1"
  [ ! -e "$S/hold/$1" ] || die "$1 is held: 'cluster release $1' first"
  for ((tries = 0; tries < 100; tries++)); do
    if read_component "$1" && [ "$state" = running ]; then
      signal KILL "-$pid"
      return
    fi
    sleep 0.05
  done
  die "$1 does not run (log: $S/log/$1.log)"
}

hold() { # NAME
  local tries
  need_component "$1"
  touch "$S/hold/$1"
  for ((tries = 0; tries < 200; tries++)); do
    if ! read_component "$1" || [ "$state" = held ]; then return; fi
    [ "$state" != running ] || signal KILL "-$pid"
    sleep 0.05
  done
  die "$1 does not die"
}

release() { # NAME
  need_component "$1"
  rm -f "$S/hold/$1"
  wait_for "$1" 10 running "$1"
}

running() { read_component "$1" && [ "$state" = running ]; }

run() { # NAME COMMAND ARGUMENT...
  local name=$1
  shift
  [[ $name =~ ^[a-z0-9][a-z0-9-]*$ ]] || die "run: '$name' is no name (a-z, 0-9 and '-' are)"
  [ ! -e "$S/component/$name" ] || die "run: there is a component '$name' already"
  command -v "$1" >/dev/null || die "run: no program $1"
  (umask 077 && cat >"$S/run/$name") <<BASH
#!/bin/bash
$caller_environment
cd $(printf %q "$PWD") || exit
exec$(printf ' %q' "$@")
BASH
  touch "$S/run/$name.own"
  request "$name"
}

stop() { # NAME
  local tries
  need_component "$1"
  [ -e "$S/run/$1.own" ] || die "$1 belongs to the cluster: use 'cluster hold $1'"
  touch "$S/stop/$1"
  if read_component "$1" && [ "$state" = running ]; then
    signal TERM "$pid"
  fi
  for ((tries = 0; tries < 300; tries++)); do
    if [ ! -e "$S/component/$1" ]; then
      rm -f "$S/run/$1.own"
      return
    fi
    if [ $tries -ge 200 ] && read_component "$1" && [ "$state" = running ]; then
      signal KILL "-$pid"
    fi
    sleep 0.05
  done
  die "$1 does not end"
}

status() {
  local name state pid starts
  if ! is_up; then
    echo "down $S"
    return 3
  fi
  echo "up level=$level address=$address api=$url state=$S"
  [ -e "$S/ready" ] || echo "  (but its start has not finished)"
  for name in "$S"/component/*; do
    name=${name##*/}
    read_component "$name" && echo "  $name $state, started $starts time(s)"
  done
  [ "$level" = api ] || kubectl get nodes
}

load() { # IMAGE.tar...
  local file
  if [ "$level" != pods ]; then
    echo "cluster: level $level runs no images, nothing loaded" >&2
    return
  fi
  for file; do
    [ -r "$file" ] || die "load: cannot read $file"
    import "$file" || die "load: $file is no image that containerd takes"
  done
}

# The configuration and the store of Prometheus stay when it is started again.
prometheus() { # CONFIG_FILE
  local text
  [ -r "$1" ] || die "prometheus: cannot read $1"
  "$here/build" prometheus
  apply "$here/manifests/prometheus.yaml"
  if [ ! -e "$S/etc/prometheus.kubeconfig" ]; then
    client_certificate prometheus /CN=prometheus
    write_kubeconfig "$S/etc/prometheus.kubeconfig" prometheus "$url"
  fi
  text=$(<"$1")
  text=${text//@STATE@/$S}
  text=${text//@APISERVER@/${url#https://}}
  text=${text//@SCRAPE@/${CLUSTER_SCRAPE:-5s}}
  echo "$text" >"$S/etc/prometheus.yml"
  "$bin/promtool" check config "$S/etc/prometheus.yml" >"$S/log/prometheus-config.log" 2>&1 ||
    die "prometheus: $1 is refused: $(tail -1 "$S/log/prometheus-config.log")"
  [ ! -e "$S/component/prometheus" ] || stop prometheus
  start prometheus "$bin/prometheus" --config.file="$S/etc/prometheus.yml" \
    --storage.tsdb.path="$S/prometheus" --storage.tsdb.retention.time=2d --log.level=warn \
    --web.listen-address="$address:$prometheus_port"
  touch "$S/run/prometheus.own"
  wait_for Prometheus 60 "$bin/promtool" check ready --url="http://$address:$prometheus_port"
  echo "http://$address:$prometheus_port"
}
