import type { RunnerEvent, RunSpec } from '@errand/contracts'
import { until } from '@errand/testkit'
import { access } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aSpec, lastWord, type RunnerAtWork, startRunner } from './startRunner.ts'
import { claudeCode, startWorld, type World } from './world.ts'

let run: RunnerAtWork | undefined
let world: World
beforeEach(async () => {
  world = await startWorld()
})
afterEach(async () => {
  await run?.close()
  await world.close()
  run = undefined
})

type Asked = Extract<RunnerEvent, { type: 'question.asked' }>

/** Starts the real Claude Code on a scenario. */
async function start(
  scenario: string,
  runtime: Partial<Extract<RunSpec['runtime'], { kind: 'claude-code' }>>,
  spec: Partial<RunSpec> = {},
): Promise<RunnerAtWork> {
  const prompt = `[[stub:${scenario}]] Do it.`
  run = await startRunner({
    spec: aSpec({ prompt, runtime: { ...claudeCode, ...runtime }, ...spec }),
    modelUrl: world.model.url,
  })
  return run
}

const questionsOf = ({ gateway }: RunnerAtWork): Asked[] =>
  gateway.bodies().filter((body): body is Asked => body.type === 'question.asked')
const question = (at: RunnerAtWork, n = 0): Promise<Asked> =>
  until(() => questionsOf(at)[n], { deadlineMs: 15_000, what: `question ${n}` })
const isThere = (at: RunnerAtWork, file: string): Promise<boolean> =>
  access(join(at.workspace, file)).then(
    () => true,
    () => false,
  )
/** What the model was told, all of it. */
const modelHeard = (): string => world.model.calls.map(({ body }) => body).join('\n')

