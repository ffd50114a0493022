#!/usr/bin/env bash
# Stops what up.sh started in DIR, by process id, waits until all have ended, and removes what it wrote there.
# down.sh DIR keep: only stops it.
cd "$1" 2>/dev/null || exit 0
pids=()
for name in owner-watch kwok scheduler controllers apiserver etcd; do
  [ -f $name.pid ] || continue
  pids+=("$(cat $name.pid)")
  rm -f $name.pid
done
for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null; done
for pid in "${pids[@]}"; do
  for _ in $(seq 80); do kill -0 "$pid" 2>/dev/null || break; sleep 0.1; done
  kill -9 "$pid" 2>/dev/null
done
rm -rf etcd
[ "${2:-}" = keep ] || rm -rf certs sa.key tokens.csv kubeconfig metrics-url ./*.log
exit 0
