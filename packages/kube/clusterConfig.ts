import type { Toleration } from './objects.ts'

/** Where sandboxes live on a cluster, and what is the same for all of them. */
export interface ClusterConfig {
  /** Of the sandboxes alone: the policy that shuts them in holds for all of it. */
  readonly namespace: string
  /**
   * As a sandbox dials it. A policy sees the port of the gateway's pod, so a Service must not translate it. On the
   * canary port of the same address something listens that only the policy closes.
   */
  readonly gateway: { readonly host: string; readonly port: number; readonly canaryPort: number }
  /** Whom the policy lets sandboxes reach. */
  readonly gatewayPeer: GatewayPeer
  /** `bin/node`, `bin/claude`, `runner.mjs`, `bridge.mjs` and, for an init container, `bin/busybox`. See `TOOLS_GID`. */
  readonly toolsImage: string
  readonly toolsBy: 'image-volume' | 'init-container'
  /** Of an agent that names none. */
  readonly defaultImage: string
  readonly pullPolicy: 'IfNotPresent' | 'Never' | 'Always'
  /** Names of Secrets of the namespace with which the kubelet pulls. */
  readonly pullSecrets?: readonly string[]
  /** `host:port` each: what a sandbox must find closed besides the canary. */
  readonly closed: readonly string[]
  /** How long the wall may take to stand. */
  readonly wallDeadlineMs: number
  readonly runtimeClassName?: string
  readonly hostUsers?: boolean
  readonly nodeSelector?: Readonly<Record<string, string>>
  readonly tolerations?: readonly Toleration[]
  /** Of Kueue. */
  readonly queue?: string
  /** Of all sandboxes together; what is absent is unlimited. */
  readonly quota?: { readonly cpus?: number; readonly memoryMib?: number; readonly pods?: number }
}

export type GatewayPeer =
  | { readonly cidr: string }
  | { readonly namespace: string; readonly labels: Readonly<Record<string, string>> }

/** What of an agent shapes its pod. */
export interface SandboxShape {
  /** Null: the default image. */
  readonly image: string | null
  readonly cpus: number
  readonly memoryMib: number
  /** For workspace, home and /tmp together. */
  readonly diskMib: number
  /** In which its first process begins, and which the container runtime makes where the image has none. Absent: the workspace. */
  readonly folder?: string
}
