#!/usr/bin/env bash
# Pid 1 of the node, in the namespaces that keeper.sh made for it: its end ends every process of the node. It brings up the parts
# in order and says in the files `step`, `ready` and `failed` how far it is.
# shellcheck source-path=SCRIPTDIR
set -eEuo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
NODE_IP=172.30.0.1
# What the name of the billing API leads to, for pods: a relay to the machine's loopback.
BILLING_IP=172.30.0.2
POD_NET=10.244.0.0/24
SERVICE_NET=10.96.0.0/16
DNS_IP=10.96.0.10
socket=/run/containerd/containerd.sock
wait_seconds_max=120 # for a part that hangs
cd "$DIR"
trap 'echo "$(cat step): line $LINENO of ${BASH_SOURCE[0]##*/}" > failed' ERR

step() { echo "$*" > step; }
start() { local name=$1; shift; "$@" > "log/$name.log" 2>&1 < /dev/null & echo $! > "log/$name.pid"; }
# wait_for NAME COMMAND…: until it succeeds; fails at once when the part NAME has ended.
wait_for() {
  local name=$1 tick; shift
  for ((tick = 0; tick < wait_seconds_max * 4; tick++)); do
    "$@" > /dev/null 2>&1 && return 0
    kill -0 "$(cat "log/$name.pid")" || return
    sleep 0.25
  done
  return 1
}

. "$HERE/mounts.sh"
. "$HERE/network.sh"
. "$HERE/control-plane.sh"
. "$HERE/runtime.sh"
. "$HERE/control-plane-rest.sh"
. "$HERE/kubelet.sh"
. "$HERE/addons.sh"
step 'ready'
touch ready
# Orphans of the node become this process' children, and bash reaps them.
while :; do sleep 3600; done
