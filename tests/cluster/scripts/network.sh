# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
# The node's link to this machine. Sourced by cluster.
#
# A pair of interfaces and two /24 of addresses: pods 10.252.N.0/24 with the node as .254
# and this machine as .253, services 10.253.N.0/24. The far interface is made inside the
# node's namespace, so both end with it, and the routes with them.

take_network() {
  local node first=$((16#${id#evs-} % 200)) tries
  node=$(supervisor_pid) || die "the supervisor died (log: $S/log/supervisor.log)"
  ip link add "$id" type veth peer name eth0 netns "$node"
  sysctl -qw "net.ipv6.conf.$id.disable_ipv6=1" 2>/dev/null || :
  ip link set "$id" up
  slot=
  for ((tries = 0; tries < 200; tries++)); do
    if take_slot $(((first + tries) % 200)); then break; fi
  done
  [ -n "$slot" ] || die "no N is free for the networks 10.252.N.0/24 and 10.253.N.0/24"
  address=10.252.$slot.254 service_range=10.253.$slot.0/24 service_address=10.253.$slot.1
  api_port=6443 api2_port=6444 etcd_port=2379 peer_port=2380
  controllers_port=10257 scheduler_port=10259 prometheus_port=9090
  url=https://$address:$api_port url2=https://$address:$api2_port
}

# The kernel takes a route only once: adding it is what makes the slot ours.
take_slot() { # N
  ip address add "10.252.$1.253" peer "10.252.$1.254" dev "$id"
  if ip route add "10.252.$1.0/24" via "10.252.$1.254" dev "$id" 2>/dev/null; then
    if ip route add "10.253.$1.0/24" via "10.252.$1.254" dev "$id" 2>/dev/null; then
      slot=$1
      return
    fi
    ip route delete "10.252.$1.0/24" dev "$id"
  fi
  ip address delete "10.252.$1.253" peer "10.252.$1.254" dev "$id"
  return 1
}
