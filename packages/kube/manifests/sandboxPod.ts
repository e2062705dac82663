import type { Container, EnvVar, PodSpec, Volume } from '../objects.ts'
import type { ClusterConfig, SandboxShape } from '../clusterConfig.ts'

/** As whom the runner and the agent work. */
export const SANDBOX_UID = 10_001
/**
 * As whom an init container copies the tools. `bin/node` of the tools image belongs to root and this group, mode 0751:
 * the copier may read it, the sandbox may only execute it, and a process whose program it may not read shows neither
 * its memory nor its environment to others of the same user.
 */
export const TOOLS_GID = 10_002
export const RUNNER_CONTAINER = 'runner'
export const TOOLS_CONTAINER = 'tools'

const TOOLS_FOLDER = '/errand'
const TOOLS_MIB = 1024
/** An agent mostly waits for its model: what a node must have free is this part of what it may use. */
const CPU_PART = 0.1
const DISK_PART = 0.1

/** The published types are older than this field. */
type AnyVolume = Volume & { readonly image?: { readonly reference: string; readonly pullPolicy: string } }

/** The same for every sandbox of a shape, but for the name that it is told. */
export function sandboxPod(name: string, shape: SandboxShape, config: ClusterConfig): PodSpec {
  const isCopied = config.toolsBy === 'init-container'
  return {
    restartPolicy: 'Never',
    terminationGracePeriodSeconds: 5,
    // The pod's first process takes away what the agent leaves behind as zombies; Node cannot, and a shell in between
    // would cost the start of a second Node.
    shareProcessNamespace: true,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // A sandbox has no DNS; the API wants an address here.
    dnsPolicy: 'None',
    dnsConfig: { nameservers: ['127.0.0.1'] },
    securityContext: {
      runAsNonRoot: true,
      runAsUser: SANDBOX_UID,
      runAsGroup: SANDBOX_UID,
      fsGroup: SANDBOX_UID,
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(isCopied ? { initContainers: [copier(shape, config)] } : {}),
    containers: [runner(name, shape, config)],
    volumes: volumes(shape, config),
    ...placement(config),
  }
}

function runner(name: string, shape: SandboxShape, config: ClusterConfig): Container {
  const { image, cpus, memoryMib, diskMib, folder = '/workspace' } = shape
  const diskLimit = diskMib + (config.toolsBy === 'init-container' ? TOOLS_MIB : 0)
  return {
    name: RUNNER_CONTAINER,
    image: image ?? config.defaultImage,
    imagePullPolicy: config.pullPolicy,
    command: [`${TOOLS_FOLDER}/bin/node`, `${TOOLS_FOLDER}/runner.mjs`],
    workingDir: folder,
    env: environment(name, config),
    resources: {
      requests: {
        cpu: milliCpus(cpus * CPU_PART),
        memory: mib(memoryMib),
        'ephemeral-storage': mib(diskLimit * DISK_PART),
      },
      limits: { cpu: milliCpus(cpus), memory: mib(memoryMib), 'ephemeral-storage': mib(diskLimit) },
    },
    securityContext: LOCKED,
    // Its last words stay with the pod, where they outlive the log.
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [
      { name: 'tools', mountPath: TOOLS_FOLDER, readOnly: true },
      { name: 'workspace', mountPath: '/workspace' },
      { name: 'home', mountPath: '/home/agent' },
      { name: 'tmp', mountPath: '/tmp' },
    ],
  }
}

/** Nothing here is secret: anybody who may read pods reads it. */
function environment(name: string, config: ClusterConfig): EnvVar[] {
  const { host, port, canaryPort } = config.gateway
  return [
    { name: 'ERRAND_SANDBOX', value: name },
    { name: 'ERRAND_POD_UID', valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.uid' } } },
    { name: 'ERRAND_GATEWAY', value: `${host}:${port}` },
    { name: 'ERRAND_CANARY', value: `${host}:${canaryPort}` },
    { name: 'ERRAND_CLOSED', value: config.closed.join(',') },
    { name: 'ERRAND_WALL_DEADLINE_MS', value: String(config.wallDeadlineMs) },
  ]
}

function copier({ memoryMib }: SandboxShape, config: ClusterConfig): Container {
  const script = 'set -e; cp -R /bin /runner.mjs /bridge.mjs /tools/; chmod 0711 /tools/bin/node'
  return {
    name: TOOLS_CONTAINER,
    image: config.toolsImage,
    imagePullPolicy: config.pullPolicy,
    command: ['/bin/busybox', 'sh', '-c', script],
    resources: {
      requests: { cpu: '10m', memory: mib(memoryMib), 'ephemeral-storage': mib(TOOLS_MIB * DISK_PART) },
      limits: { cpu: '1', memory: mib(memoryMib), 'ephemeral-storage': mib(TOOLS_MIB) },
    },
    securityContext: { ...LOCKED, runAsUser: TOOLS_GID, runAsGroup: TOOLS_GID },
    terminationMessagePolicy: 'FallbackToLogsOnError',
    volumeMounts: [{ name: 'tools', mountPath: '/tools' }],
  }
}

function volumes(shape: SandboxShape, config: ClusterConfig): AnyVolume[] {
  // Each may take all of it; the limit of the container holds for their sum.
  const emptyDir = { sizeLimit: mib(shape.diskMib) }
  const tools: AnyVolume =
    config.toolsBy === 'image-volume'
      ? { name: 'tools', image: { reference: config.toolsImage, pullPolicy: config.pullPolicy } }
      : { name: 'tools', emptyDir: { sizeLimit: mib(TOOLS_MIB) } }
  return [tools, ...['workspace', 'home', 'tmp'].map((name) => ({ name, emptyDir }))]
}

function placement({ runtimeClassName, hostUsers, nodeSelector, tolerations, pullSecrets }: ClusterConfig) {
  return {
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(hostUsers === undefined ? {} : { hostUsers }),
    ...(nodeSelector === undefined ? {} : { nodeSelector: { ...nodeSelector } }),
    ...(tolerations === undefined ? {} : { tolerations: [...tolerations] }),
    ...(pullSecrets === undefined ? {} : { imagePullSecrets: pullSecrets.map((name) => ({ name })) }),
  }
}

const LOCKED = {
  runAsNonRoot: true,
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
}

function milliCpus(cpus: number): string {
  return `${Math.ceil(cpus * 1000)}m`
}

function mib(size: number): string {
  return `${Math.ceil(size)}Mi`
}
