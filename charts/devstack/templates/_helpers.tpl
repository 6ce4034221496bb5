{{- define "devstack.labels" -}}
app.kubernetes.io/part-of: lockstep
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "devstack.podSecurity" -}}
runAsNonRoot: true
runAsUser: 10070
runAsGroup: 10070
fsGroup: 10070
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "devstack.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{/* The value a Secret has on the cluster already, else a new random one. Arguments: existing data, key, prefix, length. */}}
{{- define "devstack.kept" -}}
{{- $data := index . 0 -}}
{{- $key := index . 1 -}}
{{- if hasKey $data $key -}}
{{- index $data $key | b64dec -}}
{{- else -}}
{{- index . 2 -}}{{- randAlphaNum (int (index . 3)) -}}
{{- end -}}
{{- end -}}
