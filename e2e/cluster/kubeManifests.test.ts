import { newId } from '@errand/contracts'
import {
  type ClusterConfig,
  denyPolicy,
  namespaceManifest,
  quotaManifest,
  RUNNER_CONTAINER,
  SANDBOX_LABEL,
  sandboxJob,
} from '@errand/kube'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KubePlace, kubePlace } from '../harness/kubePlace.ts'

const orgId = newId('org', new Date())
const shape = { image: null, cpus: 0.5, memoryMib: 512, diskMib: 512 }
const VARIANTS: Readonly<Record<string, Partial<ClusterConfig>>> = {
  'tools by image volume': { toolsBy: 'image-volume' },
  'tools by init container': { toolsBy: 'init-container' },
  'user namespaces': { hostUsers: false },
  'a queue': { queue: 'agents' },
  'everything that can be set': {
    gatewayPeer: { namespace: 'errand', labels: { 'app.kubernetes.io/component': 'gateway' } },
    nodeSelector: { pool: 'agents' },
    tolerations: [{ key: 'agents', operator: 'Exists', effect: 'NoSchedule' }],
    pullSecrets: ['registry'],
    quota: { cpus: 8, memoryMib: 16_384, pods: 20 },
  },
}

describe('what Errand makes on a cluster', () => {
  let place: KubePlace

  beforeAll(async () => {
    place = await kubePlace()
  })
  afterAll(() => place.remove())

  it.each(Object.entries(VARIANTS))(
    'is accepted under restricted Pod Security, without a warning: %s',
    async (_, set) => {
      const config = { ...place.config, ...set }
      const { client } = place
      const isDryRun = true
      await client.apply('Namespace', namespaceManifest(config), { isDryRun })
      await client.apply('NetworkPolicy', denyPolicy(config), { isDryRun })
      const quota = quotaManifest(config)
      if (quota !== null) await client.apply('ResourceQuota', quota, { isDryRun })
      const job = sandboxJob({ name: 'errand-dry', orgId, shape, deadlineSeconds: 60 }, config)
      await client.create('Job', job, { isDryRun })
      // A Job is only warned of; its pod is what would be refused.
      const { metadata, spec } = job.spec?.template ?? {}
      const pod = { metadata: { ...metadata, name: 'errand-dry', namespace: config.namespace }, ...(spec && { spec }) }
      await client.create('Pod', pod, { isDryRun })
      expect(place.lines()).toEqual([])
    },
  )

  it.each(['image-volume', 'init-container'] as const)(
    'has a Node that the sandbox may execute and not read, and room to write, with tools by %s',
    async (toolsBy) => {
      const { client, config } = place
      const { namespace } = config
      const name = `errand-${toolsBy}`
      const job = sandboxJob({ name, orgId, shape, deadlineSeconds: 60 }, { ...config, toolsBy })
      const runner = job.spec?.template.spec?.containers[0]
      if (runner === undefined) throw new Error('a Job without a container')
      // A Node whose environment it then tries to read, as the agent would.
      const script = [
        'id -u; id -g',
        '/errand/bin/node -e "setTimeout(() => 0, 1e4)" & pid=$!',
        'sleep 1; kill -0 $pid && echo node runs',
        'cat /errand/bin/node > /dev/null 2>&1 || echo its file is not read',
        'cat /proc/$pid/environ > /dev/null 2>&1 || echo nor its environment',
        'for place in /workspace /home/agent /tmp; do echo x > $place/x && echo $place; done',
        'touch /x /errand/x 2> /dev/null || echo nowhere else',
        'test -x /errand/bin/claude -a -r /errand/runner.mjs && echo the rest is there',
      ]
      await client.create('Job', replaceCommand(job, runner.name, ['/bin/sh', '-c', script.join('\n')]))
      const pod = await until(
        async () => {
          const [found] = await client.list('Pod', { namespace, labelSelector: `${SANDBOX_LABEL}=${name}` })
          return found?.status?.phase === 'Succeeded' || found?.status?.phase === 'Failed' ? found : null
        },
        { deadlineMs: 60_000, everyMs: 200, what: `the pod of ${name} to end` },
      )
      const log = await client.logs(namespace, pod.metadata?.name ?? '', { container: RUNNER_CONTAINER })
      expect(log?.trim().split('\n'), JSON.stringify(pod.status)).toEqual([
        '10001',
        '10001',
        'node runs',
        'its file is not read',
        'nor its environment',
        '/workspace',
        '/home/agent',
        '/tmp',
        'nowhere else',
        'the rest is there',
      ])
    },
  )
})

function replaceCommand(job: ReturnType<typeof sandboxJob>, container: string, command: string[]): typeof job {
  const copy = structuredClone(job)
  const found = copy.spec?.template.spec?.containers.find(({ name }) => name === container)
  if (found !== undefined) found.command = command
  return copy
}
