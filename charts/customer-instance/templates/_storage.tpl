{{/* Sizes of the claims, by component; that of the customer's own Prometheus is what its plan says. */}}
{{- define "instance.mosquitto.storageSize" -}}
{{ .Values.mosquitto.storageSize }}
{{- end -}}

{{- define "instance.redis.storageSize" -}}
{{ .Values.redis.storageSize }}
{{- end -}}

{{- define "instance.prometheus.storageSize" -}}
{{ .Values.monitoring.storageSize | default .Values.dedicatedPrometheus.storageSize }}
{{- end -}}

{{- define "instance.grafana.storageSize" -}}
{{ .Values.grafana.storageSize }}
{{- end -}}

{{/* Of the claims that this customer has, as {path in the values: size}. */}}
{{- define "instance.storageSizes" -}}
postgres.storageSize: {{ .Values.postgres.storageSize }}
mosquitto.storageSize: {{ .Values.mosquitto.storageSize }}
redis.storageSize: {{ .Values.redis.storageSize }}
{{- if .Values.monitoring.dedicated }}
monitoring.storageSize: {{ include "instance.prometheus.storageSize" . }}
{{- end }}
{{- if include "instance.hasGrafana" . }}
grafana.storageSize: {{ .Values.grafana.storageSize }}
{{- end }}
{{- end -}}
