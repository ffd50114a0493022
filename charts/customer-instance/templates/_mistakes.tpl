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
{{- include "instance.mistakes.amounts" . }}
{{- include "instance.mistakes.prometheus" . }}
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
{{- if eq .name $.Values.reporterSecret }}
- {{ $at }}.secretKeyRef.name: {{ .name }} is the exporter's alone, because whoever has it writes the customer's bill
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* What the exporter would refuse at its start, in each customer's namespace. */}}
{{- define "instance.mistakes.prometheus" -}}
{{- $prometheus := .Values.prometheus }}
{{- $secret := $prometheus.secret }}
{{- with regexFind "(^|,) *(__name__|namespace|pod|container|job|instance) *[=!]" $prometheus.matchers }}
- prometheus.matchers: {{ regexFind "[a-z_]+" . }} is what the exporter itself asks by
{{- end }}
{{- range $name, $_ := $prometheus.headers }}
{{- if has (lower $name) (list "host" "content-type" "content-length" "accept" "authorization" "connection" "transfer-encoding") }}
- prometheus.headers: {{ $name }} is set by the exporter
{{- end }}
{{- end }}
{{- if and (eq $secret.name "") (or $secret.tokenKey $secret.passwordKey $secret.caKey) }}
- prometheus.secret.name: is missing, and a key of it is named
{{- end }}
{{- if and $secret.name (not (or $secret.tokenKey $secret.passwordKey $secret.caKey)) }}
- prometheus.secret: names none of the keys of {{ $secret.name }}
{{- end }}
{{- if ne (empty $prometheus.username) (empty $secret.passwordKey) }}
- prometheus.username: goes together with prometheus.secret.passwordKey
{{- end }}
{{- if and $prometheus.username $secret.tokenKey }}
- prometheus.username: stands beside prometheus.secret.tokenKey, and only one may be
{{- end }}
{{- if and (or $secret.tokenKey $secret.passwordKey) (hasPrefix "http://" $prometheus.url) (not .Values.exporter.allowPlainHttp) }}
- prometheus.url: must be https, because a token or password is sent to it; exporter.allowPlainHttp allows http
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

{{/* Amounts that the API server would refuse, at the first customer: requests over limits, and what the plan allows no container or claim. */}}
{{- define "instance.mistakes.amounts" -}}
{{- $quota := .Values.quota }}
{{- $asked := dict "limits.containerDefault" .Values.limits.containerDefault }}
{{- range $part := list "api" "postgres" "exporter" }}
{{- $_ := set $asked (printf "%s.resources" $part) (get $.Values $part).resources }}
{{- end }}
{{- range $at, $resources := $asked }}
{{- range $name, $limit := $resources.limits }}
{{- $request := get $resources.requests $name }}
{{- include "instance.mistakes.more" (dict "at" (printf "%s.requests.%s" $at $name) "is" $request "than" (printf "%s.limits.%s" $at $name) "most" $limit) }}
{{- include "instance.mistakes.more" (dict "at" (printf "%s.limits.%s" $at $name) "is" $limit "than" (printf "quota.containerMax.%s" $name) "most" (get $quota.containerMax $name)) }}
{{- end }}
{{- end }}
{{- include "instance.mistakes.more" (dict "at" "postgres.storageSize" "is" .Values.postgres.storageSize "than" "quota.claimMax" "most" $quota.claimMax) }}
{{- end -}}

{{- define "instance.mistakes.more" -}}
{{- if gt (include "instance.amount" .is | float64) (include "instance.amount" .most | float64) }}
- {{ .at }}: {{ .is }} is more than {{ .than }}, {{ .most }}
{{- end }}
{{- end -}}

{{/* A Kubernetes quantity, as values.schema.json takes it, in cores or bytes. */}}
{{- define "instance.amount" -}}
{{- $number := regexFind "^[0-9.]+" . -}}
{{- $factors := dict "" 1 "m" 0.001 "k" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "Ki" 1024 "Mi" 1048576 "Gi" 1073741824 "Ti" 1099511627776 -}}
{{- mulf (float64 $number) (get $factors (trimPrefix $number .) | float64) -}}
{{- end -}}
