import type { CredentialSpec } from '@errand/contracts'
import {
  addRepository,
  answerGatewayRequest,
  deleteCredential,
  findGitCredential,
  findGrantRow,
  grantAad,
  listCredentials,
  readAgent,
  readSealedCredential,
  readSealingPlace,
  requestCredentialTest,
  resealSecrets,
  setCredentialSecret,
  takeGatewayRequests,
} from '@errand/engine'
import { until } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { generateVaultKey, opener, publicHalf, reseal } from '@errand/vault/open'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { codeOf, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, db } = engine
const { orgId } = owner
afterAll(engine.close)
beforeEach(async () => {
  for (const { name } of await listCredentials(owner, deps)) await deleteCredential(owner, name, deps)
  await db.pool.query('delete from gateway_requests')
})

const set = (name: string, spec: CredentialSpec | undefined, secret?: string) =>
  setCredentialSecret(owner, { name, spec, secret }, deps)
const opened = async (name: string) => {
  const found = await readSealedCredential({ orgId, name }, deps)
  return found === null || found.sealed === null ? null : engine.opener.open(found.sealed, found.aad)
}

test('a value comes out only sealed, bound to its row, and in its newest version', async () => {
  await set('key', { type: 'anthropic-key' }, ' sk-one\n')
  expect(await opened('key')).toBe('sk-one')
  expect(await set('key', undefined, 'sk-two')).toMatchObject({ change: 'updated', version: 2 })
  expect(await opened('key')).toBe('sk-two')
  await set('other', { type: 'anthropic-key' }, 'sk-three')
  const [key, other] = [
    await readSealedCredential({ orgId, name: 'key' }, deps),
    await readSealedCredential({ orgId, name: 'other' }, deps),
  ]
  await expect(engine.opener.open(key?.sealed ?? '', other?.aad ?? '')).rejects.toMatchObject({
    code: 'secret.unopenable',
  })
})

test('a change of the specification keeps the value', async () => {
  await set('key', { type: 'anthropic-key' }, 'sk-one')
  await set('key', { type: 'llm-compatible', baseUrl: 'http://127.0.0.1:1', auth: 'bearer' })
  expect(await opened('key')).toBe('sk-one')
})

test.each([
  ['a value for none', () => set('nobody', undefined, 'x'), 'credential.unknown'],
  ['an empty value', () => set('key', { type: 'anthropic-key' }, ' \n'), 'input.invalid'],
  ['a value that would be two headers', () => set('key', { type: 'anthropic-key' }, 'a\r\nx: y'), 'input.invalid'],
  ['a bad name', () => set('Not A Name', { type: 'anthropic-key' }, 'x'), 'input.invalid'],
  ['the demo’s name', () => set('demo', { type: 'anthropic-key' }, 'x'), 'name.taken'],
  ['a removal of none', () => deleteCredential(owner, 'nobody', deps), 'credential.unknown'],
])('refused: %s', async (_, attempt, code) => {
  expect(await codeOf(attempt())).toBe(code)
})

test('the git credential of a host is the most exact one that has a value', async () => {
  const git = (host: string) => ({ type: 'git', host, username: 'u', private: false }) as const
  await set('wide', git('*.example.org'), 'wide')
  await set('exact', git('git.example.org'))
  const nameFor = async (host: string) => (await findGitCredential({ orgId, host }, deps))?.name
  expect(await nameFor('git.example.org')).toBe('wide')
  await set('exact', undefined, 'exact')
  expect(await nameFor('git.example.org')).toBe('exact')
  expect(await nameFor('a.b.example.org')).toBe('wide')
  expect(await nameFor('example.org')).toBeUndefined()
  expect(await nameFor('example.com')).toBeUndefined()
})

test('the default agent asks the first model there is, and the demo again without one', async () => {
  const credential = async () => {
    const { spec } = await readAgent(owner, 'default', deps)
    return spec.runtime === 'claude-code' ? spec.credential : null
  }
  expect(await credential()).toBe('demo')
  await set('host', { type: 'git', host: 'example.org', username: 'u', private: false }, 'x')
  await set('empty', { type: 'anthropic-key' })
  expect(await credential()).toBe('demo')
  await set('first', { type: 'anthropic-key' }, 'sk')
  await set('second', { type: 'anthropic-key' }, 'sk')
  expect(await credential()).toBe('first')
  await deleteCredential(owner, 'first', deps)
  expect(await credential()).toBe('demo')
})

/** One in the middle of another sign-in, with something sealed in every column that can be. */
async function signedInGrant() {
  await set('signed', { type: 'oauth', server: 'tracker' })
  const found = await readSealedCredential({ orgId, name: 'signed' }, deps)
  if (found === null) throw new Error('it was just set')
  const grant = { orgId, credentialId: found.id }
  const sealed = (column: Parameters<typeof grantAad>[1]) =>
    deps.sealer.seal(`secret ${column}`, grantAad(grant, column))
  const pending = { redirectUri: 'x', verifier: await sealed('verifier'), callback: await sealed('callback') }
  await db.pool.query(
    `insert into mcp_grants (credential_id, org_id, version, state, client, tokens, pending, updated_at)
     values ($1, $2, 1, '{}', $3, $4, $5, now())`,
    [found.id, orgId, await sealed('client'), await sealed('tokens'), JSON.stringify(pending)],
  )
  return grant
}

