# The node's own view of the machine's file systems (sourced by init.sh): nobody else sees what is mounted here.
# shellcheck shell=bash
step 'mounts'
mkdir -p lib/kubelet lib/containerd lib/cni log/pods log/containers volumes cni etcd certs sysctl

mount -t proc proc /proc
mount --make-rshared /
# runc and cAdvisor take the first cgroup mount that they find. The machine's would come first, and show paths outside of the node.
umount -R -l /sys
mount -t sysfs sysfs /sys
mount -t tmpfs tmpfs /sys/fs/cgroup
while read -r controllers _; do
  at=/sys/fs/cgroup/${controllers#name=}
  mkdir -p "$at"
  case $controllers in name=*) options=none,$controllers ;; *) options=$controllers ;; esac
  # In this cgroup namespace its root is the node's own. Version 2 is not mounted beside: the kubelet would take it for the only one.
  mount -t cgroup -o "$options" cgroup "$at"
done < cgroups

mount -t tmpfs tmpfs /run
mkdir -p /run/lock /run/netns /run/containerd
bind() { mkdir -p "$2"; mount --bind "$1" "$2"; }
bind lib/kubelet /var/lib/kubelet
mount --make-shared /var/lib/kubelet
bind lib/cni /var/lib/cni
bind log/pods /var/log/pods
bind log/containers /var/log/containers

# The kubelet would write these for the whole machine. It finds them as it wants them, in files over them.
sysctl_is() { local file="sysctl/${1//\//.}"; echo "$2" > "$file"; mount --bind "$file" "/proc/sys/$1"; }
sysctl_is vm/overcommit_memory 1
sysctl_is vm/panic_on_oom 0
sysctl_is kernel/panic 10
sysctl_is kernel/panic_on_oops 1
sysctl_is kernel/keys/root_maxkeys 1000000
sysctl_is kernel/keys/root_maxbytes 25000000

# Nothing outside is asked: the API server would look up the node's name at the machine's name server.
echo 'nameserver 127.0.0.1' > resolv.conf
printf '127.0.0.1 localhost\n%s node-0\n' "$NODE_IP" > hosts
mount --bind hosts /etc/hosts
mount --bind resolv.conf /etc/resolv.conf
