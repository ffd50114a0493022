#!/usr/bin/env bash
# Starts a real Kubernetes cluster of one node, with everything it writes in DIR:
#   up.sh DIR [IMAGE.tar…]     then DIR/kubeconfig says where it is; down.sh DIR ends it and removes DIR.
# Nothing is simulated: containerd and runc run the containers, a kubelet meters them, kube-proxy, CoreDNS and kube-router carry
# and filter their traffic, each claim is a file system. The node is in namespaces of its own, so that the machine's mounts, network,
# firewall and sysctls stay as they are and two nodes do not meet; nothing leads out of it but two relays to loopback.
# API_PORT       where the API server answers, on 127.0.0.1; without it a free port
# BILLING_PORT   the port of 127.0.0.1 that pods reach as http://api.tenantry.localhost:BILLING_PORT
# OWNER_PID      the cluster goes when that process has gone, however it ended
# Needs what needs.sh names.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && DIR=$(cd "$1" && pwd)
shift
ready_seconds_max=180 # for one that hangs: an idle machine needs 15

# A port nobody listens on, below the range from which the kernel gives out ports of outgoing connections.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 20000 + 12000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2> /dev/null || { echo $port; return; }
  done
}

[ ! -e "$DIR/keeper.pid" ] || { echo "there is a cluster in $DIR: end it with down.sh" >&2; exit 1; }
rm -f "$DIR/failed"
mkdir -p "$DIR/log" "$DIR/sock"
printf '%s\n' "$@" > "$DIR/image-files"
export API_PORT=${API_PORT:-$(free_port)} TOOLS=${TOOLS:-$HOME/.cache/tenantry-tools}
# In a session of its own: what kills the caller's group does not kill who cleans up.
setsid nohup bash "$HERE/keeper.sh" "$DIR" > "$DIR/log/keeper.log" 2>&1 < /dev/null &
until [ -s "$DIR/keeper.pid" ]; do sleep 0.05; done

said=
for ((tick = 0; tick < ready_seconds_max * 4; tick++)); do
  # What the node does now, once a step.
  step=$(cat "$DIR/step" 2> /dev/null || true)
  [ -z "$step" ] || [ "$step" = "$said" ] || { said=$step; echo "node: $step" >&2; }
  [ ! -e "$DIR/ready" ] || break
  if [ -e "$DIR/failed" ] || ! kill -0 "$(cat "$DIR/keeper.pid")" 2> /dev/null; then
    echo "the node did not start: $(cat "$DIR/failed" 2> /dev/null || echo 'its keeper has ended')" >&2
    tail -n 5 "$DIR/log/node.log" >&2 || true
    "$HERE/down.sh" "$DIR" keep-logs
    echo "the logs are in $DIR/log" >&2
    exit 1
  fi
  sleep 0.25
done
[ -e "$DIR/ready" ] || { "$HERE/down.sh" "$DIR" keep-logs; echo "the node is not ready after $ready_seconds_max s: see $DIR/log" >&2; exit 1; }
echo "export KUBECONFIG=$DIR/kubeconfig"
