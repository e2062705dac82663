import { mcpServerSpecSchema } from '@errand/contracts'
import { prepareInstanceSandbox, readHostedLog, saveMcpServer, wantInstance } from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import type { PodDeps } from '../mcp/pods/podDeps.ts'
import { podPlace } from '../mcp/pods/podPlace.ts'
import { makeWorld } from './world.ts'

const world = await makeWorld()
afterAll(() => world.close())

test('what a server in a pod printed is on its page, also when its pod is gone', async () => {
  const { engine, owner } = world
  const spec = mcpServerSpecSchema.parse({
    type: 'hosted',
    package: { registry: 'npm', name: 'x', version: '1.0.0' },
  })
  if (spec.type !== 'hosted') throw new Error('it is hosted')
  await saveMcpServer(owner, { name: 'x', spec, baseVersion: 0 }, engine)
  const instance = await wantInstance({ orgId: owner.orgId, server: 'x', version: 1, recipe: spec }, engine)
  const name = `errand-server-${instance.id}`
  const program = { listen: { kind: 'tcp', host: '0.0.0.0', port: 1 }, server: { command: ['x'] }, idleMs: 1 }
  await prepareInstanceSandbox({ instance, name, program: program as never }, engine)
  const said = { time: new Date().toISOString(), op: 'server.said', server: '1', msg: 'the disk is full' }
  const destroyed: string[] = []
  const place = podPlace({
    engine,
    config: { namespace: 'errand-runs' },
    client: {
      logs: (_namespace: string, pod: string) => Promise.resolve(pod === 'pod-x' ? JSON.stringify(said) : null),
    },
    view: { pod: () => ({ metadata: { name: 'pod-x' }, status: { phase: 'Failed' } }) },
    destroy: (job: string) => Promise.resolve(void destroyed.push(job)),
  } as unknown as PodDeps)
  await place.takeAway(instance.id)
  expect(destroyed).toEqual([name])
  const { now } = await readHostedLog(owner, 'x', engine)
  expect(now).toEqual([{ at: said.time, isServer: true, words: 'the disk is full' }])
})
