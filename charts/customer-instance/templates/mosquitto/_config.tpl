{{/*
The broker's configuration. Everybody must have a user, and a user may do what mqtt.acls says of it: there is no superuser, and no rule
for whom it says nothing of. PostgreSQL is waited for however long it is away.
*/}}
{{- define "instance.mosquitto.config" -}}
per_listener_settings false
allow_anonymous false

listener 1883
protocol mqtt

listener 9001
protocol websockets

persistence true
persistence_location /mosquitto/data/
autosave_interval 15
max_queued_messages 10000
message_size_limit {{ int .Values.mosquitto.messageSizeMax }}

log_dest stdout
log_type error
log_type warning
log_type notice
connection_messages false

auth_plugin {{ .Values.mosquitto.pluginPath }}
auth_opt_log_level error
auth_opt_backends postgres
auth_opt_hasher pbkdf2
auth_opt_hasher_algorithm sha512
auth_opt_hasher_salt_encoding base64
auth_opt_cache true
auth_opt_cache_type go-cache
auth_opt_auth_cache_seconds {{ int .Values.mosquitto.cacheSeconds }}
auth_opt_acl_cache_seconds {{ int .Values.mosquitto.cacheSeconds }}
auth_opt_pg_host {{ include "instance.name" (dict "root" $ "component" "postgres") }}
auth_opt_pg_port 5432
auth_opt_pg_dbname {{ .Values.postgres.database }}
auth_opt_pg_user mosquitto
auth_opt_pg_sslmode disable
auth_opt_pg_connect_tries -1
auth_opt_pg_userquery SELECT password_hash FROM mqtt.users WHERE username = $1 AND enabled
auth_opt_pg_aclquery SELECT acls.topic FROM mqtt.acls JOIN mqtt.users USING (username) WHERE username = $1 AND enabled AND (access & $2) <> 0
{{- end -}}

{{- define "instance.mosquitto.files" -}}
mosquitto.conf: |
  {{- include "instance.mosquitto.config" . | nindent 2 }}
start.sh: |
  {{- .Files.Get "files/mosquitto/start.sh" | nindent 2 }}
{{- end -}}
