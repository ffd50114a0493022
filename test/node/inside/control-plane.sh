# etcd and the API server (sourced by init.sh), which take their time to answer while the container runtime starts.
# shellcheck shell=bash
step 'control plane'
openssl genrsa -out sa.key 2048 2> /dev/null
openssl req -x509 -newkey rsa:2048 -nodes -days 365 -keyout certs/apiserver.key -out certs/apiserver.crt -subj /CN=kube-apiserver \
  -addext "subjectAltName=IP:127.0.0.1,IP:$NODE_IP,IP:${SERVICE_NET%.*.*}.0.1,DNS:localhost,DNS:kubernetes.default.svc" 2> /dev/null
echo 'admin-token,admin,admin,system:masters' > tokens.csv
config() {
  cat > "$1" <<K
apiVersion: v1
kind: Config
clusters: [{name: local, cluster: {server: "https://127.0.0.1:$2", certificate-authority: $DIR/certs/apiserver.crt}}]
users: [{name: admin, user: {token: admin-token}}]
contexts: [{name: local, context: {cluster: local, user: admin}}]
current-context: local
K
}
config kubeconfig "$API_PORT"
config node.kubeconfig 6443
export KUBECONFIG=$DIR/node.kubeconfig

start etcd etcd --data-dir etcd --unsafe-no-fsync --listen-client-urls http://127.0.0.1:2379 \
  --advertise-client-urls http://127.0.0.1:2379 --listen-peer-urls http://127.0.0.1:2380
# InternalIP: the node's name is nothing that can be looked up. Privileged pods are part of a cluster; Pod Security keeps them out
# of customers' namespaces.
start apiserver kube-apiserver --etcd-servers=http://127.0.0.1:2379 --secure-port=6443 --bind-address=0.0.0.0 \
  --advertise-address="$NODE_IP" --tls-cert-file=certs/apiserver.crt --tls-private-key-file=certs/apiserver.key --cert-dir=certs \
  --service-account-key-file=sa.key --service-account-signing-key-file=sa.key \
  --service-account-issuer=https://kubernetes.default.svc --token-auth-file=tokens.csv --authorization-mode=RBAC \
  --service-cluster-ip-range="$SERVICE_NET" --allow-privileged=true --kubelet-preferred-address-types=InternalIP
