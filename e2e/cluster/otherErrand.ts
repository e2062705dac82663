import { newId } from '@errand/contracts'
import { type ClusterConfig, denyPolicy, namespaceManifest, sandboxJob } from '@errand/kube'
import { until } from '@errand/testkit'
import { openBait } from '../harness/bait.ts'
import type { ClusterPlace } from '../harness/cluster.ts'

const PORT = 7777

interface Pods {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly status: { readonly podIP?: string; readonly containerStatuses?: readonly { readonly ready: boolean }[] }
  }[]
}

/**
 * The sandbox of another organisation, which has an Errand of its own on the same cluster: namespace, policy, labels and pod
 * are as ours are, but for the program. It listens, and dials `targets` and its own gateway again and again.
 */
export async function otherErrand(
  { api, namespace, address, sandboxImage, env }: ClusterPlace,
  targets: readonly string[],
) {
  const gateway = await openBait(address)
  const config: ClusterConfig = {
    namespace: `${namespace}-theirs`,
    gateway: { host: address, port: gateway.port, canaryPort: Number(env['ERRAND_CANARY_PORT']) },
    gatewayPeer: { cidr: `${address}/32` },
    toolsImage: env['ERRAND_TOOLS_IMAGE'] ?? '',
    toolsBy: 'image-volume',
    defaultImage: sandboxImage,
    pullPolicy: 'IfNotPresent',
    closed: [],
    wallDeadlineMs: 30_000,
  }
  await api.post('/api/v1/namespaces', namespaceManifest(config))
  const inside = (path: string) => `${path}/namespaces/${config.namespace}`
  await api.post(`${inside('/apis/networking.k8s.io/v1')}/networkpolicies`, denyPolicy(config))
  const job = sandboxJob({ name: 'errand-theirs', orgId: newId('org', new Date()), ...SHAPE }, config)
  const pod = job.spec?.template.spec
  const [runner] = pod?.containers ?? []
  const command = ['node', '-e', PROGRAM, JSON.stringify([...targets, gateway.address])]
  const readinessProbe = { tcpSocket: { port: PORT }, periodSeconds: 1 }
  const template = { ...job.spec?.template, spec: { ...pod, containers: [{ ...runner, command, readinessProbe }] } }
  await api.post(`${inside('/apis/batch/v1')}/jobs`, { ...job, spec: { ...job.spec, template } })
  const pods = `${inside('/api/v1')}/pods`
  const ready = await until(
    async () => {
      const [found] = (await api.get<Pods>(pods))?.items ?? []
      return found?.status.containerStatuses?.every(({ ready: is }) => is) === true && found
    },
    { deadlineMs: 60_000, what: 'the sandbox of another Errand' },
  )
  return {
    address: `${ready.status.podIP}:${PORT}`,
    gateway: gateway.address,
    /** What it has reached, round by round. */
    async rounds(): Promise<readonly (readonly string[])[]> {
      const printed = await api.text(`${pods}/${ready.metadata.name}/log`)
      return printed.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as string[]]))
    },
    async remove() {
      await Promise.all([api.delete(`/api/v1/namespaces/${config.namespace}`), gateway.close()])
    },
  }
}

const SHAPE = { shape: { image: null, cpus: 1, memoryMib: 256, diskMib: 256 }, deadlineSeconds: 600 }

const PROGRAM = `
const net = require('node:net')
net.createServer((socket) => socket.on('error', () => undefined).end('hello')).listen(${PORT}, '0.0.0.0')
const dial = (target) => new Promise((resolve) => {
  const at = target.lastIndexOf(':')
  const socket = net.connect({ host: target.slice(0, at), port: Number(target.slice(at + 1)), timeout: 800 })
  const end = (how) => { socket.destroy(); resolve(how) }
  socket.on('connect', () => end([target])).on('timeout', () => end([])).on('error', () => end([]))
})
const targets = JSON.parse(process.argv[1])
const round = async () => {
  console.log(JSON.stringify((await Promise.all(targets.map(dial))).flat()))
  setTimeout(round, 200)
}
round()
`
