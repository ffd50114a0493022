# Kubelet and kube-proxy (sourced by init.sh): what makes it a node.
# shellcheck shell=bash
step 'kubelet'
# failCgroupV1: the machine has version 1. protectKernelDefaults: it finds its sysctls (mounts.sh) and writes none. The API of
# the kubelet is open, inside the node's own network.
cat > kubelet.yaml <<C
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
containerRuntimeEndpoint: unix://$socket
address: 0.0.0.0
authentication: {anonymous: {enabled: true}, webhook: {enabled: false}}
authorization: {mode: AlwaysAllow}
clusterDomain: cluster.local
clusterDNS: [$DNS_IP]
resolvConf: $DIR/resolv.conf
failSwapOn: false
protectKernelDefaults: true
podLogsDir: /var/log/pods
volumeStatsAggPeriod: 10s
nodeStatusUpdateFrequency: 5s
# No image comes back that has been removed, and the disk is the machine's.
imageGCHighThresholdPercent: 100
evictionHard: {memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%, nodefs.inodesFree: 1%, imagefs.inodesFree: 1%}
C
start kubelet kubelet --config=kubelet.yaml --kubeconfig=node.kubeconfig --hostname-override=node-0 --node-ip="$NODE_IP"
# maxPerCore: it would set a limit of connections for the whole machine.
cat > kube-proxy.yaml <<C
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: iptables
clusterCIDR: $POD_NET
hostnameOverride: node-0
clientConnection: {kubeconfig: $DIR/node.kubeconfig}
conntrack: {maxPerCore: 0, min: 0}
C
start kube-proxy kube-proxy --config=kube-proxy.yaml
