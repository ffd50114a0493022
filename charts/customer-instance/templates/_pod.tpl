{{/*
What every pod has in common: Pod Security `restricted`, no token of the API server, and none of the environment that
Kubernetes would add per service. Called with (dict "root" $ "component" "api" "uid" 1000).
*/}}
{{- define "instance.podDefaults" -}}
serviceAccountName: {{ include "instance.name" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ int .uid }}
  runAsGroup: {{ int .uid }}
  fsGroup: {{ int .uid }}
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile:
    type: RuntimeDefault
{{- end -}}

{{- define "instance.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}
