{{/*
The exporter's settings, by environment. No pod of the chart uses the node's network (HOST_NETWORK=none), and the pods
that meter or certify for us are not the customer's usage (EXCLUDE_PODS, anchored, so that it means the same to every reader).
A suspended stack's last hour is reported when it ends, however long the interval is: the stack is not kept waiting for it.
*/}}
{{- define "instance.exporter.config" -}}
{{- $interval := int64 .Values.exporter.collectionIntervalMs -}}
CUSTOMER_ID: {{ .Values.customer.id | quote }}
INSTANCE_ID: {{ .Values.exporter.instanceId | default (printf "k8s-%s" .Values.customer.shortId) | quote }}
NAMESPACE: {{ .Release.Namespace | quote }}
PROMETHEUS_URL: {{ .Values.prometheus.url | quote }}
BILLING_API_URL: {{ .Values.billingApiUrl | quote }}
OPENCOST_URL: {{ .Values.opencost.url | default (printf "http://%s:9003" (include "instance.name" (dict "root" $ "component" "opencost"))) | quote }}
COLLECTION_INTERVAL: {{ ternary (min $interval 3600000) $interval .Values.suspended | quote }}
SETTLE_DELAY: {{ int64 .Values.exporter.settleDelaySeconds | quote }}
HEALTH_CHECK_PORT: "8080"
LOG_LEVEL: {{ .Values.exporter.logLevel | quote }}
ALLOW_PLAIN_HTTP: {{ .Values.exporter.allowPlainHttp | quote }}
API_KEY_FILE: /run/secrets/reporter/api-key
SPOOL_DIR: /var/spool/billing-exporter
HTTP_METRICS: {{ .Values.exporter.httpMetrics | quote }}
HOST_NETWORK: none
METERS: {{ join "," .Values.exporter.meters | default "none" | quote }}
EXCLUDE_PODS: {{ printf "^(%s-customer-instance-(billing-exporter|mosquitto-exporter|opencost|prometheus|grafana)-.+|cm-acme-http-solver-.+)$" .Release.Name | quote }}
{{- include "instance.exporter.prometheus" . }}
{{- end -}}

{{/* How Prometheus is asked and whom it is believed; what is not said is left to the exporter. */}}
{{- define "instance.exporter.prometheus" -}}
{{- with .Values.prometheus.matchers }}
PROMETHEUS_MATCHERS: {{ . | quote }}
{{- end }}
{{- $lines := list }}
{{- range $name, $value := .Values.prometheus.headers }}
{{- $lines = append $lines (printf "%s: %s" $name $value) }}
{{- end }}
{{- with $lines }}
PROMETHEUS_HEADERS: {{ join "\n" . | quote }}
{{- end }}
{{- with .Values.prometheus.username }}
PROMETHEUS_USERNAME: {{ . | quote }}
{{- end }}
{{- range $variable, $key := dict "TOKEN_FILE" "tokenKey" "PASSWORD_FILE" "passwordKey" "CA_FILE" "caKey" }}
{{- with get $.Values.prometheus.secret $key }}
PROMETHEUS_{{ $variable }}: {{ printf "/run/secrets/prometheus/%s" . | quote }}
{{- end }}
{{- end }}
{{- range $variable, $kind := dict "CADVISOR" "cadvisor" "KUBELET" "kubelet" "KUBE_STATE_METRICS" "kubeStateMetrics" "HTTP_METRICS" "httpMetrics" "KUBEVIRT" "kubevirt" }}
{{- $believed := get $.Values.prometheus.targets $kind }}
{{- with $believed.job }}
{{ $variable }}_JOB: {{ . | quote }}
{{- end }}
{{- with $believed.namespace }}
{{ $variable }}_NAMESPACE: {{ . | quote }}
{{- end }}
{{- end }}
{{- with .Values.prometheus.targets.mosquitto.job }}
MQTT_METRICS_JOB: {{ . | quote }}
{{- end }}
{{- with .Values.prometheus.targets.postgres.job }}
POSTGRES_METRICS_JOB: {{ . | quote }}
{{- end }}
{{- end -}}
