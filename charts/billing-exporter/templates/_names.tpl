{{/* Objects are called as the release is: installed as `billing-exporter` they are named as the older set-up's were. */}}
{{- define "exporter.name" -}}
{{ .Release.Name | trunc 53 | trimSuffix "-" }}
{{- end -}}

{{/* Labels that select the pod. A Deployment's selector can never change, so no version is among them. */}}
{{- define "exporter.selectorLabels" -}}
app.kubernetes.io/name: billing-exporter
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "exporter.labels" -}}
{{ include "exporter.selectorLabels" . }}
app: billing-exporter
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: tenantry
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "exporter.image" -}}
{{- with .Values.image -}}
{{ ternary (printf "%s@%s" .repository .digest) (printf "%s:%s" .repository .tag) (ne .digest "") | quote }}
{{- end -}}
{{- end -}}

{{/* Port of a URL: the one it names, else its scheme's. */}}
{{- define "exporter.urlPort" -}}
{{- $url := urlParse . -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "80" "443" (eq $url.scheme "http")) -}}
{{- end -}}