test('a rotation seals every value anew, once, and can be run again', async () => {
  for (let n = 0; n < 5; n++) await set(`key-${n}`, { type: 'anthropic-key' }, `sk-${n}`)
  const key = await generateVaultKey(deps.now())
  const next = sealer(publicHalf(key))
  const work = {
    keyId: key.keyId,
    reseal: async (sealed: string, aad: string) =>
      (await reseal(sealed, { opener: engine.opener, sealer: next, aad })) ?? null,
  }
  const grant = await signedInGrant()
  expect(await resealSecrets(work, deps)).toEqual({ resealed: 9 })
  expect(await resealSecrets(work, deps)).toEqual({ resealed: 0 })
  const row = await findGrantRow(grant, deps)
  const opened = { client: row?.client, tokens: row?.tokens, ...row?.pending }
  for (const column of ['client', 'tokens', 'verifier', 'callback'] as const)
    expect(await opener([key]).open(opened[column] ?? '', grantAad(grant, column))).toBe(`secret ${column}`)
  // A refresh that is under way may still write what it brings.
  expect(row?.version).toBe(1)
  const found = await readSealedCredential({ orgId, name: 'key-3' }, deps)
  expect(await opener([key]).open(found?.sealed ?? '', found?.aad ?? '')).toBe('sk-3')
})

test('a test of a credential is asked of the gateway, once, and its answer comes back', async () => {
  await set('key', { type: 'anthropic-key' }, 'sk')
  const asked = requestCredentialTest(owner, 'key', deps)
  const requests = await until(async () => {
    const taken = await takeGatewayRequests({ limit: 10 }, deps)
    return taken.length > 0 && taken
  })
  expect(requests).toMatchObject([{ orgId, body: { kind: 'credential.test', name: 'key' } }])
  expect(await takeGatewayRequests({ limit: 10 }, deps)).toEqual([])
  const [{ id } = { id: '' as never }] = requests
  const answer = { ok: false, words: 'invalid x-api-key', ms: 12 }
  await answerGatewayRequest({ orgId, id, answer }, deps)
  expect(await asked).toEqual(answer)
})

test('the demo answers without being asked, and an unknown credential is a fault', async () => {
  expect(await requestCredentialTest(owner, 'demo', deps)).toMatchObject({ ok: true })
  expect(await codeOf(requestCredentialTest(owner, 'nobody', deps))).toBe('credential.unknown')
})

test('a value that was sealed elsewhere is stored as it came, and opens in its row alone', async () => {
  const place = await readSealingPlace(owner, 'key', deps)
  const value = await sealer(place).seal('sk-sealed', place.aad)
  await setCredentialSecret(
    owner,
    { name: 'key', spec: { type: 'anthropic-key' }, sealed: { id: place.id, value } },
    deps,
  )
  expect((await readSealedCredential({ orgId, name: 'key' }, deps))?.sealed).toBe(value)
  expect(await opened('key')).toBe('sk-sealed')
  const again = await readSealingPlace(owner, 'key', deps)
  expect(again.id).toBe(place.id)
  await setCredentialSecret(
    owner,
    { name: 'key', sealed: { id: again.id, value: await sealer(again).seal('sk-newer', again.aad) } },
    deps,
  )
  expect(await opened('key')).toBe('sk-newer')
})

test('a sealed value is refused when its form, its key or its row is not right', async () => {
  const spec = { type: 'anthropic-key' } as const
  const place = await readSealingPlace(owner, 'key', deps)
  const seal = (value: string, id = place.id) =>
    codeOf(setCredentialSecret(owner, { name: 'key', spec, sealed: { id, value } }, deps))
  expect(await seal('sk-in-clear')).toBe('input.invalid')
  const other = publicHalf(await generateVaultKey(deps.now()))
  expect(await seal(await sealer(other).seal('sk', place.aad))).toBe('input.invalid')
  await set('taken', spec, 'sk')
  const taken = await readSealedCredential({ orgId, name: 'taken' }, deps)
  expect(await seal(await sealer(place).seal('sk', place.aad), taken?.id)).toBe('name.taken')
  await set('key', spec, 'sk')
  expect(await seal(await sealer(place).seal('sk', place.aad))).toBe('name.taken')
  expect(await opened('key')).toBe('sk')
})

test('the last test stays with its credential, and is told to be older than a change', async () => {
  await set('key', { type: 'anthropic-key' }, 'sk')
  const asked = requestCredentialTest(owner, 'key', deps)
  const [request] = await until(async () => {
    const taken = await takeGatewayRequests({ limit: 10 }, deps)
    return taken.length > 0 && taken
  })
  if (request === undefined) throw new Error('nothing was asked')
  await answerGatewayRequest({ orgId, id: request.id, answer: { ok: true, words: 'It works.', ms: 3 } }, deps)
  await asked
  const lastTest = async () => (await listCredentials(owner, deps)).find(({ name }) => name === 'key')?.lastTest
  expect(await lastTest()).toEqual({
    at: deps.now().toISOString(),
    ok: true,
    words: 'It works.',
    ms: 3,
    isOutdated: false,
  })
  await set('key', undefined, 'sk-other')
  expect(await lastTest()).toMatchObject({ isOutdated: true })
})

test('who uses a credential is told with it', async () => {
  await set('model', { type: 'anthropic-key' }, 'sk')
  await set('host', { type: 'git', host: '*.example.org', username: 'u', private: false }, 'x')
  await addRepository(owner, { name: 'https://git.example.org/team/app.git' }, deps)
  const [model, host] = await listCredentials(owner, deps)
  expect(model).toMatchObject({ agents: ['default'], repositories: [] })
  expect(host).toMatchObject({ agents: [], repositories: ['https://git.example.org/team/app.git'] })
})
