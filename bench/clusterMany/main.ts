/**
 * What a controller pays for pods that live: its memory, and the time to take in what the API says of a pod and to look at its
 * sandbox, where 100, 1,000 and 5,000 pods are there. Beside it that look alone, at what was heard long ago, and one at a sandbox of which
 * nothing new was said. The pods are those of Errand in everything but that nothing runs in them: KWOK says that they do (BENCH_KWOK names its program).
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as sleep } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { fileURLToPath } from 'node:url'
import { ClusterView } from '../../apps/controller/cluster/clusterView.ts'
import { newId } from '@errand/contracts'
import {
  type ClusterConfig,
  createKubeClient,
  type KubeClient,
  kubeconfigSource,
  namespaceManifest,
  type Pod,
  SANDBOX_LABEL,
  sandboxJob,
} from '@errand/kube'
import { quietLog, until } from '@errand/testkit'
import { pathOf } from '../../packages/kube/client/kinds.ts'
import { parseObject } from '../../packages/kube/client/parseObject.ts'
import { Requester } from '../../packages/kube/client/requester.ts'
import { report, round } from '../harness/report.ts'

const BAR = 1.5
const NODE = 'errand-kwok'
const AT_ONCE = 24
/** Of one cluster in a turn, and how many of them are made ready at once. */
const LOOKS = 10_000
const BATCH = 200
const TURNS = 15
const WARM_UPS = 2
const given = process.argv.slice(2).map(Number)
const sizes = given.length > 0 ? given : [100, 1_000, 5_000]
const {
  ERRAND_E2E_KUBECONFIG: kubeconfig = '',
  BENCH_KWOK: kwok = 'kwok',
  ERRAND_E2E_TOOLS_IMAGE: tools = 'tools',
} = process.env
const shape = { image: null, cpus: 0.1, memoryMib: 64, diskMib: 64 }

const source = kubeconfigSource(kubeconfig)
const client = createKubeClient(source, { log: quietLog() })
const asked = new Requester(source, {
  log: quietLog(),
  now: () => new Date(),
  delay: (ms, options) => sleep(ms, undefined, options),
  random: Math.random,
  watchSeconds: 30,
})
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
const namespaceOf = (size: number) => `errand-many-${process.pid}-${size}`
try {
  await client.apply('Node', {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: NODE, annotations: { 'kwok.x-k8s.io/node': 'fake' }, labels: { type: 'kwok' } },
    spec: { taints: [{ key: 'kwok.x-k8s.io/node', value: 'fake', effect: 'NoSchedule' }] },
  })
  const clusters: Cluster[] = []
  const made: (readonly string[])[] = []
  for (const size of sizes) made.push(await fill(size))
  for (const names of made) clusters.push(await heardOf(names))
  const rows = measured(clusters)
  const [least, most] = [rows[0]?.wholeUs ?? 0, rows.at(-1)?.wholeUs ?? 0]
  report({
    bench: 'clusterMany',
    value: most,
    peer: least,
    ratio: round(most / least),
    bar: `a change costs ≤ ${BAR} × with ${sizes.at(-1)} pods of what it costs with ${sizes[0]}`,
    ok: most <= BAR * least,
    note: `µs of a processor for taking in what is said of a pod, and for the look at it, turn about; ${rows.map(({ pods, mib, newUs, keptUs, wholeUs }) => `${pods} pods: ${wholeUs}; the look alone ${newUs}, ${keptUs} where nothing was said, ${mib} MiB`).join('; ')}`,
  })
  for (const { view } of clusters) view.close()
} finally {
  await Promise.all(sizes.map((size) => client.delete('Namespace', { name: namespaceOf(size) })))
  await client.delete('Node', { name: NODE })
  for (const size of sizes)
    await until(async () => (await client.get('Namespace', { name: namespaceOf(size) })) === null, {
      deadlineMs: 900_000,
      everyMs: 2_000,
      what: 'the end of all pods',
    })
  simulator.kill('SIGKILL')
  await ended
  await asked.close()
  await client.close()
}

/** A namespace of so many pods, and what a controller knows of it. */
interface Cluster {
  readonly names: readonly string[]
  readonly view: ClusterView
  readonly mib: number
  /** What a watch says of the sandbox's pod, as bytes. */
  readonly heard: ReadonlyMap<string, Buffer>
  readonly take: (pod: Pod) => void
}

interface Row {
  readonly pods: number
  readonly mib: number
  readonly keptUs: number
  readonly newUs: number
  readonly wholeUs: number
}

