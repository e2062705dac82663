import { newId } from '@errand/contracts'
import { describe, expect, it } from 'vitest'
import type { ClusterConfig, SandboxShape } from '../clusterConfig.ts'
import type { Job } from '../objects.ts'
import { denyPolicy, namespaceManifest, quotaManifest, serverPolicy } from './namespace.ts'
import { isPodOurs, podOfJob, sandboxJob, shapeKey } from './sandboxJob.ts'

const config: ClusterConfig = {
  namespace: 'errand-sandboxes',
  gateway: { host: '10.43.9.9', port: 7400, canaryPort: 7401 },
  gatewayPeer: { namespace: 'errand', labels: { app: 'gateway' } },
  toolsImage: 'localhost/errand-tools:1',
  toolsBy: 'image-volume',
  defaultImage: 'localhost/errand-default:1',
  pullPolicy: 'IfNotPresent',
  closed: ['10.43.0.1:443', '10.43.0.10:53'],
  wallDeadlineMs: 30_000,
}
const shape: SandboxShape = { image: null, cpus: 2, memoryMib: 4096, diskMib: 10_240 }
const orgId = newId('org', new Date(0))
const input = { name: 'errand-run1', orgId, shape, deadlineSeconds: 7200, labels: { 'example.org/team': 'a' } }

function pod(job: Job) {
  const { spec } = job.spec?.template ?? {}
  const [runner] = spec?.containers ?? []
  if (spec === undefined || runner === undefined) throw new Error('a Job without a container')
  return {
    spec,
    runner,
    volumes: spec.volumes ?? [],
    env: Object.fromEntries((runner.env ?? []).map((e) => [e.name, e])),
  }
}

