import { newId } from '@errand/contracts'
import { type ClusterConfig, isPodOurs, type Job, type KubeClient, KubeError, type Pod } from '@errand/kube'
import { expect, test } from 'vitest'
import { makeJob } from './makeJob.ts'

const config: ClusterConfig = {
  namespace: 'sandboxes',
  gateway: { host: '10.43.9.9', port: 7400, canaryPort: 7401 },
  gatewayPeer: { cidr: '10.0.0.1/32' },
  toolsImage: 'localhost/errand-tools:1',
  toolsBy: 'image-volume',
  defaultImage: 'localhost/errand-default:1',
  pullPolicy: 'IfNotPresent',
  closed: [],
  wallDeadlineMs: 30_000,
}
const input = {
  name: 'errand-run1',
  orgId: newId('org', new Date(0)),
  shape: { image: null, cpus: 1, memoryMib: 512, diskMib: 512 },
}

interface Given {
  readonly jobs?: readonly Job[]
  readonly pods?: readonly Pod[]
  /** What the API says to the pod that we ask for. */
  readonly refusal?: KubeError
  /** One that knows `managedBy`, and leaves such Jobs alone. */
  readonly isNew?: boolean
  /** Somebody in it suspends every Job. */
  readonly isHeld?: boolean
}

/** What a cluster keeps of what is asked of it: one object of a name. */
function cluster({ jobs = [], pods = [], refusal, isNew = true, isHeld = false }: Given = {}) {
  const kept = { Job: new Map<string, Job>(), Pod: new Map<string, Pod>() }
  const own: string[] = []
  const keep = (kind: 'Job' | 'Pod', object: Job | Pod) => {
    const name = object.metadata?.name ?? ''
    if (kept[kind].has(name)) throw refused(409, 'AlreadyExists')
    const { managedBy, ...rest } = (object as Job).spec ?? { template: {} }
    const spec = { ...rest, ...(isNew && { managedBy }), ...(isHeld && kind === 'Job' && { suspend: true }) }
    const known = { ...object, spec, metadata: { ...object.metadata, uid: `${kind} ${name}` } }
    kept[kind].set(name, known as Job & Pod)
    return known
  }
  for (const job of jobs) keep('Job', job)
  for (const pod of pods) keep('Pod', pod)
  const client = {
    get: async (kind: 'Job', { name }: { name: string }) => kept[kind].get(name) ?? null,
    create: async (kind: 'Job' | 'Pod', object: Job | Pod) => {
      if (kind === 'Pod' && refusal !== undefined) throw refusal
      return keep(kind, object)
    },
    delete: async (kind: 'Job', { name }: { name: string }) => kept[kind].delete(name),
  } as unknown as Pick<KubeClient, 'get' | 'create' | 'delete'>
  const deps = { client, config, view: { own: (name: string) => void own.push(name) } }
  return { kept, own, make: () => makeJob(input, deps) }
}

function refused(status: number, reason: string): KubeError {
  return new KubeError('create', { status, reason, message: reason })
}

test('a sandbox is a Job and the one pod that it owns, of its name', async () => {
  const { kept, own, make } = cluster()
  await make()
  expect([...kept.Job.keys(), ...kept.Pod.keys(), ...own]).toEqual(['errand-run1', 'errand-run1', 'errand-run1'])
  expect(kept.Pod.get('errand-run1')?.metadata?.ownerReferences).toMatchObject([{ uid: 'Job errand-run1' }])
})

test('whoever goes on with what another has begun makes what is missing, and nothing twice', async () => {
  const begun = cluster()
  await begun.make()
  const jobs = [...begun.kept.Job.values()]
  const goneOn = cluster({ jobs })
  await goneOn.make()
  expect(goneOn.kept.Pod.size).toBe(1)
  const done = cluster({ jobs, pods: [...begun.kept.Pod.values()] })
  await done.make()
  expect([done.kept.Job.size, done.kept.Pod.size]).toEqual([1, 1])
})

test('a cluster that knows no such Jobs makes the pod itself', async () => {
  const { kept, make } = cluster({ isNew: false })
  await make()
  expect([kept.Job.size, kept.Pod.size]).toEqual([1, 0])
})

test('a pod that is refused is left to the cluster, which asks again for as long as it takes', async () => {
  const { kept, make } = cluster({ refusal: refused(403, 'Forbidden') })
  await make()
  const [job] = kept.Job.values()
  expect([kept.Job.size, kept.Pod.size, job !== undefined && isPodOurs(job)]).toEqual([1, 0, false])
})

test('a Job that the cluster holds back is left to it', async () => {
  const { kept, make } = cluster({ isHeld: true })
  await make()
  const [job] = kept.Job.values()
  expect([kept.Job.size, kept.Pod.size, job !== undefined && isPodOurs(job)]).toEqual([1, 0, false])
})

test('where nobody answers, it is not known whether there is one: that is for the next try', async () => {
  const { kept, make } = cluster({ refusal: refused(0, 'Unreachable') })
  await expect(make()).rejects.toMatchObject({ reason: 'Unreachable' })
  const [job] = kept.Job.values()
  expect(job !== undefined && isPodOurs(job)).toBe(true)
})
