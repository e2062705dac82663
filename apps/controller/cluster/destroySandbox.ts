import type { ClusterConfig, KubeClient } from '@errand/kube'
import { clusterFault } from './clusterFault.ts'
import type { ClusterView } from './clusterView.ts'

interface Deps {
  readonly client: KubeClient
  readonly view: ClusterView
  readonly config: Pick<ClusterConfig, 'namespace'>
}

/** Deletes a sandbox's Job and pod, whatever they are doing. Resolves when the cluster says that both are gone. */
export async function destroySandbox(name: string, { client, view, config }: Deps): Promise<void> {
  const { namespace } = config
  try {
    const pod = view.pod(name)?.metadata?.name
    await Promise.all([
      client.delete('Job', { namespace, name }, { propagation: 'Background' }),
      // The cluster's own garbage collector would get to it too, later.
      ...(pod === undefined ? [] : [client.delete('Pod', { namespace, name: pod }, { graceSeconds: 1 })]),
    ])
  } catch (error) {
    throw clusterFault(error)
  }
  await view.gone(name)
}
