#!/usr/bin/env bash
# Cgroups of a node's own (sourced by keeper.sh): one in each hierarchy of version 1, below the one that the keeper itself is in, so
# that what holds for the caller holds for the node. They are named after the keeper; `cgroups` lists them.

# Beside processes that are in no cgroup of their own, a cgroup gets time as one process. A node is many, and on a busy machine its
# kubelet would find everybody dead.
cpu_shares=8192 # a process has 1024

# `name=systemd` is mounted at its name; version 2, which has no controllers beside version 1, is left out.
own_cgroups() {
  local controllers path mount
  while IFS=: read -r _ controllers path; do
    mount=/sys/fs/cgroup/${controllers#name=}
    [ -z "$controllers" ] || [ ! -d "$mount" ] || echo "$controllers $mount${path%/}/tenantry-node-$$"
  done < /proc/self/cgroup
}

make_cgroups() {
  local controllers own
  own_cgroups > cgroups
  while read -r controllers own; do
    mkdir -p "$own" || return
    # A new cpuset is empty, and takes no process until it is filled.
    if [[ ,$controllers, = *,cpuset,* ]]; then
      cat "$own/../cpuset.cpus" > "$own/cpuset.cpus"
      cat "$own/../cpuset.mems" > "$own/cpuset.mems"
    fi
    if [[ ,$controllers, = *,cpu,* ]]; then echo $cpu_shares > "$own/cpu.shares"; fi
  done < cgroups
}

# Its processes are dead, but a dying one is in it for some moments.
remove_cgroups() {
  local own left
  for _ in $(seq 100); do
    left=0
    while read -r _ own; do
      [ ! -d "$own" ] || find "$own" -depth -type d -exec rmdir {} + 2> /dev/null || left=1
    done < cgroups
    [ $left = 1 ] || return 0
    sleep 0.1
  done
  echo 'some cgroups could not be removed:' >&2
  cat cgroups >&2
}

# Those of keepers that were killed hard.
remove_left_cgroups() {
  local own
  for own in $(own_cgroups | sed 's/^[^ ]* //; s/[^-]*$/*/'); do
    kill -0 "${own##*-}" 2> /dev/null || find "$own" -depth -type d -exec rmdir {} + 2> /dev/null
  done
  return 0
}
