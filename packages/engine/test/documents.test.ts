import {
  applyDocument,
  createToken,
  exportDocuments,
  joinDocuments,
  listAgents,
  listCredentials,
  readAgent,
  setCredentialSecret,
  splitDocuments,
} from '@errand/engine'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { codeOf, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, db } = engine
afterAll(engine.close)
beforeEach(async () => {
  await db.pool.query(
    'delete from credentials; delete from agent_versions v using agents a where a.id = v.agent_id and not v.is_builtin; delete from agents a where not exists (select 1 from agent_versions v where v.agent_id = a.id)',
  )
})

const CANARY = 'canary-sk-7f3a9c'
const FILE = `# Our agents, looked after by the platform team.
kind:   Agent
name: reviewer
spec:
  runtime: claude-code   # the main one
  credential: team-key

  model: some-model
--- # the key
kind: Credential
name: team-key
spec: {type: anthropic-key, secret: {env: TEAM_KEY}}
---

# nightly
kind: Agent
name: nightly
spec:
  runtime: script
  script: |
    echo "--- not a separator"
    npm test`

const applyAll = async (file: string) => {
  const applied = []
  for (const source of splitDocuments(file)) {
    const secret = source.includes('Credential') ? CANARY : undefined
    applied.push(await applyDocument(owner, { source, secret }, deps))
  }
  return applied
}

test('a file of several documents comes back byte for byte, in the order in which it was made', async () => {
  expect((await applyAll(FILE)).map(({ name, change }) => [name, change])).toEqual([
    ['reviewer', 'created'],
    ['team-key', 'created'],
    ['nightly', 'created'],
  ])
  expect(await exportDocuments(owner, {}, deps)).toBe(FILE)
})

test('applying an export again changes nothing', async () => {
  await applyAll(FILE)
  const again = []
  for (const source of splitDocuments(await exportDocuments(owner, {}, deps)))
    again.push(await applyDocument(owner, { source }, deps))
  expect(again.map(({ change }) => change)).toEqual(['unchanged', 'unchanged', 'unchanged'])
  expect(await exportDocuments(owner, {}, deps)).toBe(FILE)
})

test('one kind and one name can be asked for', async () => {
  await applyAll(FILE)
  const [reviewer = '', key = '', nightly = ''] = splitDocuments(FILE)
  expect(await exportDocuments(owner, { kind: 'Agent' }, deps)).toBe(joinDocuments([reviewer, nightly]))
  expect(await exportDocuments(owner, { kind: 'Credential', name: 'team-key' }, deps)).toBe(key)
  expect(await codeOf(exportDocuments(owner, { kind: 'Agent', name: 'nobody' }, deps))).toBe('agent.unknown')
})

test('a new comment is kept without a new version, another specification is a new version', async () => {
  const first = 'kind: Agent\nname: a\nspec: { runtime: script }\n'
  await applyDocument(owner, { source: first }, deps)
  const commented = `# why it is there\n${first}`
  expect(await applyDocument(owner, { source: commented }, deps)).toMatchObject({ change: 'unchanged', version: 1 })
  expect((await readAgent(owner, 'a', deps)).source).toBe(commented)
  const changed = commented.replace('script }', 'script, network: none }')
  expect(await applyDocument(owner, { source: changed }, deps)).toMatchObject({ change: 'updated', version: 2 })
})

test('what was changed by other means is written anew, and reads back as the same', async () => {
  await applyAll(FILE)
  await setCredentialSecret(
    owner,
    { name: 'team-key', spec: { type: 'anthropic-subscription', secret: { file: '/run/key' } } },
    deps,
  )
  const source = await exportDocuments(owner, { kind: 'Credential' }, deps)
  expect(source).toBe(
    'kind: Credential\nname: team-key\nspec:\n  type: anthropic-subscription\n  secret:\n    file: /run/key\n',
  )
  expect(await applyDocument(owner, { source }, deps)).toMatchObject({ change: 'unchanged' })
})

test('a new value alone leaves the document as it is', async () => {
  await applyAll(FILE)
  await setCredentialSecret(owner, { name: 'team-key', secret: 'other' }, deps)
  expect(await exportDocuments(owner, {}, deps)).toBe(FILE)
})

test('what came with Errand is exported only when asked for by name', async () => {
  expect(await exportDocuments(owner, {}, deps)).toBe('')
  const demo = await exportDocuments(owner, { name: 'demo' }, deps)
  expect(demo).toContain('name: demo')
  expect(await applyDocument(owner, { source: demo }, deps)).toMatchObject({ change: 'unchanged' })
  expect((await listAgents(owner, deps)).map(({ name }) => name)).toEqual(['demo', 'default', 'shell'])
})

test('a value is in no document, no list and no column, and only the gateway’s key opens it', async () => {
  await applyAll(FILE)
  const token = await createToken(owner, { name: 'laptop' }, deps)
  const shown = JSON.stringify([await listCredentials(owner, deps), await exportDocuments(owner, {}, deps)])
  expect(shown).not.toContain(CANARY)
  const tables = await db.pool.query<{ name: string }>(
    "select tablename as name from pg_tables where schemaname = 'public'",
  )
  for (const { name } of tables.rows) {
    const { rows } = await db.pool.query(`select * from ${name}`)
    expect(JSON.stringify(rows)).not.toContain(CANARY)
    expect(JSON.stringify(rows)).not.toContain(token.token)
  }
})
