import { agentSpecSchema } from '@errand/contracts'
import {
  applyDocument,
  createRun,
  deleteAgent,
  draftDocument,
  dropAgentDraft,
  keepAgentDraft,
  listAgents,
  listVersions,
  readAgent,
  readAgentDraft,
  readAgentDrafts,
  readRun,
  saveAgent,
  saveAgentDocument,
  switchAgent,
  writeSettings,
} from '@errand/engine'
import { afterAll, expect, test } from 'vitest'
import { anotherPerson, codeOf, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
afterAll(engine.close)

const spec = (more: object = {}) => agentSpecSchema.parse({ runtime: 'script', script: 'true', ...more })
const SOURCE = `# Ours.
kind: Agent
name: fixer
spec:
  runtime: script
  script: "true" # nothing yet
  network: none
`

test('a draft is kept for everybody and every device, and is done with when it is saved', async () => {
  await keepAgentDraft(owner, { name: 'new', baseVersion: 0, spec: spec() }, deps)
  const colleague = await anotherPerson(engine, 'colleague')
  expect(await readAgentDraft(colleague, 'new', deps)).toMatchObject({ baseVersion: 0, spec: spec() })
  expect((await readAgentDrafts(owner, deps)).map(({ name }) => name)).toEqual(['new'])
  const saved = await saveAgent(owner, { name: 'new', baseVersion: 0, spec: spec(), note: ' the first ' }, deps)
  expect(saved).toMatchObject({ change: 'created', version: 1 })
  expect(await readAgentDraft(owner, 'new', deps)).toBeNull()
  expect(await listVersions(owner, 'new', deps)).toMatchObject([
    { version: 1, note: 'the first', createdBy: owner.name },
  ])
})

test('what somebody else saved meanwhile is not overwritten', async () => {
  await saveAgent(owner, { name: 'busy', baseVersion: 0, spec: spec() }, deps)
  await saveAgent(owner, { name: 'busy', baseVersion: 1, spec: spec({ cpus: 1 }) }, deps)
  const late = { name: 'busy', baseVersion: 1, spec: spec({ cpus: 3 }) }
  expect(await codeOf(saveAgent(owner, late, deps))).toBe('agent.moved-on')
  expect(await codeOf(saveAgent(owner, { ...late, baseVersion: 0 }, deps))).toBe('agent.moved-on')
  expect((await readAgent(owner, 'busy', deps)).spec.cpus).toBe(1)
})

test('saving from the form keeps the words of the document that were not changed', async () => {
  await applyDocument(owner, { source: SOURCE }, deps)
  const changed = spec({ network: 'trusted', verify: 'make test' })
  const text = await draftDocument(owner, { name: 'fixer', spec: changed }, deps)
  await saveAgent(owner, { name: 'fixer', baseVersion: 1, spec: changed }, deps)
  const { source, version } = await readAgent(owner, 'fixer', deps)
  expect(version).toBe(2)
  expect(source).toBe(text)
  expect(source).toContain('# Ours.')
  expect(source).toContain('# nothing yet')
  expect(source).toContain('network: trusted')
  expect(source).toContain('verify: make test')
})

test('a document is saved as it was typed, and refused by its line or for another agent', async () => {
  const typed = SOURCE.replace('network: none', 'network: full   # for now')
  await saveAgentDocument(owner, { name: 'fixer', source: typed, baseVersion: 2 }, deps)
  expect((await readAgent(owner, 'fixer', deps)).source).toBe(typed)
  const save = (source: string) => saveAgentDocument(owner, { name: 'fixer', source, baseVersion: 3 }, deps)
  await expect(save(typed.replace('network', 'netwrok'))).rejects.toMatchObject({
    code: 'yaml.invalid',
    detail: expect.stringContaining('line 7') as string,
  })
  expect(await codeOf(save(typed.replace('name: fixer', 'name: other')))).toBe('input.invalid')
})

test('a run that tries a draft is told apart, and a later draft does not reach it', async () => {
  await keepAgentDraft(owner, { name: 'fixer', baseVersion: 3, spec: spec({ memoryMib: 512 }) }, deps)
  const task = { prompt: 'true', agent: 'fixer', isDraft: true, repositories: [] }
  const { runId } = await createRun(owner, task, deps)
  await dropAgentDraft(owner, 'fixer', deps)
  const run = await readRun(owner, runId, deps)
  expect(run).toMatchObject({ agent: 'draft of fixer', agentVersion: 4, limits: { memoryMib: 512 } })
  const plain = await createRun(owner, task, deps)
  expect(await readRun(owner, plain.runId, deps)).toMatchObject({ agent: 'fixer', agentVersion: 3 })
})

test('a draft that was never saved can be tried', async () => {
  await keepAgentDraft(owner, { name: 'idea', baseVersion: 0, spec: spec() }, deps)
  const { runId } = await createRun(owner, { prompt: 'true', agent: 'idea', isDraft: true, repositories: [] }, deps)
  expect(await readRun(owner, runId, deps)).toMatchObject({ agent: 'draft of idea', agentVersion: 1 })
  expect(await codeOf(createRun(owner, { prompt: 'true', agent: 'idea' }, deps))).toBe('agent.unknown')
})

test('without a wall no draft runs, not even one of the demo', async () => {
  const demo = await readAgent(owner, 'demo', deps)
  await keepAgentDraft(owner, { name: 'demo', baseVersion: demo.version, spec: demo.spec }, deps)
  engine.machine.mayRunAnyAgent = false
  expect(await codeOf(createRun(owner, { prompt: 'x', agent: 'demo', isDraft: true }, deps))).toBe(
    'agent.isolation-required',
  )
  engine.machine.mayRunAnyAgent = true
})

test('an agent that is switched off takes no task until it is on again', async () => {
  await switchAgent(owner, { name: 'busy', isOn: false }, deps)
  expect(await readAgent(owner, 'busy', deps)).toMatchObject({ isOff: true })
  const task = { prompt: 'true', agent: 'busy', repositories: [] }
  expect(await codeOf(createRun(owner, task, deps))).toBe('agent.disabled')
  await switchAgent(owner, { name: 'busy', isOn: true }, deps)
  await createRun(owner, task, deps)
})

test('the list says when each was last given a task', async () => {
  clock.advance(1)
  await createRun(owner, { prompt: 'true', agent: 'busy', repositories: [] }, deps)
  const listed = await listAgents(owner, deps)
  expect(listed.find(({ name }) => name === 'busy')?.lastUsedAt).toBe(clock.now().toISOString())
  expect(listed.find(({ name }) => name === 'demo')?.lastUsedAt).toBeNull()
})

test('deleting takes all versions and leaves the runs; what came with Errand and the default stay', async () => {
  const { runId } = await createRun(owner, { prompt: 'true', agent: 'busy', repositories: [] }, deps)
  await writeSettings(owner, { defaultAgent: 'busy' }, deps)
  expect(await codeOf(deleteAgent(owner, 'busy', deps))).toBe('agent.is-default')
  await writeSettings(owner, { defaultAgent: null }, deps)
  await deleteAgent(owner, 'busy', deps)
  expect(await codeOf(readAgent(owner, 'busy', deps))).toBe('agent.unknown')
  expect(await readRun(owner, runId, deps)).toMatchObject({ agent: 'busy' })
  expect(await codeOf(deleteAgent(owner, 'shell', deps))).toBe('agent.builtin')
  expect(await codeOf(deleteAgent(owner, 'nobody', deps))).toBe('agent.unknown')
})
