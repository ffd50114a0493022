{{/* A line for each mistake in the operator's own values, `- path: what is wrong`; empty when there is none. */}}
{{- define "instance.mistakes" -}}
{{- range $part := list "api" "postgres" "exporter" }}
{{- $settings := get $.Values $part }}
{{- if and $.Values.requireDigest (eq $settings.image.digest "") }}
- {{ $part }}.image.digest: is missing, and requireDigest is true
{{- end }}
{{- include "instance.mistakes.pod" (dict "at" (printf "%s." $part) "settings" $settings) }}
{{- end }}
{{- include "instance.mistakes.pod" (dict "at" "" "settings" .Values) }}
{{- include "instance.mistakes.env" . }}
{{- include "instance.mistakes.database" . }}
{{- end -}}

{{/* The selectors, the network policies and the restart on a change hold to these. */}}
{{- define "instance.mistakes.pod" -}}
{{- range $name, $_ := .settings.podLabels }}
{{- if regexMatch "^(app|pod-template-hash|(app[.]kubernetes[.]io|helm[.]sh|tenantry[.]dev|acme[.]cert-manager[.]io)/.*)$" $name }}
- {{ $.at }}podLabels: {{ $name }} is not the operator's to set
{{- end }}
{{- end }}
{{- if hasKey .settings.podAnnotations "checksum/config" }}
- {{ .at }}podAnnotations: checksum/config is set by the chart
{{- end }}
{{- end -}}

{{/* A variable that the chart sets would be replaced, and the instance would start with another's licence or database. */}}
{{- define "instance.mistakes.env" -}}
{{- $own := append (include "instance.api.config" . | fromYaml | keys) "PGPASSWORD" }}
{{- $seen := dict }}
{{- range $index, $entry := .Values.api.env }}
{{- $at := printf "api.env[%d]" $index }}
{{- if has $entry.name $own }}
- {{ $at }}.name: {{ $entry.name }} is set by the chart
{{- end }}
{{- if hasKey $seen $entry.name }}
- {{ $at }}.name: {{ $entry.name }} stands twice
{{- end }}
{{- $_ := set $seen $entry.name true }}
{{- if eq (hasKey $entry "value") (hasKey $entry "secretKeyRef") }}
- {{ $at }}: {{ $entry.name }} needs either a value or a secretKeyRef
{{- end }}
{{- with $entry.secretKeyRef }}
{{- if eq .name $.Values.secrets.reporter }}
- {{ $at }}.secretKeyRef.name: {{ .name }} is the exporter's alone, because whoever has it writes the customer's bill
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Names that PostgreSQL keeps for itself, and the superuser's. */}}
{{- define "instance.mistakes.database" -}}
{{- if or (eq .Values.postgres.user "postgres") (hasPrefix "pg_" .Values.postgres.user) }}
- postgres.user: {{ .Values.postgres.user }} is PostgreSQL's own
{{- end }}
{{- if has .Values.postgres.database (list "postgres" "template0" "template1") }}
- postgres.database: {{ .Values.postgres.database }} is PostgreSQL's own
{{- end }}
{{- end -}}
