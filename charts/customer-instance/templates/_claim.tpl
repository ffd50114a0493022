{{/*
Class and size of a part's claim, called with (dict "root" $ "component" "redis" "size" "1Gi"). A StatefulSet's claim template cannot
be changed, so what the running one was made with stands: a cluster whose default storage class changes can still upgrade the
customers it already has. Without a cluster (helm template) there is nothing to look up and the values decide.
*/}}
{{- define "instance.claimSpec" -}}
{{- $name := include "instance.name" . -}}
{{- $running := lookup "apps/v1" "StatefulSet" .root.Release.Namespace $name -}}
{{- $class := .root.Values.storageClass -}}
{{- $size := .size -}}
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

{{/* The one claim of a part's StatefulSet, `data`. */}}
{{- define "instance.claimTemplates" -}}
- apiVersion: v1
  kind: PersistentVolumeClaim
  metadata:
    name: data
    labels:
      {{- include "instance.selectorLabels" . | nindent 6 }}
  spec:
    {{- include "instance.claimSpec" . | nindent 4 }}
{{- end -}}
