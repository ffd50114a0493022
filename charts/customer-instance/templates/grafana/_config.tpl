{{- define "instance.hasGrafana" -}}
{{- if and .Values.monitoring.dedicated .Values.monitoring.grafana }}true{{ end }}
{{- end -}}

{{/* Grafana's settings, by environment. It calls nobody, and shows what is below /etc/grafana/provisioning. */}}
{{- define "instance.grafana.config" -}}
GF_SECURITY_ADMIN_USER: admin
GF_SECURITY_ADMIN_PASSWORD__FILE: /run/secrets/grafana/password
GF_USERS_ALLOW_SIGN_UP: "false"
GF_AUTH_ANONYMOUS_ENABLED: "false"
GF_ANALYTICS_REPORTING_ENABLED: "false"
GF_ANALYTICS_CHECK_FOR_UPDATES: "false"
GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES: "false"
GF_NEWS_NEWS_FEED_ENABLED: "false"
GF_SECURITY_DISABLE_GRAVATAR: "true"
GF_PLUGINS_PREINSTALL_DISABLED: "true"
GF_LOG_MODE: console
GF_PATHS_DATA: /var/lib/grafana
GF_PATHS_LOGS: /tmp
GF_PATHS_PLUGINS: /var/lib/grafana/plugins
GF_PATHS_PROVISIONING: /etc/grafana/provisioning
{{- end -}}

{{/* Its files: the data source, where dashboards are, and the dashboards of files/grafana. */}}
{{- define "instance.grafana.files" -}}
datasource.yaml: |
  apiVersion: 1
  prune: true
  datasources:
    - name: Prometheus
      uid: prometheus
      type: prometheus
      access: proxy
      url: {{ printf "http://%s:9090" (include "instance.name" (dict "root" $ "component" "prometheus")) }}
      isDefault: true
      editable: false
      jsonData:
        timeInterval: {{ .Values.monitoring.scrapeInterval | default "30s" }}
dashboards.yaml: |
  apiVersion: 1
  providers:
    - name: tenantry
      folder: Tenantry
      type: file
      disableDeletion: true
      allowUiUpdates: false
      options:
        path: /etc/grafana/dashboards
{{- range $path, $_ := .Files.Glob "files/grafana/*.json" }}
{{ base $path }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end -}}

{{/* All that a running Grafana has read once. */}}
{{- define "instance.grafana.restart" -}}
{{ include "instance.grafana.config" . }}
{{ include "instance.grafana.files" . }}
{{- end -}}
