import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@errand/observe'
import { type AnsweringKube, answerKube, type KubeAnswer, recordedLog } from '@errand/testkit'
import { afterEach, describe, expect, it } from 'vitest'
import { createKubeClient, inClusterSource, type KubeClient, type KubeSource } from '../index.ts'

const CANARY = 'canary-4711'
const notFound = { kind: 'Status', code: 404, reason: 'NotFound', message: 'jobs.batch "a" not found' }
const job = { metadata: { namespace: 'n', name: 'a' } }

describe('a client of the Kubernetes API', () => {
  let api: AnsweringKube
  let client: KubeClient
  let paused: number[]
  const logs = recordedLog()

  afterEach(async () => {
    await client.close()
    await api.close()
  })

  async function given(answers: readonly KubeAnswer[], source: Partial<KubeSource> = {}): Promise<void> {
    api = await answerKube(answers)
    paused = []
    client = createKubeClient(
      { server: api.url, tls: {}, token: async () => new Secret(CANARY), namespace: null, ...source },
      { log: logs.log, delay: async (ms) => void paused.push(ms), random: () => 0.5 },
    )
  }

  const asked = () => api.requests.map(({ method, url }) => `${method} ${url}`)

  it('goes on with its connections after it has deleted something', async () => {
    await given([{}])
    for (let round = 0; round < 10; round++) await client.delete('Job', job.metadata, { propagation: 'Background' })
    // One may not be free yet in the moment in which its answer is read.
    expect(api.connections()).toBeLessThanOrEqual(2)
  })

  it('speaks each verb as the API wants it', async () => {
    await given([{ body: { metadata: {}, items: [] } }])
    await client.get('Job', job.metadata)
    await client.get('Namespace', { name: 'n' })
    await client.list('Pod', { namespace: 'n', labelSelector: 'a=b' })
    await client.list('Node')
    await client.create('Job', job)
    await client.apply('Job', job, { isDryRun: true })
    await client.patch('Job', job.metadata, { spec: { suspend: true } })
    await client.delete('Job', job.metadata, { propagation: 'Foreground', graceSeconds: 1, uid: 'u' })
    await client.logs('n', 'a-1', { tailLines: 20, container: 'runner' })
    expect(asked()).toEqual([
      'GET /apis/batch/v1/namespaces/n/jobs/a',
      'GET /api/v1/namespaces/n',
      'GET /api/v1/namespaces/n/pods?labelSelector=a%3Db&limit=500',
      'GET /api/v1/nodes?limit=500',
      'POST /apis/batch/v1/namespaces/n/jobs?fieldManager=errand&fieldValidation=Strict',
      'PATCH /apis/batch/v1/namespaces/n/jobs/a?fieldManager=errand&fieldValidation=Strict&dryRun=All&force=true',
      'PATCH /apis/batch/v1/namespaces/n/jobs/a',
      'DELETE /apis/batch/v1/namespaces/n/jobs/a',
      'GET /api/v1/namespaces/n/pods/a-1/log?tailLines=20&container=runner&limitBytes=1000000',
    ])
    expect(api.requests.map(({ headers }) => headers['content-type']).filter((type) => type !== undefined)).toEqual([
      'application/json',
      'application/apply-patch+yaml',
      'application/merge-patch+json',
      'application/json',
    ])
    expect(api.requests[7]?.body).toEqual({
      apiVersion: 'v1',
      kind: 'DeleteOptions',
      propagationPolicy: 'Foreground',
      gracePeriodSeconds: 1,
      preconditions: { uid: 'u' },
    })
    const counts = { get: 2, list: 2, watch: 0, create: 1, apply: 1, patch: 1, delete: 1, logs: 1 }
    expect(client.counts()).toEqual(counts)
  })

  it('asks below the path of its server', async () => {
    await given([{}])
    const below = createKubeClient(
      { server: `${api.url}/k8s/clusters/c-1/`, tls: {}, token: async () => null, namespace: null },
      { log: logs.log },
    )
    await below.get('Job', job.metadata)
    await below.close()
    expect(asked()).toEqual(['GET /k8s/clusters/c-1/apis/batch/v1/namespaces/n/jobs/a'])
    expect(api.requests[0]?.headers.authorization).toBe(undefined)
  })

  it('takes what is not there for an answer', async () => {
    await given([{ status: 404, body: notFound }])
    expect(await client.get('Job', job.metadata)).toBe(null)
    expect(await client.delete('Job', job.metadata)).toBe(false)
    expect(await client.logs('n', 'a-1')).toBe(null)
    await expect(client.patch('Job', job.metadata, {})).rejects.toMatchObject({ status: 404, reason: 'NotFound' })
  })

  it('takes another of the same name for none when it deletes one by uid, and no log yet for no log', async () => {
    await given([
      { status: 409, body: { reason: 'Conflict' } },
      { status: 400, body: { reason: 'BadRequest' } },
    ])
    expect(await client.delete('Job', job.metadata, { uid: 'u' })).toBe(false)
    expect(await client.logs('n', 'a-1')).toBe(null)
  })

  const busy = { status: 429, headers: { 'retry-after': '2' } }
  const broken = { status: 503, body: 'upstream connect error' }
  const reset = { isReset: true }
  it.each<[string, KubeAnswer[], (client: KubeClient) => Promise<unknown>, number[] | 'refused']>([
    ['get, when the API is busy: as late as it says', [busy, {}], (c) => c.get('Job', job.metadata), [2000]],
    ['create, when the API is busy', [busy, {}], (c) => c.create('Job', job), [2000]],
    ['get, when the API is broken', [broken, broken, {}], (c) => c.get('Job', job.metadata), [100, 300]],
    ['apply, when the API is broken', [broken, {}], (c) => c.apply('Job', job), [100]],
    ['delete, when the connection breaks', [reset, {}], (c) => c.delete('Job', job.metadata), [100]],
    ['not create, which may have been done', [broken, {}], (c) => c.create('Job', job), 'refused'],
    ['not create when the connection breaks', [reset, {}], (c) => c.create('Job', job), 'refused'],
    ['not what is refused', [{ status: 403 }, {}], (c) => c.get('Job', job.metadata), 'refused'],
  ])('repeats %s', async (_, answers, ask, expected) => {
    await given(answers)
    if (expected === 'refused') await expect(ask(client)).rejects.toMatchObject({ name: 'KubeError' })
    else await ask(client)
    expect(paused).toEqual(expected === 'refused' ? [] : expected)
    expect(api.requests).toHaveLength(paused.length + 1)
  })

  it('gives up after some tries, with the last reason', async () => {
    await given([broken])
    await expect(client.get('Job', job.metadata)).rejects.toMatchObject({
      name: 'KubeError',
      status: 503,
      reason: 'Http503',
      message: 'get /apis/batch/v1/namespaces/n/jobs/a: upstream connect error',
    })
    expect(paused).toEqual([100, 300, 900, 2700])
  })

  it('repeats create when the API was not reached at all', async () => {
    await given([{}], { server: 'http://127.0.0.1:9' })
    await expect(client.create('Job', job)).rejects.toMatchObject({ status: 0, reason: 'Unreachable' })
    expect(paused).toHaveLength(4)
  })

  it('passes on what the API warns of', async () => {
    await given([{ headers: { warning: '299 - "would violate PodSecurity"' } }])
    const before = logs.lines().length
    await client.create('Job', job, { isDryRun: true })
    expect(logs.lines().slice(before)).toMatchObject([{ level: 'warn', warning: '299 - "would violate PodSecurity"' }])
  })

  it('reads the token of its pod anew for every request', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'errand-account-'))
    const write = (name: string, text: string) => writeFile(join(folder, name), text)
    await Promise.all([write('token', 'first\n'), write('namespace', 'errand\n'), write('ca.crt', 'a certificate')])
    await given([{}])
    const source = inClusterSource(folder, api.url)
    const inside = createKubeClient({ ...source, tls: {} }, { log: logs.log })
    await inside.get('Job', job.metadata)
    await write('token', 'second\n')
    await inside.get('Job', job.metadata)
    await inside.close()
    await rm(folder, { recursive: true })
    expect(api.requests.map(({ headers }) => headers.authorization)).toEqual(['Bearer first', 'Bearer second'])
    expect(source).toMatchObject({ namespace: 'errand', tls: { ca: 'a certificate' } })
  })

  it('cannot ask without its token, and says so', async () => {
    const token = () => readFile('/nowhere/token', 'utf8').then((text) => new Secret(text))
    await given([{}], { token })
    await expect(client.get('Job', job.metadata)).rejects.toMatchObject({
      name: 'KubeError',
      reason: 'Unreachable',
      message: expect.stringContaining("open '/nowhere/token'"),
    })
    expect(api.requests).toEqual([])
  })

  it('tells its token to the API and to nobody else', async () => {
    await given([{ status: 403, body: { reason: 'Forbidden', message: 'no' } }, reset])
    const errors = [
      await client.get('Job', job.metadata).catch((error: unknown) => error),
      await client.create('Job', job).catch((error: unknown) => error),
    ]
    for (const error of errors) logs.log.error({ op: 'test', error }, 'failed')
    expect(api.requests.every(({ headers }) => headers.authorization === `Bearer ${CANARY}`)).toBe(true)
    expect(JSON.stringify(logs.lines())).not.toContain(CANARY)
  })
})
