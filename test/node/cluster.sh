#!/usr/bin/env bash
# `npm run cluster`: a real cluster of one node on this machine, for `npm start` and for looking around.
#   cluster.sh [start]     starts it; the lines on stdout are for the shell that will run `npm start`
#   cluster.sh stop        ends it, with all that was in it
#   cluster.sh status      whether it runs, and what is in it
#   cluster.sh check       what this machine lacks for it
# CLUSTER_DIR (.data-cluster) is where it keeps everything, API_PORT (24443) where it answers, PORT (8787) where `npm start` does.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
PROJECT=$(cd "$HERE/../.." && pwd)
export TOOLS=${TOOLS:-$HOME/.cache/tenantry-tools}
DIR=$(realpath -m "${CLUSTER_DIR:-$PROJECT/.data-cluster}")
export API_PORT=${API_PORT:-24443} BILLING_PORT=${PORT:-8787}
path_length_max=90 # a socket's path has at most 107 characters
tools=(kube-apiserver etcd prometheus helm kubectl kubelet containerd coredns kube-router runc host-local iptables ipset conntrack socat jq busybox mosquitto redis-server)

say() { echo "cluster: $*" >&2; }
refuse() { say "$@"; exit 1; }
running() { [ -e "$DIR/ready" ] && kill -0 "$(cat "$DIR/keeper.pid" 2> /dev/null)" 2> /dev/null; }
lacks() { "$HERE/needs.sh" "$@" | sed -n 's/^missing  /  /p' >&2; }

# What a shell needs for `npm start` and `kubectl`.
exports() {
  printf 'export %s\n' "KUBECONFIG=$DIR/kubeconfig" "HELM_BIN=$TOOLS/helm" "HELM_VALUES_FILE=$DIR/values.yaml" \
    "PUBLIC_URL=http://api.tenantry.localhost:$(cat "$DIR/billing-port")"
}

start() {
  local images
  if running; then
    say "it runs already, in $DIR"
    exports
    return
  fi
  [ ${#DIR} -le $path_length_max ] || refuse "$DIR is too long for a socket: CLUSTER_DIR names another folder"
  (exec 3<> "/dev/tcp/127.0.0.1/$API_PORT") 2> /dev/null && refuse "port $API_PORT of 127.0.0.1 is taken: API_PORT names another"
  "$HERE/needs.sh" machine > /dev/null || { say 'this machine cannot run a node:'; lacks machine; exit 1; }
  say 'looking for the programs (about 15 minutes with empty caches)'
  bash "$PROJECT/tools/install.sh" "${tools[@]}" >&2 || refuse 'some programs are missing'
  "$HERE/needs.sh" > /dev/null || { say 'this machine cannot run a node:'; lacks; exit 1; }
  say 'looking for the images (about a minute the first time)'
  images=$("$HERE/images.sh")
  # Left by one that was killed.
  "$HERE/down.sh" "$DIR"
  say "starting the node in $DIR (about 30 s)"
  # shellcheck disable=SC2086 # a list of files, in a folder of ours
  "$HERE/up.sh" "$DIR" $images > /dev/null
  cp "$HERE/values.yaml" "$DIR/values.yaml"
  echo "$BILLING_PORT" > "$DIR/billing-port"
  say 'ready. Next: npm start, in a shell that has these (npm run cluster -- stop ends it)'
  exports
}

status() {
  running || { say "none runs in $DIR"; exit 1; }
  say "runs in $DIR"
  KUBECONFIG=$DIR/kubeconfig "$TOOLS/kubectl" get pods --all-namespaces
  exports
}

case ${1:-start} in
  start) start ;;
  stop) "$HERE/down.sh" "$DIR"; say 'none runs now' ;;
  status) status ;;
  check) "$HERE/needs.sh" ;;
  *) say "$1? One of start, stop, status, check"; exit 2 ;;
esac
