{{/*
Names and labels. Everything here is made of ids alone: what people typed (company name, email) never becomes a name,
a label or a selector. A part is called with (dict "root" $ "component" "api").
*/}}

{{/* {release}-customer-instance-{component}, at most 46 characters: a pod's own suffix still fits into 63. */}}
{{- define "instance.name" -}}
{{ .root.Release.Name }}-customer-instance-{{ .component }}
{{- end -}}

{{/* What selects a part's pods: it can never change, so nothing that could change is in it. */}}
{{- define "instance.selectorLabels" -}}
app.kubernetes.io/name: customer-instance
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of every object; beside the selector's, so that a new chart version or plan never touches a selector. */}}
{{- define "instance.labels" -}}
{{ include "instance.selectorLabels" . }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
app.kubernetes.io/part-of: tenantry
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
tenantry.dev/customer: {{ .root.Values.customer.id }}
tenantry.dev/organisation: {{ .root.Values.customer.organisationId }}
tenantry.dev/plan: {{ .root.Values.plan }}
{{- end -}}

{{/* Host name of the instance. */}}
{{- define "instance.host" -}}
{{ .Values.customer.shortId }}.{{ .Values.baseDomain }}
{{- end -}}

{{/* Suspended: nothing of the customer's runs, claims, Secrets and configuration stay. */}}
{{- define "instance.replicas" -}}
{{ ternary 0 1 .Values.suspended }}
{{- end -}}
