{{/*
The API's settings, by environment. What people typed is here and nowhere else, quoted; it reaches the container by
`envFrom`, because Kubernetes expands $(NAME) in a container's own `env` values and would fill in other variables.
The plan is not here: the licence says it.
*/}}
{{- define "instance.api.config" -}}
PORT: "3002"
LOG_LEVEL: {{ .Values.api.logLevel | quote }}
CUSTOMER_ID: {{ .Values.customer.id | quote }}
COMPANY_NAME: {{ .Values.customer.companyName | quote }}
CUSTOMER_EMAIL: {{ .Values.customer.email | quote }}
PUBLIC_URL: {{ printf "https://%s" (include "instance.host" .) | quote }}
BILLING_API_URL: {{ .Values.billingApiUrl | quote }}
{{- if .Values.appReporterSecret }}
API_KEY_FILE: /run/secrets/reporter/api-key
{{- end }}
SPOOL_DIR: /var/spool/instance
LICENSE_KEY_FILE: /run/secrets/licence/license
LICENSE_PUBLIC_KEY: {{ .Values.license.publicKey | quote }}
PGHOST: {{ include "instance.name" (dict "root" $ "component" "postgres") | quote }}
PGPORT: "5432"
PGDATABASE: {{ .Values.postgres.database | quote }}
PGUSER: {{ .Values.postgres.user | quote }}
MQTT_URL: {{ printf "mqtt://%s:1883" (include "instance.name" (dict "root" $ "component" "mosquitto")) | quote }}
MQTT_USERNAME: api
REDIS_HOST: {{ include "instance.name" (dict "root" $ "component" "redis") | quote }}
REDIS_PORT: "6379"
{{- end -}}

{{/* Passwords, from Secrets: {variable: name of the Secret in the values}. */}}
{{- define "instance.api.passwords" -}}
ADMIN_TOKEN: admin
MQTT_PASSWORD: mqttApi
PGPASSWORD: postgres
REDIS_PASSWORD: redis
{{- end -}}
