{{/*
What the customer's own Prometheus reads: every part that has metrics. OpenCost knows the whole cluster, so of its series those of this
namespace are kept, and those of no namespace (prices of nodes).
*/}}
{{- define "instance.prometheus.config" -}}
global:
  scrape_interval: {{ .Values.monitoring.scrapeInterval | default "30s" }}
rule_files:
  - alerts.yaml
scrape_configs:
  {{- $targets := list (list "api" 3002) (list "postgres" 9187) (list "mosquitto-exporter" 9234) (list "billing-exporter" 8080) (list "opencost" 9003) (list "prometheus" 9090) (list "grafana" 3000) }}
  {{- $parts := include "instance.parts" . | fromYaml | values }}
  {{- range $targets }}
  {{- $component := index . 0 }}
  {{- if has $component $parts }}
  - job_name: {{ $component }}
    # For an API that does not say what its text is.
    fallback_scrape_protocol: PrometheusText0.0.4
    static_configs:
      - targets:
          - {{ include "instance.prometheus.target" (dict "root" $ "component" $component "port" (index . 1)) | quote }}
    {{- if eq $component "opencost" }}
    metric_relabel_configs:
      - source_labels: [namespace]
        regex: {{ printf "(|%s)" $.Release.Namespace }}
        action: keep
    {{- end }}
  {{- end }}
  {{- end }}
{{- end -}}

{{/* The parts that have a service behind their name; Grafana's is at the port of pages, and Prometheus reads itself in its own pod. */}}
{{- define "instance.prometheus.target" -}}
{{- if eq .component "prometheus" -}}
127.0.0.1:9090
{{- else if eq .component "grafana" -}}
{{ include "instance.name" . }}:80
{{- else -}}
{{ include "instance.name" . }}:{{ .port }}
{{- end -}}
{{- end -}}

{{/* Bytes of samples that are kept at most: a volume that fills up would end the whole Prometheus, and its log needs room too. */}}
{{- define "instance.prometheus.retentionBytes" -}}
{{- $claim := include "instance.claimSpec" (dict "root" . "component" "prometheus" "size" (include "instance.prometheus.storageSize" .)) | fromYaml -}}
{{- mulf (include "instance.amount" $claim.resources.requests.storage | float64) 0.8 | int64 -}}
{{- end -}}

{{- define "instance.prometheus.files" -}}
prometheus.yml: |
  {{- include "instance.prometheus.config" . | nindent 2 }}
alerts.yaml: |
  {{- $collectedWithin := add (div (mul 2 (int64 .Values.exporter.collectionIntervalMs)) 1000) 300 }}
  {{- .Files.Get "files/prometheus/alerts.yaml" | replace "COLLECTED_WITHIN_SECONDS" (toString $collectedWithin) | nindent 2 }}
{{- end -}}
