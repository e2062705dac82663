import type { Seen } from '@errand/domain'
import type { SandboxView } from '@errand/engine'
import { type ClusterConfig, isPodOurs, type Job, type KubeClient } from '@errand/kube'
import { clusterFault } from './clusterFault.ts'
import type { ClusterView } from './clusterView.ts'

interface Deps {
  readonly client: Pick<KubeClient, 'get'>
  readonly view: ClusterView
  readonly config: Pick<ClusterConfig, 'namespace'>
}

/**
 * What is there of a sandbox, as the watches tell; a Job of which they do not know is asked for, for they may be a moment
 * behind what this very process has made. `nothing` is one that was never made. `isOurDoing`: we are removing it.
 */
export async function seenOf(
  { id, uid }: Pick<SandboxView, 'id' | 'uid'>,
  { isOurDoing }: { readonly isOurDoing: boolean },
  deps: Deps,
): Promise<Seen> {
  const { view } = deps
  await view.synced
  const job = view.job(id) ?? (isOurDoing ? null : await readJob(id, deps))
  // Why a pod went is told by its events alone.
  if (view.pod(id) === null && uid !== null && !isOurDoing) await view.heard
  if (job !== null) return await seenOfJob({ id, uid, job }, deps)
  const pod = view.pod(id)
  if (pod === null && uid === null) return { kind: 'nothing' }
  const seen: Seen = pod === null ? { kind: 'exited', exitCode: null, isOutOfMemory: false } : view.seen(id, null)
  const isKnown = seen.kind !== 'exited' || seen.code !== undefined || seen.isOutOfMemory || isOurDoing
  return isKnown ? seen : { ...seen, code: 'sandbox.deleted', detail: 'Its Job was deleted.' }
}

/** A pod that is ours to make and is not there was never made, or is gone: no one else says which. */
async function seenOfJob({ id, uid, job }: Pick<SandboxView, 'id' | 'uid'> & { job: Job }, deps: Deps): Promise<Seen> {
  const { view, client, config } = deps
  const seen = view.seen(id, job)
  if (!isPodOurs(job) || view.pod(id) !== null || seen.kind === 'exited') return seen
  const pod = await orFault(client.get('Pod', { namespace: config.namespace, name: id }))
  if (pod !== null || view.pod(id) !== null) return view.seen(id, job)
  return uid === null ? { kind: 'nothing' } : view.seen(id, job, { isPodGone: true })
}

function readJob(name: string, { client, config }: Deps): Promise<Job | null> {
  return orFault(client.get('Job', { namespace: config.namespace, name }))
}

async function orFault<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking
  } catch (error) {
    throw clusterFault(error)
  }
}
