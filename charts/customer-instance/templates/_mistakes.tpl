{{/* A line for each mistake in the operator's own values, `- path: what is wrong`; empty when there is none. */}}
{{- define "instance.mistakes" -}}
{{- $parts := include "instance.parts" . | fromYaml | keys | sortAlpha }}
{{- range $part := $parts }}
{{- $settings := get $.Values $part }}
{{- if and $.Values.requireDigest (eq $settings.image.digest "") }}
- {{ $part }}.image.digest: is missing, and requireDigest is true
{{- end }}
{{- include "instance.mistakes.pod" (dict "at" (printf "%s." $part) "settings" $settings) }}
{{- end }}
{{- if and .Values.requireDigest (eq .Values.postgres.metrics.image.digest "") }}
- postgres.metrics.image.digest: is missing, and requireDigest is true
{{- end }}
{{- include "instance.mistakes.pod" (dict "at" "" "settings" .Values) }}
{{- include "instance.mistakes.env" . }}
{{- include "instance.mistakes.database" . }}
{{- include "instance.mistakes.amounts" . }}
{{- include "instance.mistakes.quota" . }}
{{- include "instance.mistakes.prometheus" . }}
{{- include "instance.mistakes.opencost" . }}
{{- include "instance.mistakes.cluster" . }}
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
{{- $own := concat (include "instance.api.config" . | fromYaml | keys) (include "instance.api.passwords" . | fromYaml | keys) }}
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

{{/* What OpenCost's own settings cannot be, and whom they ask. */}}
{{- define "instance.mistakes.opencost" -}}
{{- $cloud := .Values.opencost.cloudProvider }}
{{- if ne (empty $cloud.secret.name) (empty $cloud.secret.keys) }}
- opencost.cloudProvider.secret: name and keys go together
{{- end }}
{{- if and .Values.opencost.url (or $cloud.provider $cloud.settings $cloud.secret.name) }}
- opencost.cloudProvider: is for an OpenCost of the customer's own, and opencost.url names one that all customers share, which has its own settings
{{- end }}
{{- $own := keys (include "instance.opencost.config" (dict "Values" (mergeOverwrite (deepCopy .Values) (dict "opencost" (dict "cloudProvider" (dict "settings" nil)))) "Release" .Release) | fromYaml) }}
{{- range $name := concat (keys $cloud.settings) (keys $cloud.secret.keys) }}
{{- if has $name $own }}
- opencost.cloudProvider: {{ $name }} is set by the chart
{{- end }}
{{- end }}
{{- range $name, $_ := $cloud.settings }}
{{- if hasKey $cloud.secret.keys $name }}
- opencost.cloudProvider.settings: {{ $name }} stands among the keys of the Secret too
{{- end }}
{{- end }}
{{- end -}}

