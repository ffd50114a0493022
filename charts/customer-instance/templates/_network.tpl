{{/* Rules that more than one part needs. Each names its peers and its ports: none may be empty, for empty means all. */}}

{{/* The peer that customers' requests come from. Without labels it is any pod of that namespace. */}}
{{- define "instance.ingress.controller" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .Values.networkPolicy.ingressController.namespace }}
  {{- with .Values.networkPolicy.ingressController.podLabels }}
  podSelector:
    matchLabels:
      {{- toYaml . | nindent 6 }}
  {{- end }}
{{- end -}}

{{- define "instance.egress.dns" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Values.networkPolicy.dns.namespace }}
      podSelector:
        matchLabels:
          {{- toYaml .Values.networkPolicy.dns.podLabels | nindent 10 }}
    {{- range .Values.networkPolicy.dns.cidrs }}
    - ipBlock:
        cidr: {{ . | quote }}
    {{- end }}
  ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- end -}}

{{/* The billing API: outside the cluster, at whatever public address its name has today. */}}
{{- define "instance.egress.billingApi" -}}
- to:
    {{- range .Values.networkPolicy.billingApi }}
    - ipBlock:
        {{- toYaml . | nindent 8 }}
    {{- end }}
  ports:
    - port: {{ include "instance.urlPort" .Values.billingApiUrl }}
      protocol: TCP
{{- end -}}

{{/* Port of a URL: the one it names, else its scheme's. */}}
{{- define "instance.urlPort" -}}
{{- $url := urlParse . -}}
{{- regexFind ":[0-9]+$" $url.host | trimPrefix ":" | default (ternary "80" "443" (eq $url.scheme "http")) -}}
{{- end -}}

{{/* The shared Prometheus: the pods behind prometheus.url, as a peer. */}}
{{- define "instance.peer.sharedPrometheus" -}}
- namespaceSelector:
    matchLabels:
      kubernetes.io/metadata.name: {{ .Values.networkPolicy.prometheus.namespace }}
  podSelector:
    matchLabels:
      {{- toYaml .Values.networkPolicy.prometheus.podLabels | nindent 6 }}
{{- end -}}

{{/* Parts of this stack as peers: (dict "root" $ "components" (list "api")). Those that this customer does not have are left out. */}}
{{- define "instance.peer.parts" -}}
{{- $parts := include "instance.parts" .root | fromYaml | values -}}
{{- range $component := .components }}
{{- if has $component $parts }}
- podSelector:
    matchLabels:
      {{- include "instance.selectorLabels" (dict "root" $.root "component" $component) | nindent 6 }}
{{- end }}
{{- end }}
{{- end -}}

{{/* One way out, to a part's port: (dict "root" $ "component" "redis" "port" "redis"). */}}
{{- define "instance.egress.part" -}}
- to:
    {{- include "instance.peer.parts" (dict "root" .root "components" (list .component)) | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end -}}

{{/*
Who may read a part's metrics: the shared Prometheus and, where there is one, the customer's own: (dict "root" $ "port" "metrics").
*/}}
{{- define "instance.ingress.metrics" -}}
- from:
    {{- include "instance.peer.sharedPrometheus" .root | nindent 4 }}
    {{- include "instance.peer.parts" (dict "root" .root "components" (list "prometheus")) | nindent 4 }}
  ports:
    - port: {{ .port }}
      protocol: TCP
{{- end -}}

{{/* The same for metrics that are no other Prometheus' business: nothing where the customer has none. */}}
{{- define "instance.ingress.ownMetrics" -}}
{{- with include "instance.peer.parts" (dict "root" .root "components" (list "prometheus")) | trim }}
- from:
    {{- . | nindent 4 }}
  ports:
    - port: {{ $.port }}
      protocol: TCP
{{- end }}
{{- end -}}

{{/* Head of a part's policy: what it selects, and that both ways are closed but for what follows. */}}
{{- define "instance.policy" -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "instance.name" . }}
  labels:
    {{- include "instance.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      {{- include "instance.selectorLabels" . | nindent 6 }}
  policyTypes:
    - Ingress
    - Egress
{{- end -}}
