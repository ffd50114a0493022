#!/usr/bin/env bash
# What the cluster of KUBECONFIG lacks for customers' stacks as the chart's defaults have them, a line for each row of the table in
# docs/on-a-cluster.md: `ok …`, or `missing …: what it is for, or what says otherwise`, and then the exit code is 1. Changes nothing.
set -uo pipefail
PATH=$PATH:${TOOLS:-$HOME/.cache/tenantry-tools}
helm=${HELM_BIN:-helm}
missing=0

# check WHAT OTHERWISE COMMAND…
check() {
  local what=$1 otherwise=$2
  shift 2
  if "$@" > /dev/null 2>&1; then echo "ok       $what"; else
    echo "missing  $what: $otherwise"
    missing=1
  fi
}
# shellcheck disable=SC2317 # the checks call these
asked() { kubectl --request-timeout=10s "$@"; }
# shellcheck disable=SC2317
some() { [ -n "$(asked get "$@" -o name)" ]; }
# shellcheck disable=SC2317
version_is() { asked get --raw /version | tr -d ' \n' | grep -Eq '"gitVersion":"v1\.(3[2-9]|[4-9][0-9])'; }
# shellcheck disable=SC2317
helm_is() { "$helm" version --template '{{.Version}}' | grep -Eq '^v(3\.(2[1-9]|[3-9][0-9])|3\.20\.([2-9]|[1-9][0-9])|4\.([2-9]|[1-9][0-9])|4\.1\.([4-9]|[1-9][0-9]))'; }
# The Services that a solver of HTTP-01 makes are node ports where the issuer says nothing, and the chart's quota has none.
# shellcheck disable=SC2317
no_node_port() {
  local solvers
  solvers=$(asked get clusterissuer.cert-manager.io "$1" -o 'jsonpath={range .spec.acme.solvers[*]}{.http01}{"\n"}{end}') || return 1
  ! grep -Evq '^$|"serviceType":"ClusterIP"' <<< "$solvers"
}

check 'kubectl' 'npm run tools' type -P kubectl
check 'Helm 3.20.2, 4.1.4 or newer' 'npm run tools, and HELM_BIN names another' helm_is
check 'an API server that answers' "the one of KUBECONFIG=${KUBECONFIG:-} is not reached" asked get --raw /readyz
if [ $missing = 0 ]; then
  check 'Kubernetes 1.32 or newer' "the chart's kubeVersion" version_is
  check 'nodes of amd64 or arm64' 'what images are built for' some nodes -l 'kubernetes.io/arch in (amd64, arm64)'
  check 'a storage class standard' 'the cluster can be registered with another' asked get storageclass standard
  check 'an ingress class nginx' 'ingress.className' asked get ingressclass nginx
  check 'an ingress controller in ingress-nginx' 'networkPolicy.ingressController' some pods -n ingress-nginx
  check 'a ClusterIssuer letsencrypt of cert-manager' 'ingress.clusterIssuer' asked get clusterissuer.cert-manager.io letsencrypt
  check 'solvers of it that open no node port' 'serviceType: ClusterIP in each of its http01 solvers' no_node_port letsencrypt
  check 'Prometheus in monitoring' 'prometheus.url' asked get service -n monitoring prometheus-kube-prometheus-prometheus
  check "pods of Prometheus that network policies name" 'networkPolicy.prometheus' some pods -n monitoring -l app.kubernetes.io/name=prometheus
  check "a ClusterRole tenantry-opencost" 'charts/provisioner makes it, or opencost.url of one that all share' asked get clusterrole tenantry-opencost
fi
exit $missing
