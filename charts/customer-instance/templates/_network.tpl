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
