import { setTimeout as sleep } from 'node:timers/promises'
import {
  type AnswerFault,
  type FaultyProxy,
  recordedLog,
  type ScriptedKubeApi,
  startFaultyProxy,
  startScriptedKubeApi,
  until,
} from '@errand/testkit'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKubeClient, type Informer, type KubeClient, type Pod } from '../index.ts'

const WATCH_SECONDS = 1

const expired = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' }
const gone: AnswerFault = { kind: 'line', line: JSON.stringify({ type: 'ERROR', object: expired }) }
const broken: AnswerFault = {
  kind: 'line',
  line: '{"type":"ERROR","object":{"kind":"Status","code":500,"message":"x"}}',
}
const status = (code: number, headers = {}): AnswerFault => ({ kind: 'status', status: code, headers })

describe('a list that is kept up to date', () => {
  let api: ScriptedKubeApi
  let proxy: FaultyProxy
  let client: KubeClient
  let informer: Informer<'Pod'>
  let told: Map<string, string>
  let logs: ReturnType<typeof recordedLog>
  /** What becomes of the requests to come, in their order; after these all goes well. */
  let faults: (AnswerFault | null)[]

  beforeEach(async () => {
    faults = []
    logs = recordedLog()
    api = await startScriptedKubeApi({ pageSize: 3 })
    for (const name of ['a', 'b', 'c', 'd', 'e']) api.put(name)
    proxy = await startFaultyProxy({ url: api.url }, () => faults.shift() ?? null)
    client = kubeClient(proxy.url)
  })
  afterEach(async () => {
    await client.close()
    await proxy.close()
    await api.close()
  })

  function kubeClient(server: string): KubeClient {
    const source = { server, tls: {}, token: async () => null, namespace: null }
    // Pauses are as they are, but for their length.
    const delay = (ms: number, options: { signal: AbortSignal }) => sleep(ms / 20, undefined, options)
    return createKubeClient(source, { log: logs.log, delay, watchSeconds: WATCH_SECONDS })
  }

  async function follow(): Promise<void> {
    told = new Map()
    informer = client.watch(
      'Pod',
      { namespace: 'test' },
      {
        changed: (pod) => told.set(nameOf(pod), versionOf(pod)),
        deleted: (pod) => told.delete(nameOf(pod)),
      },
    )
    await informer.synced
  }

  /** Both what it holds and what it has told are as the API has it. */
  function isTrue(): boolean {
    const truth = api.items().map(({ metadata }) => `${metadata.name} ${metadata.resourceVersion}`)
    const held = informer.items().map((pod) => `${nameOf(pod)} ${versionOf(pod)}`)
    const heard = [...told].map(([name, version]) => `${name} ${version}`)
    return [held, heard].every((list) => list.toSorted().join() === truth.toSorted().join())
  }

  const converges = (deadlineMs = 10_000) => until(isTrue, { deadlineMs, what: 'the list to be as the API has it' })

  it('holds everything, page by page, and every change', async () => {
    await follow()
    expect(isTrue()).toBe(true)
    api.put('f')
    api.put('a', { changed: true })
    api.remove('b')
    await converges()
    expect(client.counts()).toMatchObject({ list: 2, watch: 1 })
    expect(informer.trouble()).toBe(null)
  })

  it('goes on from where it was when a watch ends, without a list', async () => {
    await follow()
    for (const name of ['f', 'g', 'h']) {
      api.put(name)
      await converges()
      const { watch } = client.counts()
      await until(() => client.counts().watch > watch, { what: 'the next watch' })
    }
    expect(client.counts().list).toBe(2)
    expect(logs.lines()).toEqual([])
  })

  it('lists again when the API has forgotten where it was, and tells what it missed', async () => {
    await follow()
    api.put('f')
    await converges()
    faults.push(status(503))
    proxy.cutAll()
    // Gone, another of the same name, and changed, while nobody listened.
    api.remove('a')
    api.remove('c')
    api.put('c', { isAnother: true })
    api.put('d', { changed: true })
    api.compact()
    await converges()
    expect(client.counts().list).toBe(4)
  })

  it('tells of two objects of one name that the first is gone', async () => {
    await follow()
    const uid = (name: string) => informer.items().find((pod) => nameOf(pod) === name)?.metadata?.uid ?? ''
    const first = uid('c')
    const heard: string[] = []
    const note = (what: string) => (pod: Pod) => nameOf(pod) === 'c' && heard.push(`${what} ${pod.metadata?.uid ?? ''}`)
    const other = client.watch('Pod', { namespace: 'test' }, { changed: note('changed'), deleted: note('deleted') })
    await other.synced
    await until(() => client.counts().watch === 2)
    faults.push(status(503), status(503))
    proxy.cutAll()
    api.remove('c')
    api.put('c')
    api.compact()
    await converges()
    await until(() => heard.length === 3)
    expect(heard).toEqual([`changed ${first}`, `deleted ${first}`, `changed ${uid('c')}`])
  })

  it.each<[string, (AnswerFault | null)[]]>([
    ['410 as a status', [null, null, status(410)]],
    ['410 as an event', [null, null, gone]],
    ['an error as an event', [null, null, broken, broken]],
    ['410 in the middle of a list', [null, status(410)]],
    ['429 with a time to wait', [status(429, { 'retry-after': '1' })]],
    ['5xx', [status(500), status(503), null, null, status(502)]],
    [
      'the page of a proxy in place of JSON',
      [null, null, { kind: 'line', line: '<html>' }, { kind: 'line', line: '{' }],
    ],
    ['resets of lists and watches', [{ kind: 'reset', afterBytes: 40 }, null, null, { kind: 'reset', afterBytes: 0 }]],
    ['half a line', [null, null, { kind: 'cut', afterBytes: 50 }, { kind: 'cut', afterBytes: 170 }]],
    ['half a list', [{ kind: 'cut', afterBytes: 100 }, null, { kind: 'cut', afterBytes: 1 }]],
    ['silence', [null, null, { kind: 'stall', afterBytes: 50 }]],
  ])('comes to the truth after %s', async (_, sequence) => {
    faults.push(...sequence)
    await follow()
    api.put('f')
    api.remove('a')
    await until(() => faults.length === 0, { what: 'the faults' })
    api.put('g')
    await converges()
    expect(informer.trouble()).toBe(null)
  })

  it('comes to the truth whatever goes wrong, however often', { timeout: 60_000 }, async () => {
    let seed = 4711
    const random = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
    let isFaulty = true
    const kinds = ['reset', 'cut', 'reset', 'cut', 'stall'] as const
    const chaos = await startFaultyProxy({ url: api.url }, () => {
      const roll = random(10)
      if (!isFaulty || roll < 4) return null
      if (roll === 4) return status([410, 429, 500, 503][random(4)] ?? 500)
      if (roll === 5) return gone
      return { kind: kinds[random(kinds.length)] ?? 'reset', afterBytes: random(400) }
    })
    await client.close()
    client = kubeClient(chaos.url)
    const following = follow()
    for (let round = 0; round < 500; round++) {
      const name = `pod-${random(20)}`
      if (random(3) === 0) api.remove(name)
      else api.put(name, { round })
      if (random(20) === 0) api.compact()
      if (random(15) === 0) chaos.cutAll()
      await sleep(random(20))
    }
    isFaulty = false
    await following
    // A question that stalls at the very end is given up after its silence, and the next one waits as long as was asked for.
    await converges(40_000)
    expect(Object.keys(chaos.counts).toSorted()).toEqual(['cut', 'line', 'reset', 'stall', 'status'])
    await client.close()
    await chaos.close()
  })

  it('says once that it is in trouble, and that it is well again', async () => {
    await follow()
    faults.push(...Array.from({ length: 12 }, () => status(503)))
    proxy.cutAll()
    const { error } = await until(() => informer.trouble(), { what: 'trouble' })
    expect(error.name).toBe('KubeError')
    await until(() => informer.trouble() === null, { what: 'the end of it' })
    expect(logs.lines().map(({ level, op, ok }) => [level, op, ok])).toEqual([
      ['warn', 'kube.watch', false],
      ['info', 'kube.watch', true],
    ])
  })

  it('leaves the API alone for as long as it asks for', async () => {
    const pauses: number[] = []
    const source = { server: proxy.url, tls: {}, token: async () => null, namespace: null }
    const patient = createKubeClient(source, {
      log: logs.log,
      delay: async (ms) => void pauses.push(ms),
      watchSeconds: 1,
    })
    faults.push(null, null, status(429, { 'retry-after': '3' }), status(429, { 'retry-after': '3600' }))
    patient.watch('Pod', { namespace: 'test' }, { changed: () => undefined, deleted: () => undefined })
    await until(() => pauses.length >= 2)
    await patient.close()
    expect(pauses.slice(0, 2)).toEqual([3000, 5000])
  })

  it('goes on when somebody who is told fails', async () => {
    await follow()
    const names: string[] = []
    const changed = (pod: Pod) => {
      names.push(nameOf(pod))
      throw new Error('not today')
    }
    const other = client.watch('Pod', { namespace: 'test' }, { changed, deleted: () => undefined })
    await other.synced
    api.put('f')
    await until(() => names.includes('f'))
    expect(other.items()).toHaveLength(6)
  })

  it('asks nothing more once it is closed, and leaves nobody waiting', async () => {
    await follow()
    await until(() => client.counts().watch === 1)
    informer.close()
    api.put('late')
    const silent = client.watch('Pod', { namespace: 'test' }, { changed: () => undefined, deleted: () => undefined })
    await silent.synced
    await client.close()
    const counts = client.counts()
    const never = client.watch('Pod', { namespace: 'test' }, { changed: () => undefined, deleted: () => undefined })
    await never.synced
    expect(client.counts()).toEqual(counts)
    expect(told.has('late')).toBe(false)
  })
})

function nameOf({ metadata }: Pod): string {
  return metadata?.name ?? ''
}

function versionOf({ metadata }: Pod): string {
  return metadata?.resourceVersion ?? ''
}
