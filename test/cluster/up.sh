#!/usr/bin/env bash
# Starts a real Kubernetes control plane on loopback, in about 4 s, with everything it writes in DIR:
#   up.sh DIR        then DIR/kubeconfig and DIR/metrics-url say where it is; down.sh DIR stops it and empties DIR.
# Real: API server, admission (Pod Security, quotas), RBAC, scheduler, controllers, volume binding, events. Simulated by
# kwok: the containers (stages.yaml) and their metrics (metrics.yaml). Nothing here is safe for a network: loopback only.
# Needs the tools of tools/install.sh ($TOOLS), openssl and curl. Ports are free ones; one that is taken between the look
# and the start is tried again. With OWNER_PID set the cluster goes when that process has gone, however it ended, and
# whether or not this script has got to its end. With AUDIT set each request that is not a controller's is a line of DIR/audit.log.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1" && DIR=$(cd "$1" && pwd)
T=${TOOLS:-$HOME/.cache/tenantry-tools}
cd "$DIR"

# The process writes its id itself, before it becomes the program: a script that is killed leaves none without one. What is
# forked when the owner has gone does not begin.
start() {
  local name=$1; shift
  rm -f "$name.pid"
  nohup bash -c 'echo $$ > "$0.pid"; [ -z "${OWNER_PID:-}" ] || kill -0 "$OWNER_PID" 2>/dev/null || exit; exec "$@"' \
    "$name" "$@" > "$name.log" 2>&1 < /dev/null &
  until [ -s "$name.pid" ]; do sleep 0.01; done
}
alive() { kill -0 "$(cat "$1.pid" 2>/dev/null)" 2>/dev/null; }
# A port nobody listens on, below the range from which the kernel gives out ports of outgoing connections.
free_port() {
  local port
  while :; do
    port=$((RANDOM % 20000 + 12000))
    (exec 3<> "/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo $port; return; }
  done
}
api() { curl -sf --max-time 5 --cacert certs/apiserver.crt -H 'Authorization: Bearer admin-token' "$@"; }
# wait_for NAME COMMAND…: until it succeeds; fails at once when NAME's process has ended, and after 60 s.
wait_for() {
  local name=$1; shift
  for _ in $(seq 240); do
    "$@" > /dev/null 2>&1 && return 0
    alive "$name" || return 1
    sleep 0.25
  done
  return 1
}

# First of all, and in a session of its own: what kills the owner's group, this script in it, does not kill the watch.
if [ -n "${OWNER_PID:-}" ]; then
  start owner-watch setsid bash -c 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; rm -f owner-watch.pid; exec "$2/down.sh" "$3"' _ "$OWNER_PID" "$HERE" "$DIR"
fi

AUDIT_FLAGS=()
if [ -n "${AUDIT:-}" ]; then
  cat > audit-policy.yaml <<'P'
apiVersion: audit.k8s.io/v1
kind: Policy
omitStages: [RequestReceived]
rules: [{level: None, userGroups: ["system:serviceaccounts", "system:unauthenticated"]}, {level: Metadata}]
P
  AUDIT_FLAGS=(--audit-policy-file=audit-policy.yaml --audit-log-path=audit.log)
fi
control_plane() {
  ETCD=$(free_port); PEER=$(free_port); API=$(free_port)
  start etcd "$T/etcd" --data-dir etcd --unsafe-no-fsync --listen-client-urls "http://127.0.0.1:$ETCD" \
    --advertise-client-urls "http://127.0.0.1:$ETCD" --listen-peer-urls "http://127.0.0.1:$PEER"
  start apiserver "$T/kube-apiserver" --etcd-servers="http://127.0.0.1:$ETCD" --secure-port="$API" \
    --bind-address=127.0.0.1 --cert-dir=certs --service-account-key-file=sa.key --service-account-signing-key-file=sa.key \
    --service-account-issuer=https://kubernetes.default.svc --token-auth-file=tokens.csv --authorization-mode=RBAC \
    --service-cluster-ip-range=10.96.0.0/16 "${AUDIT_FLAGS[@]}"
  wait_for apiserver api "https://127.0.0.1:$API/readyz"
}

[ -f sa.key ] || openssl genrsa -out sa.key 2048 2>/dev/null
echo 'admin-token,admin,admin,system:masters' > tokens.csv
for attempt in 1 2 3; do
  control_plane && break
  "$HERE/down.sh" "$DIR" keep
  [ $attempt = 3 ] && { echo "the API server did not start: see $DIR/apiserver.log and etcd.log" >&2; exit 1; }
done

cat > kubeconfig <<K
apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$API", certificate-authority: $DIR/certs/apiserver.crt}}]
users: [{name: admin, user: {token: admin-token}}]
contexts: [{name: local, context: {cluster: local, user: admin}}]
current-context: local
K
start controllers "$T/kube-controller-manager" --kubeconfig=kubeconfig --service-account-private-key-file=sa.key \
  --root-ca-file=certs/apiserver.crt --use-service-account-credentials --leader-elect=false --secure-port=0 \
  --enable-hostpath-provisioner=true
start scheduler "$T/kube-scheduler" --kubeconfig=kubeconfig --leader-elect=false --secure-port=0
for attempt in 1 2 3; do
  METRICS=$(free_port)
  # Without node leases kwok 0.7 sends a heartbeat every ten minutes, and the node counts as lost after fifty seconds.
  start kwok "$T/kwok" --kubeconfig=kubeconfig --manage-all-nodes --node-lease-duration-seconds=40 --config "$HERE/metrics.yaml" --config "$HERE/stages.yaml" \
    --server-address "127.0.0.1:$METRICS"
  wait_for kwok curl -sf --max-time 5 "http://127.0.0.1:$METRICS/healthz" && break
  [ $attempt = 3 ] && { echo "kwok did not start: see $DIR/kwok.log" >&2; exit 1; }
done
echo "http://127.0.0.1:$METRICS" > metrics-url

create() { api -X POST -H 'Content-Type: application/yaml' --data-binary @- "https://127.0.0.1:$API$1" > /dev/null; }
create /api/v1/nodes <<'N'
{apiVersion: v1, kind: Node, metadata: {name: node-0, labels: {kubernetes.io/hostname: node-0, kubernetes.io/os: linux, kubernetes.io/arch: amd64}}, status: {allocatable: {cpu: "2048", memory: 4Ti, ephemeral-storage: 20Ti, pods: "20000"}, capacity: {cpu: "2048", memory: 4Ti, ephemeral-storage: 20Ti, pods: "20000"}}}
N
create /apis/storage.k8s.io/v1/storageclasses <<'S'
{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: standard, annotations: {storageclass.kubernetes.io/is-default-class: "true"}}, provisioner: kubernetes.io/host-path}
S

echo "export KUBECONFIG=$DIR/kubeconfig"