describe('the Job of a sandbox', () => {
  const job = sandboxJob(input, config)
  const { spec, runner, volumes, env } = pod(job)

  it('makes one pod, once, and goes away by itself', () => {
    const { template: _, ...rest } = job.spec ?? { template: {} }
    expect(rest).toEqual({
      completions: 1,
      parallelism: 1,
      backoffLimit: 0,
      podReplacementPolicy: 'Failed',
      activeDeadlineSeconds: 7200,
      ttlSecondsAfterFinished: 3600,
    })
    expect(spec.restartPolicy).toBe('Never')
  })

  it('is found by its labels, as is its pod', () => {
    const labels = {
      'example.org/team': 'a',
      'app.kubernetes.io/managed-by': 'errand',
      'errand.run/org': orgId,
      'errand.run/sandbox': 'errand-run1',
      'errand.run/shape': shapeKey(shape, config),
    }
    expect(job.metadata).toEqual({ name: 'errand-run1', namespace: 'errand-sandboxes', labels })
    expect(job.spec?.template.metadata?.labels).toEqual(labels)
  })

  it('has in its pod exactly these fields: nothing of the host, no account, no name service', () => {
    const { containers: _, volumes: __, ...rest } = spec
    expect(rest).toEqual({
      restartPolicy: 'Never',
      terminationGracePeriodSeconds: 5,
      shareProcessNamespace: true,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      dnsPolicy: 'None',
      dnsConfig: { nameservers: ['127.0.0.1'] },
      securityContext: {
        runAsNonRoot: true,
        runAsUser: 10_001,
        runAsGroup: 10_001,
        fsGroup: 10_001,
        seccompProfile: { type: 'RuntimeDefault' },
      },
    })
  })

  it('has in its container exactly these fields', () => {
    const { env: _, ...rest } = runner
    expect(rest).toEqual({
      name: 'runner',
      image: 'localhost/errand-default:1',
      imagePullPolicy: 'IfNotPresent',
      command: ['/errand/bin/node', '/errand/runner.mjs'],
      workingDir: '/workspace',
      resources: {
        requests: { cpu: '200m', memory: '4096Mi', 'ephemeral-storage': '1024Mi' },
        limits: { cpu: '2000m', memory: '4096Mi', 'ephemeral-storage': '10240Mi' },
      },
      securityContext: {
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        privileged: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      },
      terminationMessagePolicy: 'FallbackToLogsOnError',
      volumeMounts: [
        { name: 'tools', mountPath: '/errand', readOnly: true },
        { name: 'workspace', mountPath: '/workspace' },
        { name: 'home', mountPath: '/home/agent' },
        { name: 'tmp', mountPath: '/tmp' },
      ],
    })
  })

  it('tells the runner where the gateway is and what must be closed, and nothing else', () => {
    expect(env).toEqual({
      ERRAND_SANDBOX: { name: 'ERRAND_SANDBOX', value: 'errand-run1' },
      ERRAND_POD_UID: {
        name: 'ERRAND_POD_UID',
        valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.uid' } },
      },
      ERRAND_GATEWAY: { name: 'ERRAND_GATEWAY', value: '10.43.9.9:7400' },
      ERRAND_CANARY: { name: 'ERRAND_CANARY', value: '10.43.9.9:7401' },
      ERRAND_CLOSED: { name: 'ERRAND_CLOSED', value: '10.43.0.1:443,10.43.0.10:53' },
      ERRAND_WALL_DEADLINE_MS: { name: 'ERRAND_WALL_DEADLINE_MS', value: '30000' },
    })
  })

  it('brings the tools in beside any image, as a volume', () => {
    const own = { ...shape, image: 'python:3.13', folder: '/srv' }
    const other = pod(sandboxJob({ ...input, shape: own }, config))
    expect(other.runner).toMatchObject({ image: 'python:3.13', workingDir: '/srv' })
    expect(volumes).toEqual([
      { name: 'tools', image: { reference: 'localhost/errand-tools:1', pullPolicy: 'IfNotPresent' } },
      { name: 'workspace', emptyDir: { sizeLimit: '10240Mi' } },
      { name: 'home', emptyDir: { sizeLimit: '10240Mi' } },
      { name: 'tmp', emptyDir: { sizeLimit: '10240Mi' } },
    ])
  })

  it('or copied by another user, so that the sandbox may execute but not read its Node', () => {
    const copied = pod(sandboxJob(input, { ...config, toolsBy: 'init-container' }))
    const [copier, ...more] = copied.spec.initContainers ?? []
    expect(more).toEqual([])
    expect(copier).toMatchObject({
      name: 'tools',
      image: 'localhost/errand-tools:1',
      imagePullPolicy: 'IfNotPresent',
      volumeMounts: [{ name: 'tools', mountPath: '/tools' }],
      securityContext: { ...runner.securityContext, runAsUser: 10_002, runAsGroup: 10_002 },
    })
    expect(copier?.command?.at(-1)).toContain('chmod 0711 /tools/bin/node')
    expect(copied.volumes[0]).toEqual({ name: 'tools', emptyDir: { sizeLimit: '1024Mi' } })
    expect(copied.runner.volumeMounts).toEqual(runner.volumeMounts)
    // The copy counts against the pod's disk, and is not the agent's fault.
    expect(copied.runner.resources?.limits?.['ephemeral-storage']).toBe('11264Mi')
  })

  it.each<[string, Partial<ClusterConfig>, object]>([
    ['a runtime class', { runtimeClassName: 'gvisor' }, { runtimeClassName: 'gvisor' }],
    ['user namespaces', { hostUsers: false }, { hostUsers: false }],
    ['a node selector', { nodeSelector: { pool: 'agents' } }, { nodeSelector: { pool: 'agents' } }],
    [
      'tolerations',
      { tolerations: [{ key: 'a', operator: 'Exists' }] },
      { tolerations: [{ key: 'a', operator: 'Exists' }] },
    ],
    ['pull secrets', { pullSecrets: ['registry'] }, { imagePullSecrets: [{ name: 'registry' }] }],
  ])('passes on %s', (_, setting, expected) => {
    expect(pod(sandboxJob(input, { ...config, ...setting })).spec).toMatchObject(expected)
  })

  it('waits in a queue where there is one', () => {
    const queued = sandboxJob(input, { ...config, queue: 'agents' })
    expect(queued.metadata?.labels).toMatchObject({ 'kueue.x-k8s.io/queue-name': 'agents' })
    expect(queued.spec?.suspend).toBe(true)
    expect(queued.spec?.template.metadata?.labels).not.toHaveProperty(['kueue.x-k8s.io/queue-name'])
  })
})

