{{/*
What every pod has in common: Pod Security `restricted`, no token of the API server, none of the environment that
Kubernetes would add per service, and where the operator wants it to run. Called with
(dict "root" $ "component" "api" "settings" .Values.api); the settings are those of the part.
*/}}
{{- define "instance.podDefaults" -}}
{{- $uid := int .settings.uid -}}
serviceAccountName: {{ include "instance.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ $uid }}
  runAsGroup: {{ $uid }}
  fsGroup: {{ $uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- include "instance.podPlace" . }}
{{- end -}}

{{/*
Where a pod runs. What a part says stands before what the values say for every part: of node labels key by key, of the
rest as a whole. Pods are spread by the part's own selector, which is not the operator's to write.
*/}}
{{- define "instance.podPlace" -}}
{{- $all := .root.Values -}}
{{- with mergeOverwrite (deepCopy $all.nodeSelector) .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations | default $all.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.affinity | default $all.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.topologySpreadConstraints | default $all.topologySpreadConstraints }}
{{- $selector := dict "matchLabels" (include "instance.selectorLabels" $ | fromYaml) }}
topologySpreadConstraints:
  {{- range . }}
  - {{ merge (dict "labelSelector" $selector) . | toYaml | nindent 4 | trim }}
  {{- end }}
{{- end }}
{{- with .settings.priorityClassName | default $all.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* Labels and annotations of a pod: the selector's and the chart's own, which guard.yaml keeps the operator's from replacing. */}}
{{- define "instance.podLabels" -}}
{{- include "instance.selectorLabels" . }}
{{- with mergeOverwrite (deepCopy .root.Values.podLabels) .settings.podLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "instance.podAnnotations" -}}
{{- with mergeOverwrite (deepCopy .root.Values.podAnnotations) .settings.podAnnotations }}
{{- toYaml . }}
{{- end }}
{{- end -}}

{{- define "instance.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{/* A digest says which bytes run, a tag only what they are called: where both are given the tag is left out. */}}
{{- define "instance.image" -}}
{{ ternary (printf "%s@%s" .repository .digest) (printf "%s:%s" .repository .tag) (ne .digest "") | quote }}
{{- end -}}
