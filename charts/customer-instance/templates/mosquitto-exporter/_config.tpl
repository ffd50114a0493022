{{/* Its settings, by environment; the password is a file. */}}
{{- define "instance.mosquittoExporter.config" -}}
PORT: "9234"
MQTT_URL: {{ printf "mqtt://%s:1883" (include "instance.name" (dict "root" $ "component" "mosquitto")) | quote }}
MQTT_USERNAME: exporter
MQTT_PASSWORD_FILE: /run/secrets/mqtt/password
{{- end -}}
