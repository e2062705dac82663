import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Seen } from '@errand/domain'
import { describe, expect, it } from 'vitest'
import { timeOf } from './events.ts'
import { keptOfJob, keptOfPod } from './kept.ts'
import { type Observed, observe } from './observe.ts'

/** What a real cluster (vanilla 1.36) said when the thing happened there, one a line, without fields that nobody reads. */
const samples = readFileSync(join(import.meta.dirname, 'samples.jsonl'), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Omit<Observed, 'now'> & { readonly name: string })

function sample(name: string): Observed {
  const objects = samples.find((each) => each.name === name)
  if (objects === undefined) throw new Error(`there is no sample ${name}`)
  const madeAt = Date.parse(objects.job?.metadata?.creationTimestamp ?? '')
  return { ...objects, now: new Date(Math.max(madeAt || 0, ...objects.events.map(timeOf))) }
}

const waits = (code: string, detail: string | RegExp) => ({
  kind: 'running',
  waiting: { code, detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) },
})
const atWork = { kind: 'running' }
const ended = (exitCode: number | null, code?: string, detail?: string | RegExp) => ({
  kind: 'exited',
  exitCode,
  isOutOfMemory: false,
  ...(code === undefined ? {} : { code }),
  ...(detail === undefined ? {} : { detail: typeof detail === 'string' ? detail : expect.stringMatching(detail) }),
})
const outOfMemory = (exitCode: number) => ({ kind: 'exited', exitCode, isOutOfMemory: true })
const noImage = (name: string) =>
  waits('image.unusable', new RegExp(`^failed to pull .*"localhost/${name}:1".* connection refused$`))

/** Every sample, and what is seen in it. */
const CASES: Readonly<Record<string, object>> = {
  // At work, or soon.
  live: atWork,
  resumed: atWork,
  'deadline-terminating': atWork,
  'deleted-terminating': atWork,
  'evicted-terminating': atWork,
  'job-deleted-terminating': atWork,
  'node-silent': atWork,

  // It waits, for an image,
  'image-missing': noImage('absent'),
  'image-name': waits('image.unusable', /"not\/\/An Image": invalid reference format: .* must be lowercase$/),
  'image-never': waits(
    'image.unusable',
    'Container image "localhost/absent:1" is not present with pull policy of Never',
  ),
  'tools-missing': noImage('absent-tools'),
  'tools-copy-missing': noImage('absent-tools'),
  pulling: waits('image.slow', 'Pulling image "10.99.0.254:5998/team/big:2"'),
  'pulling-tools': waits('image.slow', 'Pulling image "10.99.0.254:5998/team/tools:3"'),
  'pulling-volume': waits('image.slow', 'Pulling image "10.99.0.254:5998/team/tools:4"'),
  // for room, its turn, a yes,
  'too-big': waits('cluster.unschedulable', '0/1 nodes are available: 1 Insufficient memory.'),
  'wrong-node': waits('cluster.unschedulable', /^0\/1 nodes are available: 1 node\(s\) didn.t match .*selector\.$/),
  queued: waits('cluster.queue', 'Its queue is agents.'),
  'queued-quota': waits(
    'cluster.queue',
    "Its queue is agents: couldn't assign flavors to pod set main: insufficient unused quota for memory in flavor any",
  ),
  quota: waits(
    'cluster.quota',
    'exceeded quota: errand, requested: limits.cpu=2, used: limits.cpu=0, limited: limits.cpu=1',
  ),
  denied: waits('cluster.denied', /denied request: images come from registry\.example\.org$/),
  'too-free': waits('cluster.denied', 'violates PodSecurity "restricted:latest": host namespaces (hostNetwork=true)'),
  runtime: waits('cluster.denied', 'pod rejected: RuntimeClass "gvisor" not found'),
  'hook-down': waits('cluster.unreachable', /failed calling webhook "pods\.example\.org": .* connection refused$/),
  // or for what will not come.
  'host-users': waits('sandbox.start-error', /runtime does not support user namespaces$/),

  // It is over: by itself,
  done: ended(0),
  failed: ended(7, undefined, 'The sandbox ended with exit code 7: it broke'),
  oom: outOfMemory(137),
  'child-oom': outOfMemory(3),
  'no-command': ended(128, 'sandbox.start-error', /exec: "\/nowhere\/bin\/node": .* no such file or directory$/),
  'tools-copy-fails': ended(
    1,
    'sandbox.start-error',
    "The tools were not copied: cp: can't stat '/runner.mjs': No such file or directory",
  ),
  disk: ended(137, 'sandbox.evicted', 'Usage of EmptyDir volume "workspace" exceeds the limit "8Mi".'),
  // or the cluster took it away, and its pod was seen at last.
  deadline: ended(137, 'run.deadline', 'The cluster ended it.'),
  deleted: ended(137, 'sandbox.deleted', /^Pod deleted-\w{5}\.$/),
  forced: ended(137, 'sandbox.deleted', /^Pod forced-\w{5}\.$/),
  evicted: ended(137, 'sandbox.evicted', 'Eviction API: evicting'),
  preempted: ended(137, 'sandbox.evicted', /preempting to accommodate a higher priority pod$/),
  suspended: ended(137, 'sandbox.evicted', 'Its Job was suspended.'),
  tainted: ended(0, 'sandbox.node-gone', /due to NoExecute taint$/),
  'node-collected': ended(null, 'sandbox.node-gone', /node no longer exists$/),
}

