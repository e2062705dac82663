import { randomBytes } from 'node:crypto'
import {
  type ClusterConfig,
  createKubeClient,
  denyPolicy,
  type KubeClient,
  kubeconfigSource,
  type KubeSource,
  namespaceManifest,
} from '@errand/kube'
import { recordedLog, until } from '@errand/testkit'

/** A namespace for sandboxes on the real cluster, without an Errand around it. */
export interface KubePlace {
  readonly client: KubeClient
  readonly source: KubeSource
  readonly config: ClusterConfig
  /** What the client has logged. */
  readonly lines: () => readonly Record<string, unknown>[]
  remove(): Promise<void>
}

export async function kubePlace(): Promise<KubePlace> {
  const source = kubeconfigSource(process.env['ERRAND_E2E_KUBECONFIG'] ?? '')
  const { log, lines } = recordedLog()
  const client = createKubeClient(source, { log })
  const config: ClusterConfig = {
    namespace: `errand-e2e-kube-${randomBytes(4).toString('hex')}`,
    // Nothing dials it here.
    gateway: { host: '127.0.0.1', port: 7400, canaryPort: 7401 },
    gatewayPeer: { cidr: '127.0.0.1/32' },
    toolsImage: process.env['ERRAND_E2E_TOOLS_IMAGE'] ?? '',
    toolsBy: 'image-volume',
    defaultImage: process.env['ERRAND_E2E_SANDBOX_IMAGE'] ?? '',
    pullPolicy: 'IfNotPresent',
    closed: [],
    wallDeadlineMs: 30_000,
  }
  await client.apply('Namespace', namespaceManifest(config))
  await client.apply('NetworkPolicy', denyPolicy(config))
  return {
    client,
    source,
    config,
    lines,
    async remove() {
      await client.delete('Namespace', { name: config.namespace })
      const isGone = async () => (await client.get('Namespace', { name: config.namespace })) === null
      await until(isGone, { deadlineMs: 90_000, everyMs: 500, what: `${config.namespace} to be gone` })
      await client.close()
    },
  }
}
