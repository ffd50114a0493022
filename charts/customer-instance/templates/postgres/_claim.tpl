{{/*
Class and size of the data's claim. A StatefulSet's claim template cannot be changed, so what the running one was made
with stands: a cluster whose default storage class changes can still upgrade the customers it already has.
Without a cluster (helm template) there is nothing to look up and the values decide.
*/}}
{{- define "instance.postgres.claimSpec" -}}
{{- $name := include "instance.name" (dict "root" $ "component" "postgres") -}}
{{- $running := lookup "apps/v1" "StatefulSet" .Release.Namespace $name -}}
{{- $class := .Values.storageClass -}}
{{- $size := .Values.postgres.storageSize -}}
{{- if $running -}}
{{- $made := (first $running.spec.volumeClaimTemplates).spec -}}
{{- $class = $made.storageClassName | default "" -}}
{{- $size = $made.resources.requests.storage -}}
{{- end -}}
accessModes:
  - ReadWriteOnce
{{- with $class }}
storageClassName: {{ . | quote }}
{{- end }}
resources:
  requests:
    storage: {{ $size | quote }}
{{- end -}}
