{{- define "errand.name" -}}
{{- if contains "errand" .Release.Name -}}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{- else -}}{{ printf "%s-errand" .Release.Name | trunc 40 | trimSuffix "-" }}{{- end -}}
{{- end -}}

{{- define "errand.labels" -}}
app.kubernetes.io/name: errand
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "errand.selector" -}}
app.kubernetes.io/name: errand
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .part }}
{{- end -}}

{{/* Pod Security `restricted`. */}}
{{- define "errand.podSecurity" -}}
automountServiceAccountToken: false
securityContext:
  runAsNonRoot: true
  runAsUser: 10001
  runAsGroup: 10001
  fsGroup: 10001
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: { type: RuntimeDefault }
{{- with .Values.images.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "errand.containerSecurity" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end -}}

{{- define "errand.databaseSecret" -}}
{{- if .Values.database.urlSecret -}}{{ .Values.database.urlSecret }}{{- else -}}{{ include "errand.name" . }}-database{{- end -}}
{{- end -}}

{{- define "errand.dataClaim" -}}
{{- if .Values.data.existingClaim -}}{{ .Values.data.existingClaim }}{{- else -}}{{ include "errand.name" . }}-data{{- end -}}
{{- end -}}

{{/* The variable in which Kubernetes tells pods the address of the gateway's Service. */}}
{{- define "errand.gatewayHost" -}}
{{- printf "$(%s_GATEWAY_SERVICE_HOST)" (include "errand.name" . | upper | replace "-" "_") -}}
{{- end -}}

{{- define "errand.ownPostgres" -}}
{{- if not (or .Values.database.url .Values.database.urlSecret) -}}yes{{- end -}}
{{- end -}}

{{/* Where artifacts are; whoever keeps them needs all three. */}}
{{- define "errand.blobsEnv" -}}
{{- with .Values.blobs.url }}
- { name: ERRAND_BLOBS_URL, value: {{ . | quote }} }
{{- end }}
{{- if .Values.blobs.credentialsSecret }}
- { name: AWS_SHARED_CREDENTIALS_FILE, value: /secret/blobs/credentials }
{{- end }}
{{- end -}}

{{- define "errand.blobsMount" -}}
{{- if .Values.blobs.credentialsSecret }}
- { name: blobs, mountPath: /secret/blobs, readOnly: true }
{{- end }}
{{- end -}}

{{- define "errand.blobsVolume" -}}
{{- with .Values.blobs.credentialsSecret }}
- name: blobs
  secret: { secretName: {{ . }}, items: [{ key: credentials, path: credentials }] }
{{- end }}
{{- end -}}
