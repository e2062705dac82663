import { Fault } from '@errand/contracts'
import type { ClusterConfig, Toleration } from '@errand/kube'
import * as z from 'zod'

/** `host:port`, IPv6 in brackets. */
const address = z.string().regex(/^(\[[0-9a-f:]+\]|[^\s:]+):\d{1,5}$/i, 'it takes host:port')
/** What stands between commas. */
const listed = z.string().transform((text) =>
  text
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== ''),
)
const addresses = listed.pipe(z.array(address))
const json = <T extends z.ZodType>(schema: T) =>
  z
    .string()
    .transform((text, context) => {
      try {
        return JSON.parse(text) as unknown
      } catch {
        context.addIssue('it takes JSON')
        return z.NEVER
      }
    })
    .pipe(schema)
const port = (given: number) => z.coerce.number('it takes a port').int().min(1).max(65_535).default(given)
const labels = z.record(z.string(), z.string())
const toleration = z.strictObject({
  key: z.string().optional(),
  operator: z.enum(['Exists', 'Equal']).optional(),
  value: z.string().optional(),
  effect: z.enum(['NoSchedule', 'PreferNoSchedule', 'NoExecute']).optional(),
  tolerationSeconds: z.int().optional(),
})

const quota = z.strictObject({
  cpus: z.number().positive().optional(),
  memoryMib: z.number().positive().optional(),
  pods: z.int().positive().optional(),
})
/** Read from JSON, which has no undefined: that alone tells zod's type from the exact one. */
const asWritten = <T>(value: unknown): T => value as T

/** The variables of an Errand whose runs live on a cluster. `default` is as a person would write it. */
export const CLUSTER_SETTINGS = {
  ERRAND_KUBECONFIG: {
    schema: z.string().min(1).optional(),
    default: 'the service account of the pod',
    says: 'A kubeconfig file, where Errand itself runs outside of the cluster.',
  },
  ERRAND_KUBE_NAMESPACE: {
    schema: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, 'it takes a name')
      .default('errand-runs'),
    default: 'errand-runs',
    says: 'Where the pods of runs live, and nothing else: a policy shuts every pod of it in.',
  },
  ERRAND_GATEWAY_HOST: {
    schema: z.string().min(1).optional(),
    default: 'none: needed on a cluster',
    says: 'The IP address at which pods reach the gateway; a Service’s, or one of this machine.',
  },
  ERRAND_GATEWAY_BIND: {
    schema: z.string().min(1).optional(),
    default: 'ERRAND_GATEWAY_HOST',
    says: 'The address on which the gateway listens for pods, where it is another (0.0.0.0 in a pod).',
  },
  ERRAND_GATEWAY_PORT: { schema: port(8471), default: '8471', says: 'The port at which pods reach the gateway.' },
  ERRAND_CANARY_PORT: {
    schema: port(8472),
    default: '8472',
    says: 'A port of the gateway that only the network policy closes: while a pod can reach it, nothing starts there.',
  },
  ERRAND_GATEWAY_LABELS: {
    schema: json(z.strictObject({ namespace: z.string(), labels })).optional(),
    default: 'the address alone',
    says: 'Namespace and labels of the gateway’s pods, as JSON, where it runs in the cluster: the policy names them.',
  },
  ERRAND_TOOLS_IMAGE: {
    schema: z.string().min(1).default('localhost/errand-tools:latest'),
    default: 'localhost/errand-tools:latest',
    says: 'The image with runner, Node and Claude Code, put beside any image that an agent names.',
  },
  ERRAND_TOOLS_BY: {
    schema: z.enum(['image-volume', 'init-container']).default('image-volume'),
    default: 'image-volume',
    says: '`init-container` for clusters older than 1.33: it copies, which takes seconds.',
  },
  ERRAND_SANDBOX_IMAGE: {
    schema: z.string().min(1).default('localhost/errand-sandbox:latest'),
    default: 'localhost/errand-sandbox:latest',
    says: 'The image of an agent that names none.',
  },
  ERRAND_IMAGE_PULL: {
    schema: z.enum(['IfNotPresent', 'Never', 'Always']).default('IfNotPresent'),
    default: 'IfNotPresent',
    says: 'When the cluster pulls images.',
  },
  ERRAND_IMAGE_PULL_SECRETS: {
    schema: listed.optional(),
    default: 'none',
    says: 'Names of Secrets in the namespace of the runs, with commas, with which images are pulled.',
  },
  ERRAND_WALL_CLOSED: {
    schema: addresses.default([]),
    default: 'none',
    says: 'What a pod must find closed besides the canary before anything starts, as host:port with commas: the API server, the cluster’s DNS.',
  },
  ERRAND_WALL_DEADLINE_MS: {
    schema: z.coerce.number('it takes milliseconds').int().min(500).max(600_000).default(30_000),
    default: '30000',
    says: 'How long the wall may take to stand before the run is refused.',
  },
  ERRAND_MAX_LIVE_RUNS: {
    schema: z.coerce.number('it takes a number').int().min(1).max(10_000).default(16),
    default: '16',
    says: 'Live runs at once unless the settings page says otherwise. The others wait, and their place in the queue is shown.',
  },
  ERRAND_WARM_PODS: {
    schema: z.coerce.number('it takes a number').int().min(0).max(200).default(2),
    default: '2',
    says: 'Warm pods of each shape that runs lately wanted. 0: every run waits for a pod of its own.',
  },
  ERRAND_RUNTIME_CLASS: { schema: z.string().optional(), default: 'none', says: 'As `gvisor` or `kata`.' },
  ERRAND_USER_NAMESPACES: {
    schema: z.enum(['yes', 'no']).default('no'),
    default: 'no',
    says: '`yes` gives each pod a user namespace of its own, on clusters that have them.',
  },
  ERRAND_NODE_SELECTOR: { schema: json(labels).optional(), default: 'none', says: 'Labels of nodes, as JSON.' },
  ERRAND_TOLERATIONS: {
    // JSON has no undefined, which alone tells the two types apart.
    schema: json(z.array(toleration))
      .transform((list) => list as unknown as readonly Toleration[])
      .optional(),
    default: 'none',
    says: 'As in a pod, as JSON.',
  },
  ERRAND_QUEUE: { schema: z.string().optional(), default: 'none', says: 'A queue of Kueue that admits the Jobs.' },
  ERRAND_QUOTA: {
    schema: json(quota)
      .transform(asWritten<NonNullable<ClusterConfig['quota']>>)
      .optional(),
    default: 'none',
    says: 'Of all pods of runs together, as JSON: {"cpus":16,"memoryMib":65536,"pods":40}.',
  },
} as const

