{{/*
OpenCost's settings, by environment. It reads the Prometheus that sees the containers, which the customer's own does not. What it calls
itself at that is the namespace.
*/}}
{{- define "instance.opencost.config" -}}
API_PORT: "9003"
PROMETHEUS_SERVER_ENDPOINT: {{ .Values.prometheus.url | quote }}
CLUSTER_ID: {{ .Release.Namespace | quote }}
CONFIG_PATH: /var/configs
CLOUD_PROVIDER: {{ .Values.opencost.cloudProvider.provider | quote }}
CARBON_ESTIMATES_ENABLED: "false"
{{- range $name, $value := .Values.prometheus.headers }}
{{- if eq (lower $name) "x-scope-orgid" }}
PROMETHEUS_HEADER_X_SCOPE_ORGID: {{ $value | quote }}
{{- end }}
{{- end }}
{{- with .Values.prometheus.username }}
DB_BASIC_AUTH_USERNAME: {{ . | quote }}
{{- end }}
{{- range $name, $value := .Values.opencost.cloudProvider.settings }}
{{ $name }}: {{ $value | quote }}
{{- end }}
{{- end -}}

{{/* Credentials, from Secrets: a list of {name, secret, key}. */}}
{{- define "instance.opencost.secretEnv" -}}
{{- $prometheus := .Values.prometheus.secret }}
{{- with $prometheus.passwordKey }}
- {name: DB_BASIC_AUTH_PW, valueFrom: {secretKeyRef: {name: {{ $prometheus.name }}, key: {{ . }}}}}
{{- end }}
{{- with $prometheus.tokenKey }}
- {name: DB_BEARER_TOKEN, valueFrom: {secretKeyRef: {name: {{ $prometheus.name }}, key: {{ . }}}}}
{{- end }}
{{- with .Values.opencost.cloudProvider.secret }}
{{- range $variable, $key := .keys }}
- {name: {{ $variable }}, valueFrom: {secretKeyRef: {name: {{ $.Values.opencost.cloudProvider.secret.name }}, key: {{ $key }}}}}
{{- end }}
{{- end }}
{{- end -}}
