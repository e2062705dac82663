import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Event, Job, Pod } from '@errand/kube'
import { until } from '@errand/testkit'
import { type KubeApi, kubeApi } from './kubeApi.ts'

/** What `npm run e2e -- cluster` has prepared; null where runs live on this machine. */
const GIVEN = {
  executor: process.env['ERRAND_E2E_EXECUTOR'] ?? 'local',
  kubeconfig: process.env['ERRAND_E2E_KUBECONFIG'] ?? '',
  tools: process.env['ERRAND_E2E_TOOLS_IMAGE'] ?? '',
  sandbox: process.env['ERRAND_E2E_SANDBOX_IMAGE'] ?? '',
}

/** A namespace of a real cluster, in which the runs of one Errand live. */
export interface ClusterPlace {
  readonly api: KubeApi
  readonly namespace: string
  /** For the Errand that uses it. */
  readonly env: Readonly<Record<string, string>>
  /** This machine, as pods reach it. */
  readonly address: string
  readonly gatewayPort: number
  readonly sandboxImage: string
  /** What the cluster says of the namespace now. */
  look(): Promise<ClusterState>
  /** By kind: what is there of ours. `{}` is nothing. */
  leftovers(): Promise<Readonly<Record<string, readonly string[]>>>
  /** Takes the namespace away with all that is in it. */
  remove(): Promise<void>
}

/** A place of its own for one Errand; null where runs live on this machine. */
export async function clusterPlace(): Promise<ClusterPlace | null> {
  if (GIVEN.executor !== 'kubernetes') return null
  const api = kubeApi(GIVEN.kubeconfig)
  const namespace = `errand-e2e-${randomBytes(4).toString('hex')}`
  const node = await nodeAddress(api)
  const address = await ownAddressTowards(node)
  const [port, canary] = await freePorts(address, 2)
  return {
    api,
    namespace,
    address,
    gatewayPort: port ?? 0,
    sandboxImage: GIVEN.sandbox,
    env: {
      ERRAND_EXECUTOR: 'kubernetes',
      ERRAND_KUBECONFIG: GIVEN.kubeconfig,
      ERRAND_KUBE_NAMESPACE: namespace,
      ERRAND_GATEWAY_HOST: address,
      ERRAND_GATEWAY_PORT: String(port),
      ERRAND_CANARY_PORT: String(canary),
      ERRAND_TOOLS_IMAGE: GIVEN.tools,
      ERRAND_SANDBOX_IMAGE: GIVEN.sandbox,
      ERRAND_IMAGE_PULL: 'IfNotPresent',
      ERRAND_WALL_CLOSED: (await closedPlaces(api, node)).join(','),
      // A pool hides what these scenarios look at; those of the pool ask for one.
      ERRAND_WARM_PODS: '0',
    },
    look: () => look(api, namespace),
    leftovers: () => leftovers(api, namespace),
    remove: async () => {
      const path = `/api/v1/namespaces/${namespace}`
      await api.delete(path)
      await until(async () => (await api.get(path)) === null, { deadlineMs: 90_000, what: `${namespace} to be gone` })
    },
  }
}

interface List<T = Named> {
  readonly items: readonly T[]
}

interface Named {
  readonly metadata: { readonly name: string }
}

/** As the API gives them. */
export interface ClusterState {
  readonly jobs: readonly (Job & Named)[]
  readonly pods: readonly (Pod & Named)[]
  readonly events: readonly Event[]
}

const KINDS = {
  jobs: '/apis/batch/v1/namespaces/NS/jobs',
  pods: '/api/v1/namespaces/NS/pods',
  secrets: '/api/v1/namespaces/NS/secrets',
  services: '/api/v1/namespaces/NS/services',
  volumes: '/api/v1/namespaces/NS/persistentvolumeclaims',
  leases: '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
  policies: '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
} as const
/** What stays: policies for whatever comes next. */
const STAYS = new Set(['errand-wall', 'errand-servers'])

async function look(api: KubeApi, namespace: string): Promise<ClusterState> {
  const list = async <T>(path: string) => (await api.get<List<T>>(path.replace('NS', namespace)))?.items ?? []
  const [jobs, pods, events] = await Promise.all([
    list<Job & Named>(KINDS.jobs),
    list<Pod & Named>(KINDS.pods),
    list<Event>('/api/v1/namespaces/NS/events'),
  ])
  return { jobs, pods, events }
}

async function leftovers(api: KubeApi, namespace: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const found: Record<string, readonly string[]> = {}
  for (const [kind, path] of Object.entries(KINDS)) {
    const list = await api.get<List>(path.replace('NS', namespace))
    const names = (list?.items ?? []).map(({ metadata }) => metadata.name).filter((name) => !STAYS.has(name))
    if (names.length > 0) found[kind] = names
  }
  return found
}

interface Nodes {
  readonly items: readonly {
    readonly status: { readonly addresses: readonly { readonly type: string; readonly address: string }[] }
  }[]
}

async function nodeAddress(api: KubeApi): Promise<string> {
  const nodes = await api.get<Nodes>('/api/v1/nodes')
  const addresses = (nodes?.items ?? []).flatMap(({ status }) => status.addresses)
  const internal = addresses.find(({ type }) => type === 'InternalIP')
  if (internal === undefined) throw new Error('no node of the cluster has an address')
  return internal.address
}

/** Which of this machine's addresses packets to that one leave from: pods reach us at it. Nothing is sent. */
async function ownAddressTowards(node: string): Promise<string> {
  const socket = createSocket('udp4')
  socket.connect(9, node)
  await once(socket, 'connect')
  const { address } = socket.address()
  socket.close()
  return address
}

async function freePorts(host: string, count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, host))
  await Promise.all(servers.map((server) => once(server, 'listening')))
  const ports = servers.map((server) => {
    const bound = server.address()
    return typeof bound === 'object' && bound !== null ? bound.port : 0
  })
  await Promise.all(servers.map((server) => once(server.close(), 'close')))
  return ports
}

interface Service {
  readonly spec: { readonly clusterIP: string }
}

/** The cluster's own doors: a pod must find them shut before anything starts in it. */
async function closedPlaces(api: KubeApi, node: string): Promise<readonly string[]> {
  const service = async (path: string, port: number) => {
    const found = await api.get<Service>(`/api/v1/namespaces/${path}`)
    return found === null ? [] : [`${found.spec.clusterIP}:${port}`]
  }
  return [
    `${api.server.hostname}:${api.server.port === '' ? 443 : api.server.port}`,
    `${node}:10250`,
    ...(await service('default/services/kubernetes', 443)),
    ...(await service('kube-system/services/kube-dns', 53)),
  ]
}