/** Makes the pods; gives the names of their sandboxes. */
async function fill(size: number): Promise<readonly string[]> {
  const config = configOf(namespaceOf(size))
  await client.apply('Namespace', namespaceManifest(config))
  const names = Array.from({ length: size }, () => `errand-${newId('run', new Date())}`)
  const missing = [...names]
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let name = missing.pop(); name !== undefined; name = missing.pop()) await make(name, config)
    }),
  )
  return names
}

async function heardOf(names: readonly string[]): Promise<Cluster> {
  const namespace = namespaceOf(names.length)
  const before = heapMib()
  let take: (pod: Pod) => void = () => undefined
  const watch: KubeClient['watch'] = (kind, where, handlers) => {
    if (kind === 'Pod')
      take = (pod) => {
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
  await until(isAsWanted, { deadlineMs: 600_000, everyMs: 1_000, what: `${names.length} running pods` })
  const mib = heapMib() - before
  return { names, view, mib, take, heard: await podTexts(namespace) }
}

/** As the API says them, with all that the client drops. */
async function podTexts(namespace: string): Promise<ReadonlyMap<string, Buffer>> {
  const { items } = JSON.parse(await asked.text({ verb: 'list', path: pathOf('Pod', { namespace }) })) as {
    readonly items: readonly Pod[]
  }
  return new Map(items.map((pod) => [nameOf(pod), Buffer.from(JSON.stringify(pod))]))
}

async function make(name: string, config: ClusterConfig): Promise<void> {
  const job = await client.create(
    'Job',
    sandboxJob({ name, orgId: newId('org', new Date()), shape, deadlineSeconds: 600 }, config),
  )
  const { spec } = job.spec?.template ?? {}
  if (spec === undefined) throw new Error('the Job has no pod')
  const pod: Pod = {
    // Without the labels of the Job's own pods: one that is held back deletes those.
    metadata: { labels: job.metadata?.labels ?? {}, name: `${name}-abcde`, namespace: config.namespace },
    spec: { ...spec, nodeName: NODE },
  }
  await client.create('Pod', pod)
}

function configOf(namespace: string): ClusterConfig {
  return {
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
  }
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

/**
 * The clusters take turns, so that what else the machine does hits all alike. A turn is long enough for several collections
 * of garbage: most of what a change makes is its own to clear away.
 */
function measured(clusters: readonly Cluster[]): readonly Row[] {
  const turns = (
    look: (cluster: Cluster, name: string) => string | Buffer,
    then: (cluster: Cluster, given: string) => unknown,
  ) => {
    const spent = clusters.map((): number[] => [])
    for (let turn = -WARM_UPS; turn < TURNS; turn++)
      for (const [index, cluster] of clusters.entries()) {
        const us = turnUs(cluster, look, then)
        if (turn >= 0) spent[index]?.push(us)
      }
    return spent.map((each) => each.toSorted((a, b) => a - b)[Math.floor(TURNS / 2)] ?? 0)
  }
  const byName = (_: Cluster, name: string) => name
  const kept = turns(byName, ({ view }, name) => view.seen(name))
  // A Job that is not the one it knows: what is seen is made out again.
  const again = turns(byName, ({ view }, name) => view.seen(name, { ...view.job(name) }))
  // As the line of a watch does, it comes from the socket just before, and not from among all that lay in memory.
  const whole = turns(
    ({ heard }, name) => heard.get(name) ?? '',
    ({ view, take }, line) => {
      const pod = parseObject(line) as Pod
      take(pod)
      view.seen(nameOf(pod))
    },
  )
  return clusters.map(({ names, mib }, index) => ({
    pods: names.length,
    mib: round(mib, 1),
    keptUs: round(kept[index] ?? 0, 3),
    newUs: round(again[index] ?? 0, 2),
    wholeUs: round(whole[index] ?? 0, 1),
  }))
}

/** Microseconds of a processor for each of a turn's looks, the collector's threads included; what is looked at is made ready before. */
function turnUs(
  cluster: Cluster,
  given: (cluster: Cluster, name: string) => string | Buffer,
  look: (cluster: Cluster, given: string) => unknown,
): number {
  const { names } = cluster
  let spent = 0
  for (let first = 0; first < LOOKS; first += BATCH) {
    const all = Array.from({ length: BATCH }, (_, index) =>
      given(cluster, names[((first + index) * 7) % names.length] ?? '').toString(),
    )
    const before = process.cpuUsage()
    for (const one of all) look(cluster, one)
    const { user, system } = process.cpuUsage(before)
    spent += user + system
  }
  return spent / LOOKS
}
