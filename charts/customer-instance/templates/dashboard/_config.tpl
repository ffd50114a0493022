{{/* Its settings, by environment: the port that a user who is not root may open, and where its API is. */}}
{{- define "instance.dashboard.config" -}}
ROLE: dashboard
PORT: "8080"
LOG_LEVEL: {{ .Values.dashboard.logLevel | quote }}
PUBLIC_URL: {{ printf "https://%s" (include "instance.host" .) | quote }}
API_URL: {{ printf "http://%s:3002" (include "instance.name" (dict "root" $ "component" "api")) | quote }}
{{- end -}}
