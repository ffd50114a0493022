{{/* Over TCP: while the image's first start initialises the database it listens on its socket only. */}}
{{- define "instance.postgres.isReady" -}}
exec:
  command:
    - pg_isready
    - --host=127.0.0.1
    - {{ printf "--username=%s" .Values.postgres.user | quote }}
    - {{ printf "--dbname=%s" .Values.postgres.database | quote }}
{{- end -}}
