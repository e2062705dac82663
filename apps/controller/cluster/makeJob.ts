import {
  type ClusterConfig,
  isPodOurs,
  type Job,
  type KubeClient,
  KubeError,
  podOfJob,
  type SandboxJob,
  sandboxJob,
} from '@errand/kube'
import type { ClusterView } from './clusterView.ts'

interface Deps {
  readonly client: Pick<KubeClient, 'get' | 'create' | 'delete'>
  readonly view: Pick<ClusterView, 'own'>
  readonly config: ClusterConfig
}

/** Of the cluster itself, should Errand forget it: waits for persons do not count against a run's time, so it is far beyond that. */
export const DEADLINE_SECONDS = 14 * 24 * 3600

/**
 * Asks for a sandbox's Job and its pod. Its row is written before. Asked for again, by whoever goes on with what another has begun,
 * it makes what is missing.
 */
export async function makeJob(
  input: Omit<SandboxJob, 'deadlineSeconds' | 'isPodOurs'> & Partial<Pick<SandboxJob, 'deadlineSeconds'>>,
  { client, view, config }: Deps,
): Promise<void> {
  view.own(input.name)
  const asked = { deadlineSeconds: DEADLINE_SECONDS, ...input }
  const { namespace } = config
  const job = await ofThatName(client.create('Job', sandboxJob({ ...asked, isPodOurs: true }, config)), () =>
    client.get('Job', { namespace, name: input.name }),
  )
  if (job === null || !isPodOurs(job) || (await isPodMade(job, client))) return
  // A quota that is reached, a policy: the cluster's own controller says so on the Job, and asks again when something has changed.
  await client.delete('Job', { namespace, name: input.name })
  await client.create('Job', sandboxJob(asked, config))
}

/** False: the cluster does not want it, or not now. */
async function isPodMade(job: Job, client: Deps['client']): Promise<boolean> {
  // Somebody holds every Job back, as a queue of the cluster's does: then it is let go as others are.
  if (job.spec?.suspend === true) return false
  try {
    await ofThatName(client.create('Pod', podOfJob(job)), () => null)
    return true
  } catch (error) {
    const isRefused = error instanceof KubeError && error.status !== 0
    if (isRefused) return false
    throw error
  }
}

/** What `making` gives, or `there` where there is one of that name already. */
async function ofThatName<T>(making: Promise<T>, there: () => Promise<T | null> | null): Promise<T | null> {
  try {
    return await making
  } catch (error) {
    if (error instanceof KubeError && error.reason === 'AlreadyExists') return there()
    throw error
  }
}