describe('a run that asks before what is risky', () => {
  test('shows the whole command under the id of its row, and goes on once a person allows it', async () => {
    const at = await start('risky', { autonomy: 'ask' }, { answerMs: 60_000 })
    const asked = await question(at)
    expect(asked).toMatchObject({ tool: 'Bash', input: 'make -f /dev/null -k all; touch ran' })
    expect(Date.parse(asked.expiresAt) - Date.now()).toBeGreaterThan(50_000)
    expect(at.gateway.bodies().find((body) => body.type === 'tool.started')).toMatchObject({ id: asked.id })
    expect(await isThere(at, 'ran')).toBe(false)
    at.gateway.say({ answers: [{ id: asked.id, answer: 'allow-once' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(await isThere(at, 'ran')).toBe(true)
  })

  test('tells the agent what a person said with their no', async () => {
    const at = await start('risky', { autonomy: 'ask' })
    const { id } = await question(at)
    at.gateway.say({ answers: [{ id, answer: 'deny', note: 'Use the other Makefile.' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(modelHeard()).toContain('A person denied this and says: Use the other Makefile.')
    expect(await isThere(at, 'ran')).toBe(false)
  })

  test('takes silence for a no', async () => {
    const at = await start('risky', { autonomy: 'ask' }, { answerMs: 1_000 })
    const { id } = await question(at)
    at.gateway.say({ expired: [id] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(modelHeard()).toContain('Nobody answered in time')
    expect(await isThere(at, 'ran')).toBe(false)
  })

  test('is cancelled at once while it waits, and still gives its result', async () => {
    const at = await start('risky', { autonomy: 'ask' })
    await question(at)
    const askedAt = performance.now()
    at.gateway.cancel()
    expect(await lastWord(at)).toMatchObject({ status: 'cancelled', code: 'run.cancelled' })
    expect(performance.now() - askedAt).toBeLessThan(6_000)
    expect(await isThere(at, 'ran')).toBe(false)
  })

  test('remembers a yes for the run by the rule that it showed', async () => {
    const at = await start('risky-twice', { autonomy: 'ask' })
    const { id, rules } = await question(at)
    expect(rules?.[0]).toMatch(/^Bash\(npm run/)
    at.gateway.say({ answers: [{ id, answer: 'allow-run' }] })
    // What it was asked first does not cover the second: its rule is as narrow as the CLI suggests.
    const second = rules?.[0] === 'Bash(npm run *)' ? null : await question(at, 1)
    if (second !== null) at.gateway.say({ answers: [{ id: second.id, answer: 'allow-once' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
  })

  test('does not ask for what its agent allows', async () => {
    const at = await start('risky-twice', { autonomy: 'ask', allowedTools: ['Bash(npm run *)'] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(questionsOf(at)).toEqual([])
  })

  test('does not lose its time while it waits', async () => {
    const spec = { noProgressMs: 1_500, deadlineAt: new Date(Date.now() + 8_000).toISOString() }
    const at = await start('risky', { autonomy: 'ask' }, spec)
    const { id } = await question(at)
    const until8 = Date.parse(spec.deadlineAt) + 500
    await until(() => Date.now() > until8, { deadlineMs: 15_000, what: 'the deadline' })
    expect(at.gateway.finished()).toBeUndefined()
    at.gateway.say({ answers: [{ id, answer: 'allow-once' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
  })

  test('edits the workspace and reads everything without asking', async () => {
    const at = await start('report', { autonomy: 'ask' })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(questionsOf(at)).toEqual([])
  })
})

describe('a run that plans first', () => {
  test('changes nothing before a person approves its plan, then works without asking', async () => {
    const at = await start('plan', { autonomy: 'plan' })
    const asked = await question(at)
    expect(asked).toMatchObject({ tool: 'ExitPlanMode', input: expect.stringContaining('Write made.txt.') as string })
    expect(await isThere(at, 'too-early')).toBe(false)
    at.gateway.say({ answers: [{ id: asked.id, answer: 'allow-once' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(await isThere(at, 'made.txt')).toBe(true)
    expect(questionsOf(at)).toHaveLength(1)
  })

  test('still changes nothing when the plan is sent back', async () => {
    const at = await start('plan', { autonomy: 'plan' })
    const { id } = await question(at)
    at.gateway.say({ answers: [{ id, answer: 'deny', note: 'Call it other.txt.' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(modelHeard()).toContain('A person wants another plan: Call it other.txt.')
    expect(await isThere(at, 'made.txt')).toBe(false)
  })
})

describe('a note', () => {
  const toolRuns = (at: RunnerAtWork): number =>
    at.gateway.bodies().filter(({ type }) => type === 'tool.started').length
  const delivered = (at: RunnerAtWork): string[] =>
    at.gateway.bodies().flatMap((body) => (body.type === 'note.delivered' ? [body.id] : []))
  const callsWith = (text: string): number[] =>
    world.model.calls.flatMap(({ body, index }) => (body.includes(text) ? [index] : []))

  test('reaches the agent with the result of the step under way', async () => {
    const at = await start('two-steps', {})
    await until(() => toolRuns(at) === 1, { deadlineMs: 15_000 })
    at.gateway.say({ notes: [{ id: 'n1', text: 'Use REDIS_URL.', when: 'after-step' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(callsWith('Use REDIS_URL.')[0]).toBe(1)
    expect(delivered(at)).toEqual(['n1'])
  })

  test('begins a turn of its own when it is for the next one', async () => {
    const at = await start('two-steps', {})
    await until(() => toolRuns(at) === 1, { deadlineMs: 15_000 })
    at.gateway.say({ notes: [{ id: 'n1', text: '[[stub:text]] Say hello.', when: 'next-turn' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded', sentence: 'Hello from the scripted model.' })
    expect(delivered(at)).toEqual(['n1'])
  })

  test('that is taken back in time never reaches the agent', async () => {
    const at = await start('two-steps', {})
    await until(() => toolRuns(at) === 1, { deadlineMs: 15_000 })
    at.gateway.say({ notes: [{ id: 'n1', text: 'Drop the tables.', when: 'next-turn' }] })
    at.gateway.say({ removedNotes: ['n1'] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded', sentence: 'Both ran.' })
    expect(callsWith('Drop the tables.')).toEqual([])
    expect(delivered(at)).toEqual([])
  })

  test('sent before the agent had started is its first', async () => {
    const at = await start('two-steps', {}, { setup: 'sleep 1' })
    at.gateway.say({ notes: [{ id: 'n1', text: 'Be brief.', when: 'after-step' }] })
    expect(await lastWord(at)).toMatchObject({ status: 'succeeded' })
    expect(delivered(at)).toEqual(['n1'])
  })
})
