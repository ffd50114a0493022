{{/* Everything is written down within a second. What does not fit is refused or evicted, as the policy says, before the pod is ended for it. */}}
{{- define "instance.redis.config" -}}
port 6379
bind * -::*
dir /data
appendonly yes
appendfsync everysec
save ""
maxmemory {{ .Values.redis.maxMemory | trimSuffix "i" | lower }}b
maxmemory-policy {{ .Values.redis.maxMemoryPolicy }}
include /tmp/password.conf
{{- end -}}

{{- define "instance.redis.files" -}}
redis.conf: |
  {{- include "instance.redis.config" . | nindent 2 }}
start.sh: |
  {{- .Files.Get "files/redis/start.sh" | nindent 2 }}
{{- end -}}

{{/* Also while it loads what it has written, Redis answers; PONG is said when it has. */}}
{{- define "instance.redis.isReady" -}}
exec:
  command:
    - sh
    - -c
    - REDISCLI_AUTH="$(cat "$PASSWORD_FILE")" redis-cli ping | grep -q PONG
{{- end -}}
