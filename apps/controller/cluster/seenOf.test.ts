import { isPodOurs, type Job, type KubeClient, observe, type Pod } from '@errand/kube'
import { expect, test } from 'vitest'
import type { ClusterView } from './clusterView.ts'
import { seenOf } from './seenOf.ts'

const name = 'errand-run1'
const metadata = { name, uid: 'j1', creationTimestamp: '2026-01-01T00:00:00Z' }
const ours: Job = { metadata, spec: { managedBy: 'errand.run/controller', template: {} } }
const theirs: Job = { metadata, spec: { template: {} } }
const pod: Pod = { metadata: { name, uid: 'p1', creationTimestamp: '2026-01-01T00:00:01Z' }, status: {} }

interface Known {
  readonly job?: Job
  readonly pod?: Pod
}

/** `watched`: what the watches have told so far. `there`: what the API says when it is asked. */
async function seen(watched: Known, there: Known, { uid = null as string | null, isOurDoing = false } = {}) {
  const asked: string[] = []
  const now = new Date('2026-01-01T00:00:02Z')
  const view = {
    synced: Promise.resolve(),
    heard: Promise.resolve(),
    job: () => watched.job ?? null,
    pod: () => watched.pod ?? null,
    seen: (_: string, job: Job | null, { isPodGone = false } = {}) =>
      observe({ job, pod: watched.pod ?? null, isPodGone, events: [], now }),
  } as unknown as ClusterView
  const get = (kind: string) => {
    asked.push(kind)
    return Promise.resolve((kind === 'Job' ? there.job : there.pod) ?? null)
  }
  const client = { get } as unknown as Pick<KubeClient, 'get'>
  const deps = { view, client, config: { namespace: 'sandboxes' } }
  return { ...(await seenOf({ id: name, uid }, { isOurDoing }, deps)), asked }
}

test('what the watches know is not asked for', async () => {
  expect(isPodOurs(ours)).toBe(true)
  expect(await seen({ job: ours, pod }, {})).toMatchObject({ kind: 'running', asked: [] })
  // Its pod comes from the cluster, when it likes.
  expect(await seen({ job: theirs }, {})).toMatchObject({ kind: 'running', asked: [] })
})

test('a pod of ours that they have not told of yet is asked for', async () => {
  expect(await seen({ job: ours }, { job: ours, pod })).toMatchObject({ kind: 'running', asked: ['Pod'] })
  expect(await seen({}, { job: ours, pod })).toMatchObject({ kind: 'running', asked: ['Job', 'Pod'] })
})

test('one that nobody has ever seen was never made, as if there were no Job', async () => {
  expect(await seen({ job: ours }, { job: ours })).toMatchObject({ kind: 'nothing' })
})

test('one that its row knows is gone', async () => {
  const gone = await seen({ job: ours }, { job: ours }, { uid: 'p1' })
  expect(gone).toMatchObject({ kind: 'exited', code: 'sandbox.deleted', detail: 'Its pod is gone.' })
})

test('what we remove ourselves is not asked for when it is gone', async () => {
  const removed = await seen({}, {}, { uid: 'p1', isOurDoing: true })
  expect(removed).toEqual({ kind: 'exited', exitCode: null, isOutOfMemory: false, asked: [] })
})
