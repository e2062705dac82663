import { randomBytes } from 'node:crypto'
import { FAULTS, type FaultCode } from '@errand/contracts'
import { until } from '@errand/testkit'
import { SANDBOX_LABEL } from '@errand/kube'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ClusterPlace, ClusterState } from '../harness/cluster.ts'
import { Installation } from '../harness/installation.ts'
import { fired, watched } from '../harness/runs.ts'
import { spyOn, toldAt } from '../harness/spy.ts'
import { must } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const AGENTS = [
  ['plain', 'memoryMib: 512'],
  ['no-image', 'image: localhost/not-there:1'],
  ['no-glibc', 'image: localhost/busybox:1'],
  ['huge', 'memoryMib: 1048576'],
  ['crowd', 'memoryMib: 256'],
  ['cramped', 'diskMib: 256\n  memoryMib: 512'],
]
  .map(([name, spec]) => `kind: Agent\nname: ${name}\nspec:\n  runtime: script\n  cpus: 1\n  ${spec}\n`)
  .join('---\n')

/** From the cluster's first sign of it to the words on the run's page. */
const TOLD_WITHIN_MS = 5_000
/** The kernel ends the largest: where all are small, that is the runner. */
const EVERYBODY_IS_SMALL = 'for i in $(seq 60); do (head -c 6M /dev/zero; sleep 60) | tail >/dev/null & done; sleep 60'

interface Reason {
  readonly code: FaultCode
  readonly agent: string
  readonly script?: string
  readonly args?: readonly string[]
  /** Until then the run only waits; what comes after is the other test's. */
  readonly isWait?: true
  /** What somebody does to the cluster before. */
  readonly before?: () => Promise<void>
  /** And once the run is at work. */
  readonly during?: (name: string) => Promise<void>
  /** The cluster's first sign of it. */
  readonly sign: (state: ClusterState) => boolean
}

