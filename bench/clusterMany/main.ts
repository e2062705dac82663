/**
 * What a controller pays for pods that live: its memory, and the time to take in what the API says of a pod and to look at its
 * sandbox, where 100, 1,000 and 5,000 pods are there. Beside it that look alone, at what was heard long ago, and one at a sandbox of which
 * nothing new was said. The pods are those of Errand in everything but that nothing runs in them: KWOK says that they do (BENCH_KWOK names its program).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fileURLToPath } from 'node:url'
import { ClusterView } from '../../apps/controller/cluster/clusterView.ts'
import { newId } from '@errand/contracts'
import {
  createKubeClient,
  type KubeClient,
  kubeconfigSource,
  namespaceManifest,
  type Pod,
  SANDBOX_LABEL,
  sandboxJob,
} from '@errand/kube'
import { quietLog, until } from '@errand/testkit'
import { report, round } from '../harness/report.ts'

const BAR = 1.5
const NODE = 'errand-kwok'
const AT_ONCE = 24
const LOOKS = 200
const given = process.argv.slice(2).map(Number)
const sizes = given.length > 0 ? given : [100, 1_000, 5_000]
const {
  ERRAND_E2E_KUBECONFIG: kubeconfig = '',
  BENCH_KWOK: kwok = 'kwok',
  ERRAND_E2E_TOOLS_IMAGE: tools = 'tools',
} = process.env
const namespace = `errand-many-${process.pid}`
const shape = { image: null, cpus: 0.1, memoryMib: 64, diskMib: 64 }
const config = {
  namespace,
  gateway: { host: '127.0.0.1', port: 1, canaryPort: 2 },
  gatewayPeer: { cidr: '127.0.0.1/32' },
  toolsImage: tools,
  toolsBy: 'image-volume',
  defaultImage: 'sandbox',
  pullPolicy: 'Never',
  closed: [],
  wallDeadlineMs: 1_000,
  // Nobody lets their Jobs out: the pods are made here, and put on the node that is none.
  queue: 'nowhere',
} as const

const client = createKubeClient(kubeconfigSource(kubeconfig), { log: quietLog() })
const names: string[] = []
const simulator = spawn(
  kwok,
  [
    '--kubeconfig',
    kubeconfig,
    '--manage-all-nodes=false',
    '--manage-nodes-with-annotation-selector=kwok.x-k8s.io/node=fake',
    '--node-lease-duration-seconds=40',
    '--config',
    fileURLToPath(new URL('stages.yaml', import.meta.url)),
  ],
  { stdio: 'ignore' },
)
const ended = once(simulator, 'exit')
try {
  await client.apply('Namespace', namespaceManifest(config))
  await client.apply('Node', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { type: 'kwok' } },
    spec: { taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }] },
  })
  const rows: Row[] = []
  const empty = heapMib()
  for (const size of sizes) {
    await fill(size)
    let take: (pod: Pod) => void = () => undefined
    const watch: KubeClient['watch'] = (kind, where, handlers) => {
      if (kind === 'Pod')
        take = (pod) => {
          // As whatever hears of it does first.
          delete pod.metadata?.managedFields
          const heard = pod as Parameters<typeof handlers.changed>[0]
          handlers.changed(handlers.kept?.(heard) ?? heard)
        }
      return client.watch(kind, where, handlers)
    }
    const view = new ClusterView({ client: { ...client, watch }, namespace, now: () => new Date() })
    await view.synced
    const isAsWanted = () => {
      if (simulator.exitCode !== null) throw new Error(`${kwok} ended with ${simulator.exitCode}`)
      return names.every((name) => view.pod(name)?.status?.phase === 'Running')
    }
    await until(isAsWanted, {
      deadlineMs: 600_000,
      everyMs: 1_000,
      what: `${size} running pods`,
    })
    const mib = heapMib() - empty
    const kept = lookUs((name) => view.seen(name))
    // A Job that is not the one it knows: what is seen is made out again.
    const again = lookUs((name) => view.seen(name, { ...view.job(name) }))
    const said = await client.list('Pod', { namespace })
    const heard = new Map(said.map((pod) => [nameOf(pod), JSON.stringify(pod)]))
    // As the line of a watch does, it comes from the socket just before, and not from among all that lay in memory.
    const whole = changeUs(
      (name) => Buffer.from(heard.get(name) ?? '').toString(),
      (line) => {
        const pod = JSON.parse(line) as Pod
        take(pod)
        view.seen(nameOf(pod))
      },
    )
    rows.push({
      pods: size,
      mib: round(mib, 1),
      keptUs: round(kept, 3),
      newUs: round(again, 2),
      wholeUs: round(whole, 1),
    })
    view.close()
  }
  const [least, most] = [rows[0]?.wholeUs ?? 0, rows.at(-1)?.wholeUs ?? 0]
  report({
    bench: 'clusterMany',
    value: most,
    peer: least,
    ratio: round(most / least),
    bar: `a change costs ≤ ${BAR} × with ${sizes.at(-1)} pods of what it costs with ${sizes[0]}`,
    ok: most <= BAR * least,
    note: `µs for taking in what is said of a pod, and for the look at it; ${rows.map(({ pods, mib, newUs, keptUs, wholeUs }) => `${pods} pods: ${wholeUs}; the look alone ${newUs}, ${keptUs} where nothing was said, ${mib} MiB`).join('; ')}`,
  })
} finally {
  await client.delete('Namespace', { name: namespace })
  await client.delete('Node', { name: NODE })
  await until(async () => (await client.get('Namespace', { name: namespace })) === null, {
    deadlineMs: 900_000,
    everyMs: 2_000,
    what: 'the end of all pods',
  })
  simulator.kill('SIGKILL')
  await ended
  await client.close()
}

interface Row {
  readonly pods: number
  readonly mib: number
  readonly keptUs: number
  readonly newUs: number
  readonly wholeUs: number
}

async function fill(size: number): Promise<void> {
  const missing = Array.from({ length: size - names.length }, () => `errand-${newId('run', new Date())}`)
  names.push(...missing)
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let name = missing.pop(); name !== undefined; name = missing.pop()) await make(client, name)
    }),
  )
}

async function make(kube: KubeClient, name: string): Promise<void> {
  const job = await kube.create(
    'Job',
    sandboxJob({ name, orgId: newId('org', new Date()), shape, deadlineSeconds: 600 }, config),
  )
  const { spec } = job.spec?.template ?? {}
  if (spec === undefined) throw new Error('the Job has no pod')
  const pod: Pod = {
    // Without the labels of the Job's own pods: one that is held back deletes those.
    metadata: { labels: job.metadata?.labels ?? {}, name: `${name}-abcde`, namespace },
    spec: { ...spec, nodeName: NODE },
  }
  await kube.create('Pod', pod)
}

/** After everything that is not needed is gone. */
function heapMib(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  return process.memoryUsage().heapUsed / 2 ** 20
}

function nameOf(pod: Pod): string {
  return pod.metadata?.labels?.[SANDBOX_LABEL] ?? ''
}

function lookUs(look: (name: string) => unknown): number {
  return changeUs((name) => name, look)
}

/** The middle of many batches, each long enough for the clock, once the code is compiled. `given` is not counted. */
function changeUs(given: (name: string) => string, look: (given: string) => unknown): number {
  const batch = (first: number): number => {
    const all = Array.from({ length: LOOKS }, (_, index) => given(names[((first + index) * 7) % names.length] ?? ''))
    const began = performance.now()
    for (const one of all) look(one)
    return ((performance.now() - began) * 1_000) / LOOKS
  }
  for (let index = 0; index < 100; index++) batch(index * LOOKS)
  const times = Array.from({ length: 100 }, (_, index) => batch(index * LOOKS))
  return times.toSorted((a, b) => a - b)[times.length / 2] ?? 0
}
