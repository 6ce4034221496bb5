{{- define "lockstep.labels" -}}
app.kubernetes.io/part-of: lockstep
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- /* What selects the pods of a component: (dict "root" $ "component" "keyring"). */}}
{{- define "lockstep.selector" -}}
app.kubernetes.io/part-of: lockstep
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "lockstep.image" -}}
{{- required (printf "images.%s must be set: the full name of the image" .name) (index .root.Values.images .name) -}}
{{- end }}

{{- /* What makes an object part of the step before an installation or upgrade: its place in that step. */}}
{{- define "lockstep.hook" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{- define "lockstep.podAnnotations" -}}
{{- if .Values.prometheusAnnotations }}
prometheus.io/scrape: "true"
prometheus.io/port: "9100"
{{- end }}
{{- end }}

{{- define "lockstep.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "lockstep.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* The Secret with the database address of a shard's router. */}}
{{- define "lockstep.routerDatabase" -}}
{{- .databaseSecret | default (printf "lockstep-db-router-%s" .name) -}}
{{- end }}

{{- define "lockstep.keysSecret" -}}
{{- .Values.keyring.existingSecret | default "lockstep-keyring-keys" -}}
{{- end }}
