import { SANDBOX_LABEL } from '@errand/kube'
import { until } from '@errand/testkit'
import type { ClusterPlace } from '../harness/cluster.ts'
import type { Installation } from '../harness/installation.ts'
import { fired } from '../harness/runs.ts'
import { must } from '../harness/world.ts'

const PORT = 7777
const LISTEN = [
  `const udp = require('node:dgram').createSocket('udp4').bind(${PORT})`,
  `udp.on('message', (text, from) => udp.send(text, from.port, from.address))`,
  `require('node:net').createServer((s) => s.end('hello')).listen(${PORT}, '0.0.0.0', () => console.log('it listens'))`,
].join(';')

export interface Neighbour {
  readonly address: string
  readonly uid: string
  readonly name: string
}

/** Another run, whose pod listens. */
export async function listeningRun(errand: Installation, place: ClusterPlace): Promise<Neighbour> {
  const runId = await fired(errand, [`exec node -e "${LISTEN}"`, '--agent', 'plain', '--no-repo'])
  await until(async () => (await must(errand, ['runs', '--json'])).includes('"running"'), { deadlineMs: 30_000 })
  const watching = errand.spawnErrand(['watch', runId, '--json'])
  let printed = ''
  watching.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await until(() => printed.includes('it listens'), { deadlineMs: 30_000, what: 'a run that listens' })
  watching.kill()
  const pod = await podOf(place, `errand-${runId}`)
  return { name: `errand-${runId}`, uid: pod.uid, address: `${pod.address}:${PORT}` }
}

/** A pod of somebody else on the same cluster, whom no policy of Errand's is about, and who is known to listen. */
export async function foreignPod({ api, namespace, sandboxImage }: ClusterPlace) {
  const other = `${namespace}-other`
  await api.post('/api/v1/namespaces', { metadata: { name: other } })
  const path = `/api/v1/namespaces/${other}/pods`
  const container = {
    name: 'one',
    image: sandboxImage,
    imagePullPolicy: 'IfNotPresent',
    command: ['node', '-e', LISTEN],
    readinessProbe: { tcpSocket: { port: PORT }, periodSeconds: 1 },
  }
  await until(async () => (await api.get(`/api/v1/namespaces/${other}/serviceaccounts/default`)) !== null)
  await api.post(path, {
    metadata: { name: 'one' },
    spec: { automountServiceAccountToken: false, terminationGracePeriodSeconds: 0, containers: [container] },
  })
  interface Ready {
    readonly status: { readonly podIP?: string; readonly containerStatuses?: readonly { readonly ready: boolean }[] }
  }
  const address = await until(
    async () => {
      const pod = await api.get<Ready>(`${path}/one`)
      return pod?.status.containerStatuses?.every(({ ready }) => ready) === true && pod.status.podIP
    },
    { deadlineMs: 60_000, what: 'a pod of another namespace that listens' },
  )
  return { address: `${address}:${PORT}`, remove: () => api.delete(`/api/v1/namespaces/${other}`) }
}

/** Where a pod of somebody else gets, whom no policy holds back: of `addresses`, those that answered. */
export async function reachedByAnother(place: ClusterPlace, addresses: readonly string[]): Promise<readonly string[]> {
  const { api, namespace, sandboxImage } = place
  const other = `${namespace}-dials`
  await api.post('/api/v1/namespaces', { metadata: { name: other } })
  await until(async () => (await api.get(`/api/v1/namespaces/${other}/serviceaccounts/default`)) !== null)
  const tries = addresses.map(
    (address) => `timeout 2 bash -c '</dev/tcp/${address.replace(':', '/')}' && echo ${address}`,
  )
  const container = { name: 'one', image: sandboxImage, imagePullPolicy: 'IfNotPresent' }
  const command = ['bash', '-c', `{ ${tries.join('; ')}; } 2>/dev/null; true`]
  const spec = { automountServiceAccountToken: false, restartPolicy: 'Never', containers: [{ ...container, command }] }
  const path = `/api/v1/namespaces/${other}/pods`
  await api.post(path, { metadata: { name: 'one' }, spec })
  interface Ended {
    readonly status: { readonly phase?: string }
  }
  const isOver = async () => (await api.get<Ended>(`${path}/one`))?.status.phase === 'Succeeded'
  await until(isOver, { deadlineMs: 60_000, what: 'the end of a pod that dials' })
  const printed = await api.text(`${path}/one/log`)
  await api.delete(`/api/v1/namespaces/${other}`)
  return printed.split('\n').filter((line) => line !== '')
}

/** As soon as it has one. */
async function podOf(place: ClusterPlace, name: string): Promise<{ uid: string; address: string }> {
  return until(
    async () => {
      const pod = (await place.look()).pods.find(({ metadata }) => metadata.labels?.[SANDBOX_LABEL] === name)
      const [uid, address] = [pod?.metadata.uid, pod?.status?.podIP]
      return uid !== undefined && address !== undefined && { uid, address }
    },
    { deadlineMs: 30_000, what: `a pod of ${name}` },
  )
}
