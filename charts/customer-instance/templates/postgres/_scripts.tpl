{{/* What is run before the server, by file. */}}
{{- define "instance.postgres.scripts" -}}
{{- range $name := list "initialise.sh" "prepare.sh" "prepare.sql" }}
{{ $name }}: |
  {{- $.Files.Get (printf "files/postgres/%s" $name) | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Files with the passwords that prepare.sh takes: {variable: name of the Secret in the values}. */}}
{{- define "instance.postgres.passwords" -}}
BROKER_PASSWORD_FILE: brokerDatabase
METRICS_PASSWORD_FILE: postgresMetrics
MQTT_API_PASSWORD_FILE: mqttApi
MQTT_EXPORTER_PASSWORD_FILE: mqttExporter
{{- end -}}
