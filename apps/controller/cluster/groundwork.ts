import {
  type ClusterConfig,
  denyPolicy,
  type KubeClient,
  KubeError,
  namespaceManifest,
  quotaManifest,
  serverPolicy,
} from '@errand/kube'
import type { Logger } from '@errand/observe'

const AGAIN_MS = 60_000

interface Deps {
  readonly client: KubeClient
  readonly config: ClusterConfig
  readonly log: Logger
}

/**
 * What has to be there before any Job: the namespace with its Pod Security level, the policy that shuts every pod in it
 * in, the one by which the gateway reaches hosted servers, and the quota. Applied at the first start and every minute that something starts, so what somebody took away comes back.
 */
export function groundwork({ client, config, log }: Deps): () => Promise<void> {
  let applied: Promise<void> | null = null
  let at = 0
  return () => {
    if (applied === null || performance.now() - at > AGAIN_MS) {
      at = performance.now()
      const applying = apply({ client, config, log })
      applied = applying
      // The next start tries again; this one throws.
      applying.catch(() => {
        if (applied === applying) applied = null
      })
    }
    return applied
  }
}

async function apply({ client, config, log }: Deps): Promise<void> {
  try {
    await client.apply('Namespace', namespaceManifest(config))
  } catch (error) {
    // Installed by the chart, the controller may not touch namespaces: then it is there already, or the policy says no.
    if (!(error instanceof KubeError && error.status === 403)) throw error
    log.debug({ op: 'cluster.prepare', namespace: config.namespace }, 'the namespace is somebody else’s to make')
  }
  await client.apply('NetworkPolicy', denyPolicy(config))
  await client.apply('NetworkPolicy', serverPolicy(config))
  const quota = quotaManifest(config)
  if (quota !== null) await client.apply('ResourceQuota', quota)
}
