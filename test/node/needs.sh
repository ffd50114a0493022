#!/usr/bin/env bash
# What a machine must have for a real node, a line each: `ok …`, or `missing …: what to do`, and then the exit code is 1.
#   needs.sh [machine]      `machine` leaves out the programs that tools/install.sh brings
# What the kernel can do is tried in namespaces that are gone afterwards.
# shellcheck disable=SC2317 # functions that `check` calls
set -uo pipefail
TOOLS=${TOOLS:-$HOME/.cache/tenantry-tools}
PATH=$TOOLS:$PATH:/usr/sbin:/sbin:/usr/lib/postgresql/15/bin
memory_gib_min=3
disk_gib_min=4
missing=0

# check WHAT REMEDY COMMAND…
check() {
  local what=$1 remedy=$2
  shift 2
  if "$@" > /dev/null 2>&1; then echo "ok       $what"; else
    echo "missing  $what: $remedy"
    missing=1
  fi
}
programs() { for name in "$@"; do type -P "$name" || return; done; }
alone() { unshare --mount --net --pid --uts --ipc --cgroup --fork "$@"; }
cgroup_v1() { for name in cpu cpuacct cpuset memory pids devices freezer blkio; do grep -Eq "^[0-9]+:([a-z_]+,)*$name(,|:)" /proc/self/cgroup || return; done; }
free_gib() { [ "$(df --output=avail -BG "$1" | tail -n 1 | tr -dc 0-9)" -ge "$2" ]; }
memory_gib() { [ "$(awk '$1 == "MemAvailable:" { print int($2 / 1048576) }' /proc/meminfo)" -ge "$1" ]; }

check 'Linux on amd64' 'a node runs nowhere else here; point KUBECONFIG at a cluster of yours' test "$(uname -sm)" = 'Linux x86_64'
check 'root' 'a node mounts, filters and makes namespaces: run it as root' test "$(id -u)" = 0
check 'programs of the system' 'apt-get install util-linux e2fsprogs iproute2 openssl coreutils gcc' \
  programs unshare setpriv losetup mkfs.ext4 mountpoint ip openssl numfmt gcc
check 'namespaces' 'the machine must allow them; a container needs --privileged' alone true
check 'cgroups of version 1' 'boot with systemd.unified_cgroup_hierarchy=0, or use a machine that has them' cgroup_v1
check 'cgroups that can be made' 'mount /sys/fs/cgroup writable; a container needs --privileged' test -w /sys/fs/cgroup/memory
check 'overlayfs' 'modprobe overlay' grep -qw overlay /proc/filesystems
check 'loop devices' 'modprobe loop' test -w /dev/loop-control
check 'bridges whose traffic is filtered' 'modprobe br_netfilter' alone sh -c 'ip link add node0 type bridge && test -w /proc/sys/net/bridge/bridge-nf-call-iptables'
check "$memory_gib_min GiB of memory" 'end something' memory_gib $memory_gib_min
check "$disk_gib_min GiB on the disk" 'remove something' free_gib . $disk_gib_min
check 'PostgreSQL 15' 'apt-get install postgresql-15' programs postgres initdb psql pg_config
if [ "${1:-}" != machine ]; then
  for name in etcd kube-apiserver kube-controller-manager kube-scheduler kubectl kubelet kube-proxy containerd ctr containerd-shim-runc-v2 \
    coredns kube-router prometheus helm runc host-local iptables ipset conntrack socat jq busybox mosquitto redis-server; do
    check "$name" 'npm run tools' test -x "$TOOLS/$name"
  done
  check 'packets filtered by iptables and ipset' 'the kernel needs nf_tables and ip_set' \
    alone sh -c 'iptables -t nat -L && iptables -A INPUT -m comment --comment x -j ACCEPT && ipset create s hash:ip && ipset destroy s'
fi
exit $missing
