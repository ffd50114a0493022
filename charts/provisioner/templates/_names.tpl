{{/* The one name of everything here, also of what is the cluster's: {release}-provisioner. */}}
{{- define "provisioner.name" -}}
{{ printf "%s-provisioner" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* What selects its pods: it can never change, so nothing that could change is in it. */}}
{{- define "provisioner.selectorLabels" -}}
app.kubernetes.io/name: provisioner
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "provisioner.labels" -}}
{{ include "provisioner.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: tenantry
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}
