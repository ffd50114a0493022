{{/* The exporter's settings, by environment. Its own pod is nobody's use, whatever else is left out. */}}
{{- define "exporter.config" -}}
{{- $own := printf "%s-[a-z0-9]+-[a-z0-9]+" (include "exporter.name" .) -}}
MODE: {{ .Values.mode }}
{{- if eq .Values.mode "namespace" }}
CUSTOMER_ID: {{ .Values.customerId | quote }}
INSTANCE_ID: {{ .Values.instanceId | quote }}
NAMESPACE: {{ .Values.namespace | default .Release.Namespace | quote }}
{{- end }}
PROMETHEUS_URL: {{ .Values.prometheus.url | quote }}
BILLING_API_URL: {{ .Values.billingApiUrl | quote }}
API_KEY_FILE: /run/secrets/billing/{{ .Values.secret.apiKeyKey }}
COLLECTION_INTERVAL: {{ int64 .Values.collectionIntervalMs | quote }}
SETTLE_DELAY: {{ int64 .Values.settleDelaySeconds | quote }}
{{- with .Values.backfillFrom }}
BACKFILL_FROM: {{ . | quote }}
{{- end }}
HTTP_METRICS: {{ .Values.httpMetrics }}
HOST_NETWORK: {{ .Values.hostNetwork }}
EXCLUDE_PODS: {{ ternary (printf "%s|%s" $own .Values.excludePods) $own (ne .Values.excludePods "") | quote }}
METERS: {{ join "," .Values.meters | default "none" | quote }}
{{- with .Values.openCostUrl }}
OPENCOST_URL: {{ . | quote }}
{{- end }}
ALLOW_PLAIN_HTTP: {{ .Values.allowPlainHttp | quote }}
LOG_LEVEL: {{ .Values.logLevel }}
HEALTH_CHECK_PORT: "8080"
SPOOL_DIR: /var/spool/billing-exporter
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
{{- end -}}
