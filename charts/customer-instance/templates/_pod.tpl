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

{{/* What every container has in common, of a part's settings: (dict "root" $ "settings" .Values.redis). */}}
{{- define "instance.container" -}}
image: {{ include "instance.image" .settings.image }}
imagePullPolicy: {{ .settings.image.pullPolicy }}
securityContext:
  {{- include "instance.containerSecurity" . | nindent 2 }}
resources:
  {{- toYaml .settings.resources | nindent 2 }}
{{- end -}}

{{/*
Of a container that keeps data and ends with an error, its last lines are in the pod's status, where the provisioner sees that a volume is
full. Not of the product's own: who may read pods may not read what it logs.
*/}}
{{- define "instance.lastWords" -}}
terminationMessagePolicy: FallbackToLogsOnError
{{- end -}}

{{/*
Labels and annotations of a pod, called as podDefaults, with `config`: the text whose change restarts it, and `metricsPort`: where
a Prometheus that goes by annotations finds its metrics.
*/}}
{{- define "instance.podMetadata" -}}
labels:
  {{- include "instance.podLabels" . | nindent 2 }}
annotations:
  {{- with include "instance.podAnnotations" . }}
  {{- . | nindent 2 }}
  {{- end }}
  {{- with .metricsPort }}
  prometheus.io/scrape: "true"
  prometheus.io/port: {{ . | quote }}
  {{- end }}
  checksum/config: {{ .config | sha256sum }}
{{- end -}}

{{/* A service of one port, or of several: (dict … "ports" (dict "http" 3002) "headless" true). Each leads to the port of its name. */}}
{{- define "instance.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "instance.name" . }}
  labels:
    {{- include "instance.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  {{- if .headless }}
  clusterIP: None
  {{- end }}
  selector:
    {{- include "instance.selectorLabels" . | nindent 4 }}
  ports:
    {{- range $name, $port := .ports }}
    - name: {{ $name }}
      port: {{ $port }}
      targetPort: {{ $name }}
      protocol: TCP
    {{- end }}
{{- end -}}

{{/* A question over HTTP that a probe asks: (dict "path" "/health"), at the port `http` unless `port` says another. */}}
{{- define "instance.probe" -}}
httpGet:
  path: {{ .path | quote }}
  port: {{ .port | default "http" }}
{{- end -}}
