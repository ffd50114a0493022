{{/* The name of every object of this chart, the cluster-wide ones too: {release}-provisioner. */}}
{{- define "provisioner.name" -}}
{{ printf "%s-provisioner" .Release.Name | trunc 63 | trimSuffix "-" }}
{{- end -}}

{{/* The ClusterRole that the provisioner binds to itself in each customer's namespace, and the name of that binding. */}}
{{- define "provisioner.customerRole" -}}
{{ include "provisioner.name" . }}-customer
{{- end -}}

{{/* Labels that select the provisioner's pods. A Deployment's selector can never change, so no version is among them. */}}
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

{{/* Where /healthz, /readyz and /metrics are. */}}
{{- define "provisioner.healthPort" -}}
8080
{{- end -}}

{{/* A digest says which bytes run, a tag only what they are called: where both are given the tag is left out. */}}
{{- define "provisioner.image" -}}
{{- with .Values.image -}}
{{ ternary (printf "%s@%s" .repository .digest) (printf "%s:%s" .repository .tag) (ne .digest "") | quote }}
{{- end -}}
{{- end -}}
