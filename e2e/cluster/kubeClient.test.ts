import { setTimeout as sleep } from 'node:timers/promises'
import { newId } from '@errand/contracts'
import { createKubeClient, type Informer, type Job, type KubeClient, MANAGED_BY, sandboxJob } from '@errand/kube'
import { type AnswerFault, quietLog, startFaultyProxy, until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type KubePlace, kubePlace } from '../harness/kubePlace.ts'

const orgId = newId('org', new Date())
const shape = { image: null, cpus: 0.5, memoryMib: 128, diskMib: 512 }

describe('a client of the real API', () => {
  let place: KubePlace

  beforeAll(async () => {
    place = await kubePlace()
  })
  afterAll(() => place.remove())

  /** One that makes no pod. */
  function aJob(name: string): Job {
    const config = { ...place.config, queue: 'nowhere' }
    return sandboxJob({ name, orgId, shape, deadlineSeconds: 60 }, config)
  }

  const at = (name: string) => ({ namespace: place.config.namespace, name })

  it('makes, finds, changes and deletes', async () => {
    const { client } = place
    expect(await client.get('Job', at('one'))).toBe(null)
    const made = await client.create('Job', aJob('one'))
    await expect(client.create('Job', aJob('one'))).rejects.toMatchObject({ status: 409, reason: 'AlreadyExists' })
    expect((await client.get('Job', at('one')))?.metadata?.uid).toBe(made.metadata?.uid)
    const labels = { team: 'a' }
    expect((await client.patch('Job', at('one'), { metadata: { labels } })).metadata?.labels).toMatchObject(labels)
    expect((await client.list('Job', { namespace: at('').namespace, labelSelector: 'team=a' })).length).toBe(1)
    expect(await client.delete('Job', at('one'), { uid: '00000000-0000-0000-0000-000000000000' })).toBe(false)
    expect(await client.delete('Job', at('one'), { uid: made.metadata?.uid ?? '' })).toBe(true)
    await until(async () => (await client.get('Job', at('one'))) === null)
    expect(await client.delete('Job', at('one'))).toBe(false)
    expect(await client.logs(place.config.namespace, 'nobody')).toBe(null)
  })

  it('does not accept what the cluster would drop in silence', async () => {
    const job = { ...aJob('two'), spec: { ...aJob('two').spec, isNothing: true } }
    await expect(place.client.create('Job', job as Job)).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('unknown field "spec.isNothing"'),
    })
  })

  it('trusts no server but the one that its authority vouches for', async () => {
    const { ca: _, ...tls } = place.source.tls
    const distrustful = createKubeClient({ ...place.source, tls }, { log: quietLog(), delay: async () => undefined })
    await expect(distrustful.list('Namespace')).rejects.toMatchObject({
      status: 0,
      reason: 'Unreachable',
      message: expect.stringMatching(/certificate/),
    })
    await distrustful.close()
  })

  it('keeps a list true though most of what the API says is broken on the way', { timeout: 120_000 }, async () => {
    const { client, config, source } = place
    const { namespace } = config
    const server = { url: source.server, tls: { ...source.tls, key: source.tls.key?.reveal() ?? '' } }
    let seed = 4711
    let isFaulty = true
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
    const proxy = await startFaultyProxy(server, ({ url }): AnswerFault | null => {
      const roll = random(10)
      if (!isFaulty || roll < 3) return null
      if (roll === 3) return { kind: 'status', status: [429, 500, 503][random(3)] ?? 500 }
      // The API itself then says that it has forgotten.
      if (roll < 6) return { kind: 'instead', url: url.replace(/resourceVersion=\d+/, 'resourceVersion=1') }
      return { kind: roll < 8 ? 'reset' : roll < 9 ? 'cut' : 'stall', afterBytes: random(6000) }
    })
    const faulty = fastClient(proxy.url)
    const told = new Map<string, string>()
    const informer = faulty.watch(
      'Job',
      { namespace, labelSelector: 'app.kubernetes.io/managed-by=errand' },
      {
        changed: (job) => told.set(nameOf(job), versionOf(job)),
        deleted: (job) => told.delete(nameOf(job)),
      },
    )
    for (let round = 0; round < 150; round++) {
      const name = `job-${random(12)}`
      const labels = { ...MANAGED_BY, round: String(round) }
      if (random(3) === 0) await client.delete('Job', at(name))
      else await client.apply('Job', { ...aJob(name), metadata: { ...aJob(name).metadata, labels } })
      if (random(10) === 0) proxy.cutAll()
      await sleep(random(60))
    }
    isFaulty = false
    await until(async () => isTrue(informer, told, await client.list('Job', { namespace })), {
      deadlineMs: 20_000,
      everyMs: 200,
      what: 'the list to be as the API has it',
    })
    expect(Object.keys(proxy.counts).toSorted()).toEqual(['cut', 'instead', 'reset', 'stall', 'status'])
    await faulty.close()
    await proxy.close()
  })

  function fastClient(server: string): KubeClient {
    const delay = (ms: number, options: { signal: AbortSignal }) => sleep(ms / 20, undefined, options)
    const source = { server, tls: {}, token: async () => null, namespace: null }
    return createKubeClient(source, { log: quietLog(), delay, watchSeconds: 3 })
  }
})

/** Both what it holds and what it has told are as the API has it. */
function isTrue(informer: Informer<'Job'>, told: ReadonlyMap<string, string>, truth: readonly Job[]): boolean {
  const text = (jobs: readonly Job[]) =>
    jobs
      .map((job) => `${nameOf(job)} ${versionOf(job)}`)
      .toSorted()
      .join()
  const heard = [...told]
    .map(([name, version]) => `${name} ${version}`)
    .toSorted()
    .join()
  return text(truth) === text(informer.items()) && text(truth) === heard
}

function nameOf({ metadata }: Job): string {
  return metadata?.name ?? ''
}

function versionOf({ metadata }: Job): string {
  return metadata?.resourceVersion ?? ''
}
