import type { ClusterConfig, KubeClient } from '@errand/kube'
import type { ClusterView } from '../../cluster/clusterView.ts'
import type { PlaceDeps } from '../hosted.ts'

export interface PodDeps extends PlaceDeps {
  readonly client: KubeClient
  readonly view: ClusterView
  readonly config: ClusterConfig
  /** The namespace and its policies. */
  readonly ready: () => Promise<void>
  readonly destroy: (name: string) => Promise<void>
}