describe('every reason why a cluster can end a run', () => {
  let errand: Installation
  let place: ClusterPlace

  beforeAll(async () => {
    errand = await Installation.make({ ERRAND_WALL_DEADLINE_MS: '8000' })
    if (errand.place === null) throw new Error('these scenarios are about a cluster')
    place = errand.place
    await errand.start()
    await must(errand, ['apply', '--file', '-'], AGENTS)
    // Makes the namespace, which some of them do something to.
    await must(errand, ['run', 'true', '--agent', 'plain', '--no-repo', '--follow'])
  })
  afterAll(() => errand.remove())

  const path = (kind: string, name = '') => {
    const [group, plural] = kind.split(':')
    const base = group === '' ? '/api/v1' : `/apis/${group}/v1`
    return `${base}/namespaces/${place.namespace}/${plural}${name === '' ? '' : `/${name}`}`
  }
  const podOf = async (name: string) => {
    const pod = (await place.look()).pods.find(({ metadata }) => metadata.labels?.[SANDBOX_LABEL] === name)
    if (pod === undefined) throw new Error(`${name} has no pod`)
    return pod.metadata.name
  }

  const REASONS: Readonly<Record<string, Reason>> = {
    'an image that cannot be had': {
      code: 'image.unusable',
      agent: 'no-image',
      sign: ({ pods }) => pods.some(waitsFor(/ErrImagePull|ImagePullBackOff/)),
    },
    'an image in which our Node does not start': {
      code: 'sandbox.start-error',
      agent: 'no-glibc',
      sign: ({ pods }) => pods.some(endedBy(/StartError|ContainerCannotRun/)),
    },
    'no node has room': {
      code: 'cluster.unschedulable',
      agent: 'huge',
      isWait: true,
      sign: ({ events }) => events.some(({ reason }) => reason === 'FailedScheduling'),
    },
    'the quota is used up': {
      code: 'cluster.quota',
      agent: 'plain',
      isWait: true,
      before: () =>
        place.api.post(path(':resourcequotas'), { metadata: { name: 'none' }, spec: { hard: { pods: 0 } } }),
      sign: ({ events }) => events.some(({ message }) => message?.includes('exceeded quota')),
    },
    'a rule of the cluster refuses the pod': {
      code: 'cluster.denied',
      agent: 'huge',
      before: () =>
        place.api.post(path(':limitranges'), {
          metadata: { name: 'small' },
          spec: { limits: [{ type: 'Container', max: { memory: '8Gi' } }] },
        }),
      sign: ({ events }) => events.some(({ message }) => message?.includes('maximum memory usage per Container')),
    },
    'the agent’s own process takes too much memory': {
      code: 'sandbox.out-of-memory',
      agent: 'crowd',
      script: 'head -c 2G /dev/zero | tail > /dev/null',
      sign: ({ pods }) => pods.some(endedBy(/./)),
    },
    'everything together takes too much memory': {
      code: 'sandbox.out-of-memory',
      agent: 'crowd',
      script: EVERYBODY_IS_SMALL,
      sign: ({ pods }) => pods.some(endedBy(/./)),
    },
    'the run’s deadline': {
      code: 'run.deadline',
      agent: 'plain',
      script: 'sleep 60',
      args: ['--minutes', '0.05'],
      sign: ({ pods }) => pods.some(endedBy(/./)),
    },
    'the pod’s deadline': {
      code: 'run.deadline',
      agent: 'plain',
      script: 'sleep 60',
      during: async (name) => place.api.patch(path(':pods', await podOf(name)), { spec: { activeDeadlineSeconds: 1 } }),
      sign: ({ pods }) => pods.some(({ status }) => status?.reason === 'DeadlineExceeded'),
    },
    'more on disk than it may have': {
      code: 'sandbox.evicted',
      agent: 'cramped',
      script: 'head -c 600M /dev/zero > big; sleep 120',
      sign: ({ pods }) => pods.some(({ status }) => status?.reason === 'Evicted'),
    },
    'somebody deletes the pod': {
      code: 'sandbox.deleted',
      agent: 'plain',
      script: 'sleep 120',
      during: async (name) => place.api.delete(path(':pods', await podOf(name))),
      sign: ({ pods }) => pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined),
    },
    'somebody deletes the Job': {
      code: 'sandbox.deleted',
      agent: 'plain',
      script: 'sleep 120',
      during: (name) => place.api.delete(path('batch:jobs', name), { propagationPolicy: 'Background' }),
      sign: ({ pods, jobs }) =>
        jobs.length === 0 || pods.some(({ metadata }) => metadata.deletionTimestamp !== undefined),
    },
    'somebody opens the wall': {
      code: 'wall.open',
      agent: 'plain',
      before: () =>
        place.api.post(path('networking.k8s.io:networkpolicies'), {
          metadata: { name: 'open' },
          spec: { podSelector: {}, policyTypes: ['Egress'], egress: [{}] },
        }),
      sign: ({ pods }) => pods.some(endedBy(/./)),
    },
  }
  const UNDO = [
    [':resourcequotas', 'none'],
    [':limitranges', 'small'],
    ['networking.k8s.io:networkpolicies', 'open'],
  ] as const

  async function happened({ agent, script = 'true', args = [], isWait, before, during, sign, code }: Reason) {
    await before?.()
    const runId = await fired(errand, [script, '--agent', agent, '--no-repo', ...args])
    const name = `errand-${runId}`
    const spy = spyOn(place, (state) => sign(onlyOf(name, state)))
    if (during !== undefined) {
      await until(async () => (await must(errand, ['runs', '--json'])).includes('"running"'), { deadlineMs: 30_000 })
      await during(name)
    }
    if (isWait === true) {
      await heard(errand, runId, code)
      await must(errand, ['cancel', runId])
    }
    const run = await watched(errand, runId)
    for (const [kind, one] of UNDO) await place.api.delete(path(kind, one))
    return { run, knownAt: await spy.end() }
  }

  for (const [what, reason] of Object.entries(REASONS)) {
    it(proves('every-reason', `on a cluster: ${what}`), async () => {
      const { run, knownAt } = await happened(reason)
      const told = toldAt(run, reason.code)
      expect(told, JSON.stringify(run.events, null, 1)).toBeDefined()
      expect(told?.getTime() ?? 0).toBeLessThan((knownAt?.getTime() ?? Infinity) + TOLD_WITHIN_MS)
      if (reason.isWait === true) return
      expect(run.outcome).toMatchObject({ status: 'failed', code: reason.code, remedy: FAULTS[reason.code].remedy })
      await until(async () => Object.keys(await place.leftovers()).length === 0, {
        deadlineMs: 30_000,
        what: 'nothing left on the cluster',
      })
    })
  }
})

