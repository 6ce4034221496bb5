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

{{- /* The platforms for which there is a terminal. */}}
{{- define "lockstep.platforms" -}}
{{- $offered := list }}
{{- if .Values.images.terminalMt4 }}{{ $offered = append $offered "MT4" }}{{ end }}
{{- if .Values.images.terminalMt5 }}{{ $offered = append $offered "MT5" }}{{ end }}
{{- join "," $offered }}
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

{{- /* The label value of a broker's server, as server_label in core/src/lockstep_core/resources/names.py makes it. */}}
{{- define "lockstep.serverLabel" -}}
{{- regexReplaceAll "[^A-Za-z0-9._-]" . "-" | lower | trunc 63 | trimAll "-._" -}}
{{- end }}

{{- /* Where a broker may listen: all TCP ports but those of mail servers, 25, 465, 587 and 2525. */}}
{{- define "lockstep.brokerPorts" -}}
- {protocol: TCP, port: 1, endPort: 24}
- {protocol: TCP, port: 26, endPort: 464}
- {protocol: TCP, port: 466, endPort: 586}
- {protocol: TCP, port: 588, endPort: 2524}
- {protocol: TCP, port: 2526, endPort: 65535}
{{- end }}

{{- /* Where the pods of a component run: its values. */}}
{{- define "lockstep.placement" -}}
{{- with .nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity: {{- toYaml . | nindent 2 }}
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

{{- /* The proxy before a server: (dict "root" $ "component" "keyring" "door" .Values.keyring.door "ports" (list …) "tls" "volume or empty"). */}}
{{- define "lockstep.door" -}}
- name: door
  image: {{ include "lockstep.image" (dict "root" .root "name" "door") }}
  imagePullPolicy: {{ .root.Values.imagePullPolicy }}
  command: [haproxy, -db, -f, /etc/lockstep/door/common.cfg, -f, /etc/lockstep/door/{{ .component }}.cfg]
  env:
    - {name: DOOR_CONNECTIONS, value: {{ .door.connections | quote }}}
    - {name: DOOR_CONNECTIONS_PER_SOURCE, value: {{ .door.connectionsPerSource | quote }}}
    - {name: DOOR_NEW_CONNECTIONS_PER_SOURCE, value: {{ .door.newConnectionsPerSource | quote }}}
  ports:
    {{- range .ports }}
    - {name: {{ .name }}, containerPort: {{ .port }}}
    {{- end }}
    - {name: door-probes, containerPort: 9101}
  startupProbe: {httpGet: {path: /livez, port: door-probes}, periodSeconds: 2, failureThreshold: 30}
  livenessProbe: {httpGet: {path: /livez, port: door-probes}, periodSeconds: 15, timeoutSeconds: 5}
  readinessProbe: {httpGet: {path: /livez, port: door-probes}, periodSeconds: 3}
  resources: {{- toYaml .door.resources | nindent 4 }}
  securityContext: {{- include "lockstep.containerSecurity" .root | nindent 4 }}
  {{- with .tls }}
  volumeMounts:
    - {name: {{ . }}, mountPath: /var/run/lockstep/tls, readOnly: true}
  {{- end }}
{{- end }}