describe('what the cluster says of a sandbox', () => {
  it.each(Object.entries(CASES))('%s', (name, seen) => {
    const { since: _, ...rest } = { since: null, ...observe(sample(name)) }
    expect(rest).toEqual(seen)
  })

  it.each(samples.map(({ name }) => name))('%s: is in what is kept of it', (name) => {
    const { job, pod, lastPod = null, events, now } = sample(name)
    const kept: Observed = {
      job: job && keptOfJob(job),
      pod: pod && keptOfPod(pod),
      lastPod: lastPod && keptOfPod(lastPod),
      events,
      now,
    }
    expect(observe(kept)).toEqual(observe(sample(name)))
  })

  it('is asserted for every sample', () => {
    expect(samples.map(({ name }) => name).toSorted()).toEqual(Object.keys(CASES).toSorted())
  })

  it('is nothing where there is nothing', () => {
    expect(observe({ job: null, pod: null, events: [], now: new Date() })).toEqual({ kind: 'nothing' })
  })
})

describe('a refusal of a namespace that was made just now', () => {
  it.each([
    ['is forbidden: status unknown for quota: errand, resources: limits.cpu,pods', 'cluster.quota'],
    [
      'is forbidden: error looking up service account a/default: serviceaccount "default" not found',
      'cluster.unreachable',
    ],
    ['is forbidden: unable to create new content in namespace a because it is being terminated', 'cluster.denied'],
  ])('that will pass is waited out: %s', (message, code) => {
    const { events, ...rest } = sample('quota')
    const said = events.map((event) => ({ ...event, message: `Error creating: pods "errand-a-" ${message}` }))
    expect(observe({ ...rest, events: said })).toMatchObject({ waiting: { code } })
  })
})

describe('how it ended, when its pod was not seen at the last', () => {
  it.each<[string, object]>([
    ['deadline', ended(null, 'run.deadline')],
    ['deleted', ended(null, 'sandbox.deleted')],
    // Nothing else is left of what it was.
    ['evicted', ended(null, 'sandbox.deleted')],
    ['preempted', ended(null, 'sandbox.evicted', /^Preempted by pod /)],
    ['suspended', ended(null, 'sandbox.evicted')],
    ['tainted', ended(null, 'sandbox.node-gone', /^Marking for deletion Pod /)],
    ['node-collected', ended(null, 'sandbox.node-gone', 'Node is not ready')],
  ])('%s', (name, seen) => {
    expect(observe({ ...sample(name), lastPod: null })).toMatchObject(seen)
  })

  it('is not taken from the pod of another Job of the same name', () => {
    const { lastPod } = sample('deleted')
    expect(observe({ ...sample('queued'), lastPod: lastPod ?? null })).toMatchObject({ kind: 'running' })
  })

  it('is taken from the exit of a Job that is complete', () => {
    expect(observe({ ...sample('done'), pod: null })).toEqual(ended(0))
  })
})

describe('how it ended, when its Job is not one that the cluster looks after', () => {
  const gone = (name: string) => {
    const { job, ...rest } = sample(name)
    // Then nobody writes its status.
    const unwritten = job === null ? null : { ...job, status: {} }
    return observe({ ...rest, job: unwritten, pod: null, lastPod: null, isPodGone: true })
  }
  it.each<[string, object]>([
    ['deleted', ended(null, 'sandbox.deleted', 'Its pod is gone.')],
    ['preempted', ended(null, 'sandbox.evicted', /^Preempted by pod /)],
    ['tainted', ended(null, 'sandbox.node-gone', /^Marking for deletion Pod /)],
    ['node-collected', ended(null, 'sandbox.node-gone', 'Node is not ready')],
  ])('%s', (name, seen) => {
    expect(gone(name)).toMatchObject(seen)
  })

  it('is taken from its pod, where that was seen at the last', () => {
    expect(observe({ ...sample('evicted'), isPodGone: true })).toEqual(observe(sample('evicted')))
  })
})