interface Nodes {
  readonly items: readonly {
    readonly metadata: { readonly name: string }
    readonly spec: { readonly taints?: readonly object[] }
  }[]
}

const HINDERED =
  'on a cluster: a queue, then nodes of the wrong kind, a taint that is tolerated, then a policy that keeps the sandbox from the gateway'

it(proves('every-reason', HINDERED), async () => {
  const kind = `errand-e2e-${randomBytes(4).toString('hex')}`
  const errand = await Installation.make({
    ERRAND_WALL_DEADLINE_MS: '3000',
    ERRAND_GATEWAY_LABELS: JSON.stringify({ namespace: 'default', labels: { app: 'another' } }),
    ERRAND_QUEUE: 'agents',
    ERRAND_NODE_SELECTOR: JSON.stringify({ [kind]: 'yes' }),
    ERRAND_TOLERATIONS: JSON.stringify([{ key: kind, operator: 'Exists', effect: 'NoSchedule' }]),
    ERRAND_RUNTIME_CLASS: kind,
  })
  onTestFinished(() => errand.remove())
  const { place } = errand
  if (place === null) throw new Error('this is about a cluster')
  const classes = '/apis/node.k8s.io/v1/runtimeclasses'
  await place.api.post(classes, { metadata: { name: kind }, handler: 'runc' })
  onTestFinished(() => place.api.delete(`${classes}/${kind}`))
  await errand.start()
  const runId = await fired(errand, ['true', '--agent', 'shell', '--no-repo'])

  expect(await heard(errand, runId, 'cluster.queue')).toContain('Its queue is agents.')
  expect((await place.look()).pods).toEqual([])
  // As the queue does it once there is room.
  const job = `/apis/batch/v1/namespaces/${place.namespace}/jobs/errand-${runId}`
  await place.api.patch(job, { spec: { suspend: false } })
  await heard(errand, runId, 'cluster.unschedulable')
  const [first] = (await place.api.get<Nodes>('/api/v1/nodes'))?.items ?? []
  const node = `/api/v1/nodes/${first?.metadata.name}`
  const taints = first?.spec.taints ?? []
  onTestFinished(() => place.api.patch(node, { metadata: { labels: { [kind]: null } }, spec: { taints } }))
  // Only those may come that tolerate it.
  const tainted = { taints: [...taints, { key: kind, effect: 'NoSchedule' }] }
  await place.api.patch(node, { metadata: { labels: { [kind]: 'yes' } }, spec: tainted })
  await until(async () => (await place.look()).pods.some(({ spec }) => spec?.nodeName !== undefined))
  expect((await place.look()).pods[0]?.spec?.runtimeClassName).toBe(kind)
  const { outcome } = await watched(errand, runId)
  expect(outcome).toMatchObject({ status: 'failed', code: 'wall.blocked' })
  expect(outcome.detail).toMatch(/did not answer once in 3 s/)
})

/** Waits for it as a person does who watches the run. */
async function heard(errand: Installation, runId: string, code: FaultCode): Promise<string> {
  const watching = errand.spawnErrand(['watch', runId, '--json'])
  let printed = ''
  watching.stdout?.on('data', (chunk: Buffer) => (printed += chunk.toString()))
  await until(() => printed.includes(`"${code}"`), { deadlineMs: 30_000, what: code }).finally(() => watching.kill())
  return printed
}

function onlyOf(name: string, { jobs, pods, events }: ClusterState): ClusterState {
  return {
    jobs: jobs.filter(({ metadata }) => metadata.name === name),
    pods: pods.filter(({ metadata }) => metadata.name.startsWith(name)),
    events: events.filter(({ involvedObject }) => involvedObject.name?.startsWith(name) === true),
  }
}

type Pod = ClusterState['pods'][number]

function waitsFor(reason: RegExp) {
  return ({ status }: Pod) =>
    status?.containerStatuses?.some(({ state }) => reason.test(state?.waiting?.reason ?? '')) === true
}

function endedBy(reason: RegExp) {
  return ({ status }: Pod) =>
    status?.containerStatuses?.some(({ state }) => reason.test(state?.terminated?.reason ?? '')) === true
}
