import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followed, type Followed } from '../harness/runs.ts'
import { spyOn } from '../harness/spy.ts'
import { startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

/** Whatever of a namespace can be listed by who may read it. */
const KINDS = [
  '/api/v1/namespaces/NS',
  ...['pods', 'events', 'secrets', 'configmaps', 'serviceaccounts', 'services', 'endpoints', 'resourcequotas'].map(
    (kind) => `/api/v1/namespaces/NS/${kind}`,
  ),
  '/apis/batch/v1/namespaces/NS/jobs',
  '/apis/networking.k8s.io/v1/namespaces/NS/networkpolicies',
  '/apis/events.k8s.io/v1/namespaces/NS/events',
  '/apis/coordination.k8s.io/v1/namespaces/NS/leases',
  // What is not in a namespace of ours, and yet might tell of it.
  '/api/v1/events',
  '/api/v1/nodes',
]
/** 256 bits in base64url: the form of a run's token. */
const TOKEN = /(?<![\w-])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{43}(?![\w-])/
/** Public, and made anew with each cluster: by chance 43 characters of its base64 lie between two that no token has. */
const CERTIFICATES = /-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----/gs

describe('secrets on a cluster', () => {
  let world: World
  const seen = new Map<string, Set<string>>()
  let run: Followed

  beforeAll(async () => {
    world = await startWorld({ ERRAND_WARM_PODS: '1' })
    await world.gitHost.create('acme/app.git', [{ 'README.md': 'app\n' }])
    const reading = spyOn(placeOf(world), async () => {
      await readEverything()
      return false
    })
    const repo = `${world.gitHost.url}/acme/app.git`
    const task = '[[stub:write-edit-commit]] add a note'
    run = await followed(world.errand, [task, '--agent', 'scripted', '--repo', repo])
    await reading.end()
  })
  afterAll(() => world.close())

  async function readEverything(): Promise<void> {
    const place = placeOf(world)
    const { api, namespace } = place
    const note = (where: string, text: string) => seen.set(where, (seen.get(where) ?? new Set()).add(text))
    for (const kind of KINDS) {
      const found = await api.get(kind.replace('NS', namespace))
      if (found !== null) note(kind, JSON.stringify(found))
    }
    for (const { metadata } of (await place.look()).pods) {
      const path = `/api/v1/namespaces/${namespace}/pods/${metadata.name}/log`
      // One that has not started, or is just gone, has none.
      const text = await api.text(path).catch((error: Error) => error.message)
      note(`log of ${metadata.name}`, text)
    }
  }

  it(proves('no-secret-anywhere', 'no object, event or container log of the cluster ever has it'), async () => {
    expect(run.outcome).toMatchObject({ status: 'succeeded' })
    expect(run.outcome.changes).toHaveLength(1)
    const basic = Buffer.from(`${world.gitHost.username}:${world.gitHost.password}`).toString('base64')
    const plain = [world.key, world.gitHost.password, basic, await world.errand.token()]
    // As the values of a Secret would be written.
    const canaries = [...plain, ...plain.map((one) => Buffer.from(one).toString('base64'))]
    const leaks = [...seen].flatMap(([where, texts]) =>
      [...texts].filter((text) => canaries.some((one) => text.includes(one))).map(() => where),
    )
    expect(leaks).toEqual([])
    expect([...seen.keys()].filter((where) => where.startsWith('log of')).length).toBeGreaterThan(0)
    for (const kind of ['/api/v1/namespaces/NS/pods', '/apis/batch/v1/namespaces/NS/jobs', '/api/v1/events'])
      expect([...(seen.get(kind) ?? [])].join('')).toContain(run.runId)
  })

  it(proves('no-secret-anywhere', 'nothing on the cluster has the form of a run’s token'), () => {
    const ours = [...seen].filter(([where]) => where !== '/api/v1/nodes' && where !== '/api/v1/events')
    const tokens = ours.flatMap(([where, texts]) =>
      [...texts]
        .flatMap((text) => TOKEN.exec(text.replaceAll(CERTIFICATES, ''))?.[0] ?? [])
        .map((one) => `${where}: ${one}`),
    )
    expect(tokens).toEqual([])
  })
})

function placeOf({ errand }: World) {
  if (errand.place === null) throw new Error('these scenarios are about a cluster')
  return errand.place
}