describe('a deleted pod of which its node says nothing', () => {
  it('is believed to be at work for its grace and a while, then its node is gone', () => {
    const silent = sample('node-silent')
    const deletedAt = Date.parse(silent.pod?.metadata?.deletionTimestamp ?? '')
    const seen = (ms: number): Seen => observe({ ...silent, now: new Date(deletedAt + ms) })
    expect(seen(14_000)).toMatchObject({ kind: 'running' })
    expect(seen(16_000)).toMatchObject(ended(null, 'sandbox.node-gone', /NoExecute taint$/))
    const { pod, job } = sample('deleted-terminating')
    const after = new Date(Date.parse(pod?.metadata?.deletionTimestamp ?? '') + 16_000)
    expect(observe({ job, pod, events: [], now: after })).toMatchObject(
      ended(null, 'sandbox.node-gone', /does not say/),
    )
  })
})

describe('the last words of a container', () => {
  it.each([
    [
      'exec /errand/bin/node: no such file or directory',
      ended(1, 'sandbox.start-error', 'exec /errand/bin/node: no such file or directory'),
    ],
    [
      'wall.blocked: 10.0.0.1:8471 did not answer once in 30 s.\n',
      ended(1, 'wall.blocked', '10.0.0.1:8471 did not answer once in 30 s.'),
    ],
    ['wall.open: Still open.', ended(1, 'wall.open', 'Still open.')],
  ])('say why it ended: %j', (message, seen) => {
    const failed = sample('failed')
    const terminated = { exitCode: 1, reason: 'Error', message }
    const status = { phase: 'Failed', containerStatuses: [{ name: 'runner', state: { terminated } }] }
    const pod = { ...failed.pod, status } as Observed['pod']
    expect(observe({ ...failed, pod })).toEqual(seen)
  })
})

describe('a pod that goes with its Job before it has begun', () => {
  const lost = { exitCode: 137, reason: 'ContainerStatusUnknown', message: 'The container could not be located' }
  const pods: readonly object[] = [
    { containerStatuses: [{ name: 'runner', state: { terminated: lost } }] },
    { initContainerStatuses: [{ name: 'tools', state: { terminated: lost } }] },
    { initContainerStatuses: [{ name: 'tools', state: { terminated: { exitCode: 143, reason: 'Error' } } }] },
  ]

  it.each(pods)('blames neither its node nor its image: %j', (status) => {
    const failed = sample('failed')
    const pod = { ...failed.pod, status: { phase: 'Failed', ...status } } as NonNullable<Observed['pod']>
    const deleted = { ...pod, metadata: { ...pod.metadata, deletionTimestamp: failed.now.toISOString() } }
    expect(observe({ ...failed, job: null, pod })).toHaveProperty('code')
    // Whoever looks knows that the Job is gone.
    expect(observe({ ...failed, job: null, pod: deleted })).not.toHaveProperty('code')
  })
})

describe('since when a sandbox has had time to start', () => {
  const since = (observed: Observed) => {
    const seen = observe(observed)
    return seen.kind === 'running' ? seen.since.toISOString() : seen.kind
  }

  it('is when its process began', () => {
    const { pod } = sample('live')
    expect(since(sample('live'))).toBe(new Date(startOf(pod)).toISOString())
  })

  it('is the last thing that went on while it has none', () => {
    const { pod, events } = sample('pulling')
    const last = Math.max(...events.filter(({ type }) => type === 'Normal').map(timeOf))
    expect(since(sample('pulling'))).toBe(new Date(last).toISOString())
    // Without events, when it got its node.
    const scheduled = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled')?.lastTransitionTime ?? ''
    expect(since({ ...sample('pulling'), events: [] })).toBe(new Date(scheduled).toISOString())
  })

  it('is when its Job was let go, while it has no pod', () => {
    const { job } = sample('resumed')
    const startTime = new Date(job?.status?.startTime ?? '').toISOString()
    expect(since({ ...sample('resumed'), pod: null })).toBe(startTime)
  })

  function startOf(pod: Observed['pod']): string {
    return pod?.status?.containerStatuses?.[0]?.state?.running?.startedAt ?? ''
  }
})

describe('the same trouble', () => {
  it('reads the same from one try to the next, so that it is told once', () => {
    const { pod, ...rest } = sample('image-missing')
    const backOff = pod?.status?.containerStatuses?.[0]?.state?.waiting
    const pulled = { reason: 'ErrImagePull', message: backOff?.message?.replace(/^Back-off.*?: ErrImagePull: /, '') }
    const again = JSON.parse(JSON.stringify(pod).replace(JSON.stringify(backOff), JSON.stringify(pulled))) as typeof pod
    expect(again).not.toEqual(pod)
    expect(observe({ ...rest, pod: again })).toEqual(observe({ ...rest, pod }))
    const { events, ...quota } = sample('quota')
    const details = events.map((event) => observe({ ...quota, events: [event] }))
    expect(new Set(details.map((seen) => JSON.stringify(seen))).size).toBe(1)
  })
})
