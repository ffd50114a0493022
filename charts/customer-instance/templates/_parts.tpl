{{/*
The parts that this customer has, as {key in the values: component}. All of them have an image, resources, a service account, a
network policy and a disruption budget; what is not here is not rendered.
*/}}
{{- define "instance.parts" -}}
api: api
postgres: postgres
mosquitto: mosquitto
mosquittoExporter: mosquitto-exporter
redis: redis
dashboard: dashboard
exporter: billing-exporter
{{- if include "instance.hasOpencost" . }}
opencost: opencost
{{- end }}
{{- if .Values.monitoring.dedicated }}
dedicatedPrometheus: prometheus
{{- end }}
{{- if include "instance.hasGrafana" . }}
grafana: grafana
{{- end }}
{{- end -}}

{{/* One OpenCost for many customers, where there is one, stands in the place of the customer's own. */}}
{{- define "instance.hasOpencost" -}}
{{- if not .Values.opencost.url }}true{{ end }}
{{- end -}}
