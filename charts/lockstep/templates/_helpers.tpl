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

{{- /* IPv4 ranges that are nobody's public address, Azure's own service at 168.63.129.16, and the cluster's own ranges, as JSON. */}}
{{- define "lockstep.notPublic" -}}
{{- $ranges := list "0.0.0.0/8" "10.0.0.0/8" "100.64.0.0/10" "127.0.0.0/8" "168.63.129.16/32" "169.254.0.0/16" "172.16.0.0/12" "192.0.0.0/24" "192.168.0.0/16" "198.18.0.0/15" "224.0.0.0/3" }}
{{- range .Values.terminals.egress.clusterCidrs }}
{{- if not (contains ":" .) }}{{ $ranges = append $ranges . }}{{ end }}
{{- end }}
{{- $ranges | toJson }}
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

{{- /* Several pods of a component keep to different nodes and zones where the scheduler can do so:
(dict "root" $ "component" "keyring" "part" .Values.keyring "pods" 2 "perRevision" true). Pods of the revision that a rollout replaces do not
count, but where each pod has a Deployment of its own, as routers have. */}}
{{- define "lockstep.spread" -}}
{{- if .part.topologySpreadConstraints }}
topologySpreadConstraints: {{- toYaml .part.topologySpreadConstraints | nindent 2 }}
{{- else if gt (int .pods) 1 }}
topologySpreadConstraints:
  {{- $given := . }}
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "lockstep.selector" $given | nindent 8 }}
    {{- if $given.perRevision }}
    matchLabelKeys: [pod-template-hash]
    {{- end }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* A drain takes one pod of a component at a time, and a broken one at any time: (dict "root" $ "component" "keyring" "name" … "pods" 2).
A component of one pod has none: its budget would hold up every drain for ever. */}}
{{- define "lockstep.budget" -}}
{{- if gt (int .pods) 1 }}
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "lockstep.labels" .root | nindent 4 }}
spec:
  maxUnavailable: 1
  unhealthyPodEvictionPolicy: AlwaysAllow
  selector:
    matchLabels: {{- include "lockstep.selector" . | nindent 6 }}
{{- end }}
{{- end }}

{{- /* The priority class of routers, masters or slaves: (dict "root" $ "of" "masters" "own" "the name in the values"). */}}
{{- define "lockstep.priorityClass" -}}
{{- if .own -}}
{{- .own -}}
{{- else if .root.Values.priorityClasses.create -}}
{{- printf "%s-%s" .root.Release.Namespace .of -}}
{{- end -}}
{{- end }}

{{- /* The priority classes of terminals by the role of their account. An account that is both leads others as a master does. */}}
{{- define "lockstep.terminalPriorities" -}}
{{- $own := .Values.terminals.priorityClassNames }}
{{- $masters := include "lockstep.priorityClass" (dict "root" . "of" "masters" "own" $own.masters) }}
{{- $slaves := include "lockstep.priorityClass" (dict "root" . "of" "slaves" "own" $own.slaves) }}
{{- dict "Master" $masters "Both" $masters "Slave" $slaves | toJson }}
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

{{- define "lockstep.tlsSecret" -}}
{{- .Values.keyring.existingTlsSecret | default "lockstep-keyring-tls" -}}
{{- end }}

{{- define "lockstep.secondFactorSecret" -}}
{{- .Values.webappApi.existingSecret | default "lockstep-webapp-api" -}}
{{- end }}

{{- define "lockstep.visitorSecret" -}}
{{- .Values.webappApi.existingVisitorSecret | default "lockstep-visitor-key" -}}
{{- end }}

{{- /* The Secret with the CURVE key of a shard's router. */}}
{{- define "lockstep.curveSecret" -}}
{{- .curveSecret | default (printf "%s-curve" .serviceName) -}}
{{- end }}

{{- /* How long a container goes on when its pod ends: nodes send it clients for a moment yet. What is behind the door ends after it. */}}
{{- define "lockstep.drainDoor" -}}
lifecycle: {preStop: {sleep: {seconds: 3}}}
{{- end }}
{{- define "lockstep.drainBehindDoor" -}}
lifecycle: {preStop: {sleep: {seconds: 5}}}
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
  {{- include "lockstep.drainDoor" . | nindent 2 }}
  resources: {{- toYaml .door.resources | nindent 4 }}
  securityContext: {{- include "lockstep.containerSecurity" .root | nindent 4 }}
  {{- with .tls }}
  volumeMounts:
    - {name: {{ . }}, mountPath: /var/run/lockstep/tls, readOnly: true}
  {{- end }}
{{- end }}