describe('a Job whose pod is ours to make', () => {
  const job = sandboxJob({ ...input, isPodOurs: true }, config)

  it('is left alone by the cluster’s own Job controller, and differs in nothing else', () => {
    const plain = sandboxJob(input, config)
    expect(job).toEqual({ ...plain, spec: { ...plain.spec, managedBy: 'errand.run/controller' } })
    expect([job, plain].map(isPodOurs)).toEqual([true, false])
  })

  it('is not, where a queue lets it go', () => {
    expect(isPodOurs(sandboxJob({ ...input, isPodOurs: true }, { ...config, queue: 'agents' }))).toBe(false)
  })

  it('has a pod of its name that goes with it, with its template’s labels and spec, and its deadline', () => {
    // As the API gives it back, which adds labels of its own to the template.
    const labels = { ...job.spec?.template.metadata?.labels, 'batch.kubernetes.io/job-name': 'errand-run1' }
    const template = { ...job.spec?.template, metadata: { ...job.spec?.template.metadata, labels } }
    const made = { ...job, metadata: { ...job.metadata, uid: 'u1' }, spec: { ...job.spec, template } }
    expect(podOfJob(made)).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'errand-run1',
        namespace: 'errand-sandboxes',
        labels,
        annotations: template.metadata.annotations,
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name: 'errand-run1', uid: 'u1', controller: true }],
      },
      spec: { ...template.spec, activeDeadlineSeconds: 7200 },
    })
  })
})

describe('the key of a shape', () => {
  it('is a label, and the same for what differs in nothing', () => {
    expect(shapeKey(shape, config)).toMatch(/^[0-9a-f]{16}$/)
    expect(shapeKey({ ...shape }, { ...config, quota: { pods: 3 } })).toBe(shapeKey(shape, config))
    expect(shapeKey({ ...shape, image: config.defaultImage }, config)).toBe(shapeKey(shape, config))
  })

  const shapes: Readonly<Record<keyof SandboxShape, Partial<SandboxShape>>> = {
    image: { image: 'python:3.13' },
    cpus: { cpus: 1 },
    memoryMib: { memoryMib: 512 },
    diskMib: { diskMib: 512 },
    folder: { folder: '/srv' },
  }
  const configs: readonly Partial<ClusterConfig>[] = [
    { namespace: 'b' },
    { gateway: { ...config.gateway, port: 1 } },
    { toolsImage: 'localhost/errand-tools:2' },
    { toolsBy: 'init-container' },
    { hostUsers: false },
    { queue: 'a' },
  ]
  it.each([...Object.values(shapes), ...configs])('is another with %j', (other) => {
    expect(shapeKey({ ...shape, ...other }, { ...config, ...other })).not.toBe(shapeKey(shape, config))
  })
})

describe('what stands around sandboxes', () => {
  it('is a namespace that admits restricted pods alone', () => {
    const restricted = ['enforce', 'audit', 'warn'].map((mode) => [`pod-security.kubernetes.io/${mode}`, 'restricted'])
    expect(namespaceManifest(config)).toMatchObject({
      kind: 'Namespace',
      metadata: { name: 'errand-sandboxes', labels: Object.fromEntries(restricted) },
    })
  })

  it.each([
    [
      config.gatewayPeer,
      {
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'errand' } },
        podSelector: { matchLabels: { app: 'gateway' } },
      },
    ],
    [{ cidr: '10.99.0.254/32' }, { ipBlock: { cidr: '10.99.0.254/32' } }],
  ])('is a wall around every pod with one gate: %j', (gatewayPeer, to) => {
    expect(denyPolicy({ ...config, gatewayPeer }).spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [{ to: [to], ports: [{ protocol: 'TCP', port: 7400 }] }],
    })
    // Of what serves, one port opens to the gateway, and nothing more.
    expect(serverPolicy({ ...config, gatewayPeer }).spec).toEqual({
      podSelector: { matchLabels: { 'errand.run/serves': 'mcp' } },
      policyTypes: ['Ingress'],
      ingress: [{ from: [to], ports: [{ protocol: 'TCP', port: 8700 }] }],
    })
  })

  it('is a quota where there is one', () => {
    expect(quotaManifest(config)).toBe(null)
    expect(quotaManifest({ ...config, quota: {} })).toBe(null)
    expect(quotaManifest({ ...config, quota: { cpus: 1.5, memoryMib: 2048, pods: 3 } })?.spec).toEqual({
      hard: { 'limits.cpu': '1500m', 'limits.memory': '2048Mi', pods: '3' },
    })
  })
})
