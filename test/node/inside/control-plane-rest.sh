# Controllers and scheduler (sourced by init.sh once images are in): the API server has come up meanwhile.
# shellcheck shell=bash
step 'controllers'
wait_for apiserver kubectl get --raw /readyz
start controllers kube-controller-manager --kubeconfig=node.kubeconfig --service-account-private-key-file=sa.key \
  --root-ca-file=certs/apiserver.crt --use-service-account-credentials --leader-elect=false --secure-port=0
start scheduler kube-scheduler --kubeconfig=node.kubeconfig --leader-elect=false --secure-port=0
