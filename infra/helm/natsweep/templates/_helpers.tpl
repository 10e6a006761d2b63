{{- define "natsweep.labels" -}}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "natsweep.selector" . }}
{{- end }}

{{- define "natsweep.selector" -}}
app.kubernetes.io/name: natsweep
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* An image of .Values.images: dict "root" $ "image" "control" */}}
{{- define "natsweep.image" -}}
{{- $image := index .root.Values.images .image -}}
image: "{{ $image.repository }}:{{ $image.tag | default .root.Chart.AppVersion }}"
imagePullPolicy: {{ $image.pullPolicy }}
{{- end }}

{{- define "natsweep.pod" -}}
automountServiceAccountToken: false
{{- with .Values.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  seccompProfile: { type: RuntimeDefault }
volumes:
  - name: tmp
    emptyDir: {}
  {{- with .Values.stores.caSecret }}
  - name: ca
    secret: { secretName: {{ . }}, items: [{ key: ca.crt, path: ca.crt }] }
  {{- end }}
{{- end }}

{{- define "natsweep.container" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- if .Values.stores.caSecret }}
  - { name: ca, mountPath: /etc/natsweep/tls, readOnly: true }
  {{- end }}
{{- end }}

{{/* Environment of every process; only the scheduler needs the database. */}}
{{- define "natsweep.env" -}}
- name: NATSWEEP_LOG_LEVEL
  value: {{ .Values.logLevel }}
- name: REDIS_URL
  valueFrom: { secretKeyRef: { name: {{ .Values.stores.existingSecret }}, key: REDIS_URL } }
{{- if .Values.stores.caSecret }}
- name: NODE_EXTRA_CA_CERTS
  value: /etc/natsweep/tls/ca.crt
{{- end }}
{{- end }}
