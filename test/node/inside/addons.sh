# What a cluster has beside its node (sourced by init.sh): volumes, names, network policies, Prometheus.
# shellcheck shell=bash
step 'volumes, DNS, network policies, Prometheus'
start volumes bash "$HERE/volumes.sh"
for file in dns monitoring; do
  sed "s/DNS_IP/$DNS_IP/; s/BILLING_IP/$BILLING_IP/; s/NODE_IP/$NODE_IP/" "$HERE/$file.yaml" | kubectl apply -f - > "log/$file-apply.log" 2>&1
done
# It uses the same variant of iptables as kube-proxy, the machine's default; it refuses connections and does not drop them.
# A real cluster's DaemonSet starts it again when it ends, as it does when another program holds the tables for long.
network_policies() { while :; do NODE_NAME=node-0 kube-router "$@" || true; sleep 1; done; }
start kube-router network_policies --run-router=false --run-firewall=true --run-service-proxy=false --run-loadbalancer=false \
  --kubeconfig=node.kubeconfig --hostname-override=node-0 --service-cluster-ip-range="$SERVICE_NET" --metrics-port=0 --health-port=0
step 'the node and its pods become ready'
wait_for kube-router iptables -S KUBE-ROUTER-FORWARD
wait_for kubelet kubectl wait --for=condition=Ready node/node-0 --timeout=1s
wait_for kubelet kubectl -n kube-system rollout status deployment/coredns --timeout=1s
wait_for kubelet kubectl -n monitoring rollout status deployment/prometheus --timeout=1s
# A namespace's account comes a moment later than the namespace, and a pod in between would be refused.
wait_for controllers kubectl get serviceaccount default
