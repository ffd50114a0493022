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
COLLECTION_INTERVAL: {{ ternary (min $interval 3600000) $interval .Values.suspended | quote }}
SETTLE_DELAY: {{ int64 .Values.exporter.settleDelaySeconds | quote }}
HEALTH_CHECK_PORT: "8080"
LOG_LEVEL: {{ .Values.exporter.logLevel | quote }}
API_KEY_FILE: /run/secrets/reporter/api-key
SPOOL_DIR: /var/spool/billing-exporter
HTTP_METRICS: {{ .Values.exporter.httpMetrics | quote }}
HOST_NETWORK: none
EXCLUDE_PODS: {{ printf "^(%s-customer-instance-(billing-exporter|mosquitto-exporter|opencost|prometheus|grafana)-.+|cm-acme-http-solver-.+)$" .Release.Name | quote }}
{{- end -}}
