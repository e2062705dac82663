import { type ClusterConfig, type KubeClient, type SandboxJob, sandboxJob } from '@errand/kube'
import type { ClusterView } from './clusterView.ts'

interface Deps {
  readonly client: Pick<KubeClient, 'create'>
  readonly view: Pick<ClusterView, 'own'>
  readonly config: ClusterConfig
}

/** Of the cluster itself, should Errand forget it: waits for persons do not count against a run's time, so it is far beyond that. */
export const DEADLINE_SECONDS = 14 * 24 * 3600

/** Asks for a sandbox's Job. Its row is written before. */
export async function makeJob(
  input: Omit<SandboxJob, 'deadlineSeconds'> & Partial<Pick<SandboxJob, 'deadlineSeconds'>>,
  { client, view, config }: Deps,
): Promise<void> {
  view.own(input.name)
  await client.create('Job', sandboxJob({ deadlineSeconds: DEADLINE_SECONDS, ...input }, config))
}
