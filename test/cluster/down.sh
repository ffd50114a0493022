#!/usr/bin/env bash
# Stops what up.sh started in DIR, by process id, and removes what it wrote there. down.sh DIR keep: only stops it, but for
# the watch of its owner, so that it can be started again.
# By SIGKILL, because nothing of it is kept and a polite end takes ten seconds.
cd "$1" 2>/dev/null || exit 0
pids=()
watch=owner-watch
[ "${2:-}" = keep ] && watch=
for name in $watch kwok scheduler controllers apiserver etcd; do
  [ -f $name.pid ] || continue
  pids+=("$(cat $name.pid)")
  rm -f $name.pid
done
for pid in "${pids[@]}"; do kill -9 "$pid" 2>/dev/null; done
for pid in "${pids[@]}"; do
  for _ in $(seq 100); do kill -0 "$pid" 2>/dev/null || break; sleep 0.05; done
done
rm -rf etcd
[ "${2:-}" = keep ] || rm -rf certs sa.key tokens.csv kubeconfig metrics-url audit-policy.yaml ./*.log
exit 0
