{{/* Over TCP, as the API connects. */}}
{{- define "instance.postgres.isReady" -}}
exec:
  command:
    - pg_isready
    - --host=127.0.0.1
    - {{ printf "--username=%s" .Values.postgres.user | quote }}
    - {{ printf "--dbname=%s" .Values.postgres.database | quote }}
{{- end -}}

{{/* Below the mount: a fresh volume may hold lost+found, and initdb wants an empty folder of its own. */}}
{{- define "instance.postgres.dataEnv" -}}
- name: PGDATA
  value: /var/lib/postgresql/data/pgdata
{{- end -}}