type Values = { readonly [K in keyof typeof CLUSTER_SETTINGS]: z.infer<(typeof CLUSTER_SETTINGS)[K]['schema']> }

export interface ClusterSettings {
  readonly kubeconfig: string | null
  readonly cluster: ClusterConfig
  readonly bind: string
  readonly warmPods: number
  readonly maxLiveRuns: number
}

/** From the values of the table above. Fault `start.config-invalid` where something is missing. */
export function readCluster(given: object): ClusterSettings {
  const values = given as Values
  const host = values.ERRAND_GATEWAY_HOST
  if (host === undefined)
    throw new Fault('start.config-invalid', 'ERRAND_GATEWAY_HOST: on a cluster the gateway needs an address for pods')
  const cidr = host.includes(':') ? `${host}/128` : `${host}/32`
  const { ERRAND_RUNTIME_CLASS, ERRAND_NODE_SELECTOR, ERRAND_TOLERATIONS, ERRAND_QUEUE, ERRAND_QUOTA } = values
  return {
    kubeconfig: values.ERRAND_KUBECONFIG ?? null,
    bind: values.ERRAND_GATEWAY_BIND ?? host,
    warmPods: values.ERRAND_WARM_PODS,
    maxLiveRuns: values.ERRAND_MAX_LIVE_RUNS,
    cluster: {
      namespace: values.ERRAND_KUBE_NAMESPACE,
      gateway: { host, port: values.ERRAND_GATEWAY_PORT, canaryPort: values.ERRAND_CANARY_PORT },
      gatewayPeer: values.ERRAND_GATEWAY_LABELS ?? { cidr },
      toolsImage: values.ERRAND_TOOLS_IMAGE,
      toolsBy: values.ERRAND_TOOLS_BY,
      defaultImage: values.ERRAND_SANDBOX_IMAGE,
      pullPolicy: values.ERRAND_IMAGE_PULL,
      ...(values.ERRAND_IMAGE_PULL_SECRETS === undefined ? {} : { pullSecrets: values.ERRAND_IMAGE_PULL_SECRETS }),
      closed: values.ERRAND_WALL_CLOSED,
      wallDeadlineMs: values.ERRAND_WALL_DEADLINE_MS,
      ...(ERRAND_RUNTIME_CLASS === undefined ? {} : { runtimeClassName: ERRAND_RUNTIME_CLASS }),
      ...(values.ERRAND_USER_NAMESPACES === 'yes' ? { hostUsers: false } : {}),
      ...(ERRAND_NODE_SELECTOR === undefined ? {} : { nodeSelector: ERRAND_NODE_SELECTOR }),
      ...(ERRAND_TOLERATIONS === undefined ? {} : { tolerations: ERRAND_TOLERATIONS }),
      ...(ERRAND_QUEUE === undefined ? {} : { queue: ERRAND_QUEUE }),
      ...(ERRAND_QUOTA === undefined ? {} : { quota: ERRAND_QUOTA }),
    },
  }
}