{{/* Kinds that the cluster does not have: the API server would refuse the whole release in words that name no value. */}}
{{- define "instance.mistakes.cluster" -}}
{{- if and .Values.serviceMonitors.enabled (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1/ServiceMonitor")) }}
- serviceMonitors.enabled: the cluster has no ServiceMonitor (monitoring.coreos.com/v1): install the Prometheus operator, or leave it false
{{- end }}
{{- if and .Values.ingress.enabled .Values.ingress.requireCertManager (not (.Capabilities.APIVersions.Has "cert-manager.io/v1/Certificate")) }}
- ingress.requireCertManager: the cluster has no cert-manager (cert-manager.io/v1): install it, or leave ingress.clusterIssuer empty
{{- end }}
{{- end -}}

{{/* Names that PostgreSQL keeps for itself, the superuser's, and those of the chart's own roles. */}}
{{- define "instance.mistakes.database" -}}
{{- if or (eq .Values.postgres.user "postgres") (hasPrefix "pg_" .Values.postgres.user) }}
- postgres.user: {{ .Values.postgres.user }} is PostgreSQL's own
{{- end }}
{{- if has .Values.postgres.user (list "mosquitto" "postgres_exporter") }}
- postgres.user: {{ .Values.postgres.user }} is the role of another part of the stack
{{- end }}
{{- if has .Values.postgres.database (list "postgres" "template0" "template1") }}
- postgres.database: {{ .Values.postgres.database }} is PostgreSQL's own
{{- end }}
{{- end -}}

{{/* Amounts that the API server would refuse, at the first customer: requests over limits, and what the plan allows no container or claim. */}}
{{- define "instance.mistakes.amounts" -}}
{{- $quota := .Values.quota }}
{{- $asked := dict "limits.containerDefault" .Values.limits.containerDefault }}
{{- $parts := include "instance.parts" . | fromYaml | keys | sortAlpha }}
{{- range $part := $parts }}
{{- $_ := set $asked (printf "%s.resources" $part) (get $.Values $part).resources }}
{{- end }}
{{- $_ := set $asked "postgres.metrics.resources" .Values.postgres.metrics.resources }}
{{- range $at, $resources := $asked }}
{{- range $name, $limit := $resources.limits }}
{{- $request := get $resources.requests $name }}
{{- include "instance.mistakes.more" (dict "at" (printf "%s.requests.%s" $at $name) "is" $request "than" (printf "%s.limits.%s" $at $name) "most" $limit) }}
{{- include "instance.mistakes.more" (dict "at" (printf "%s.limits.%s" $at $name) "is" $limit "than" (printf "quota.containerMax.%s" $name) "most" (get $quota.containerMax $name)) }}
{{- end }}
{{- end }}
{{- range $at, $size := include "instance.storageSizes" . | fromYaml }}
{{- include "instance.mistakes.more" (dict "at" $at "is" $size "than" "quota.claimMax" "most" $quota.claimMax) }}
{{- end }}
{{- end -}}

{{/*
A quota in which the stack does not fit, while its parts are replaced by new ones: the parts that are never without a pod (api, dashboard)
have two then, and cert-manager may have a solver. The API server would refuse some pod of it, at the first upgrade.
*/}}
{{- define "instance.mistakes.quota" -}}
{{- $sums := dict }}
{{- $asked := list .Values.postgres.metrics.resources .Values.limits.containerDefault .Values.api.resources .Values.dashboard.resources }}
{{- range $part := include "instance.parts" . | fromYaml | keys | sortAlpha }}
{{- $asked = append $asked (get $.Values $part).resources }}
{{- end }}
{{- range $resources := $asked }}
{{- range $side := list "requests" "limits" }}
{{- range $name, $amount := get $resources $side }}
{{- $at := printf "%s.%s" $side $name }}
{{- $_ := set $sums $at (addf (get $sums $at | default 0 | float64) (include "instance.amount" $amount | float64)) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $name, $key := dict "cpu" "cpu" "memory" "memory" "ephemeral-storage" "ephemeralStorage" }}
{{- range $side := list "requests" "limits" }}
{{- $sum := get $sums (printf "%s.%s" $side $name) }}
{{- $most := get $.Values.quota $key }}
{{- if gt $sum (addf (include "instance.amount" $most | float64) 0.0001) }}
- quota.{{ $key }}: {{ $most }} is less than the {{ include "instance.shown" (dict "name" $name "amount" $sum) }} that the {{ $side }} of this stack come to while it is upgraded
{{- end }}
{{- end }}
{{- end }}
{{- $storage := 0.0 }}
{{- range $_, $size := include "instance.storageSizes" . | fromYaml }}
{{- $storage = addf $storage (include "instance.amount" $size | float64) }}
{{- end }}
{{- if gt $storage (include "instance.amount" .Values.quota.storage | float64) }}
- quota.storage: {{ .Values.quota.storage }} is less than the {{ include "instance.shown" (dict "name" "storage" "amount" $storage) }} that the claims of this stack come to
{{- end }}
{{- $pods := add (len (include "instance.parts" . | fromYaml)) 3 }}
{{- if gt $pods (int64 .Values.limits.pods) }}
- limits.pods: {{ int .Values.limits.pods }} is less than the {{ $pods }} pods that this stack has while it is upgraded
{{- end }}
{{- end -}}

{{/* An amount in words: cores, or Mi. */}}
{{- define "instance.shown" -}}
{{- if eq .name "cpu" -}}
{{ round (mulf .amount 1000) 0 | int64 }}m
{{- else -}}
{{ divf .amount 1048576 | ceil | int64 }}Mi
{{- end -}}
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
