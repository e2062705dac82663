import type { RunEventBody, RunId, RunnerEvent } from '@errand/contracts'
import {
  allowHost,
  answerQuestion,
  appendEvents,
  applyDocument,
  createRun,
  readAgent,
  readEvents,
  readRun,
  removeNote,
  sendNote,
} from '@errand/engine'
import { afterAll, describe, expect, test } from 'vitest'
import { anotherPerson, codeOf, endRun, runner, scriptRun, system, testEngine } from './support/engine.ts'

const engine = await testEngine()
const { deps, owner, clock } = engine
const { orgId } = owner
afterAll(engine.close)

const later = (ms: number): string => new Date(clock.now().getTime() + ms).toISOString()

const asksTool = (id: string, rules: readonly string[] = ['Bash(npm test)']): RunnerEvent => ({
  type: 'question.asked',
  id,
  tool: 'Bash',
  target: 'npm test',
  input: '{"command":"npm test"}',
  rules: [...rules],
  expiresAt: later(60_000),
})

/** A run of an agent of its own that asks before it runs a command. */
async function askingRun(name: string, spec = 'runtime: claude-code\n  autonomy: ask'): Promise<RunId> {
  await applyDocument(owner, { source: `kind: Agent\nname: ${name}\nspec:\n  ${spec}\n` }, deps)
  clock.advance(1)
  return (await createRun(owner, { prompt: 'x', agent: name, repositories: [] }, deps)).runId
}

const bodiesOf = async (runId: RunId): Promise<readonly RunEventBody[]> =>
  (await readEvents(owner, { runId, after: 0, limit: 1000 }, deps)).map(({ body }) => body)
const stateOf = async (runId: RunId) => (await readRun(owner, runId, deps)).state

describe('an answer', () => {
  test('is written with who gave it, and the run works on', async () => {
    const runId = await askingRun('first')
    await appendEvents(runner(orgId, runId, 1, asksTool('q1')), deps)
    expect(await stateOf(runId)).toMatchObject({ status: 'waiting', questions: [{ rules: ['Bash(npm test)'] }] })
    await answerQuestion(owner, { runId, questionId: 'q1', answer: 'deny', note: ' Use the other. ' }, deps)
    expect((await bodiesOf(runId)).at(-1)).toEqual({
      type: 'question.answered',
      id: 'q1',
      answer: 'deny',
      note: 'Use the other.',
      by: owner.name,
    })
    expect((await stateOf(runId)).questions).toEqual([])
  })

  test('of two at once one stands, and the other hears whose', async () => {
    const runId = await askingRun('raced')
    const [ada, bea] = [await anotherPerson(engine, 'Ada'), await anotherPerson(engine, 'Bea')]
    await appendEvents(runner(orgId, runId, 1, asksTool('q1')), deps)
    const ends = await Promise.allSettled([
      answerQuestion(ada, { runId, questionId: 'q1', answer: 'allow-once' }, deps),
      answerQuestion(bea, { runId, questionId: 'q1', answer: 'deny' }, deps),
    ])
    expect(ends.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
    const answers = (await bodiesOf(runId)).filter(({ type }) => type === 'question.answered')
    expect(answers).toHaveLength(1)
    const refusal = ends.find((end) => end.status === 'rejected')?.reason as { code: string; detail: string }
    expect(refusal).toMatchObject({ code: 'question.answered' })
    expect(refusal.detail).toMatch(/^(Ada allowed it once|Bea denied it)\.$/)
  })

  test('given again by the same person changes nothing', async () => {
    const runId = await askingRun('again')
    await appendEvents(runner(orgId, runId, 1, asksTool('q1')), deps)
    const said = { runId, questionId: 'q1', answer: 'allow-run' } as const
    await answerQuestion(owner, said, deps)
    await answerQuestion(owner, said, deps)
    expect((await bodiesOf(runId)).filter(({ type }) => type === 'question.answered')).toHaveLength(1)
  })

  test('comes too late for a question that expired, one that is not there, and a run that is over', async () => {
    const runId = await askingRun('late')
    const answer = (questionId: string) => answerQuestion(owner, { runId, questionId, answer: 'allow-once' }, deps)
    await appendEvents(runner(orgId, runId, 1, asksTool('q1'), asksTool('q2')), deps)
    expect(await codeOf(answer('q9'))).toBe('question.unknown')
    clock.advance(60_000)
    expect(await codeOf(answer('q1'))).toBe('question.expired')
    await appendEvents(system(orgId, runId, { type: 'question.expired', id: 'q1' }), deps)
    expect(await codeOf(answer('q1'))).toBe('question.expired')
    await endRun(engine, runId)
    expect(await codeOf(answer('q2'))).toBe('run.over')
  })
})

describe('always for this agent', () => {
  test('makes a new version that allows the tool, and keeps its text as its author wrote it', async () => {
    const runId = await askingRun('fixer', 'runtime: claude-code # mine\n  autonomy: ask')
    await appendEvents(runner(orgId, runId, 1, asksTool('q1')), deps)
    await answerQuestion(owner, { runId, questionId: 'q1', answer: 'allow-agent' }, deps)
    expect(await readAgent(owner, 'fixer', deps)).toMatchObject({
      version: 2,
      spec: { autonomy: 'ask', allowedTools: ['Bash(npm test)'] },
      source:
        'kind: Agent\nname: fixer\nspec:\n  runtime: claude-code # mine\n  autonomy: ask\n  allowedTools:\n    - Bash(npm test)\n',
    })
    expect((await bodiesOf(runId)).at(-1)).toMatchObject({ answer: 'allow-agent', agentVersion: 2 })
  })

  test('adds the host to an agent that came with Errand, which is then its owner’s', async () => {
    const runId = await scriptRun(engine)
    const asked = { type: 'host.asked', id: 'h1', host: 'files.example', port: 8443, expiresAt: later(60_000) } as const
    await appendEvents(system(orgId, runId, asked), deps)
    await answerQuestion(owner, { runId, questionId: 'h1', answer: 'allow-agent' }, deps)
    expect(await readAgent(owner, 'shell', deps)).toMatchObject({
      version: 2,
      isBuiltin: false,
      spec: { runtime: 'script', hosts: ['files.example:8443'] },
    })
  })

  test('is said of a refused host too, also when its run is over, but not of a machine nearby', async () => {
    const runId = await askingRun('walled')
    await endRun(engine, runId)
    const allow = (host: string, answer: 'allow-run' | 'allow-agent') =>
      codeOf(allowHost(owner, { runId, host, port: 443, answer }, deps))
    expect(await allow('cdn.example', 'allow-run')).toBe('run.over')
    expect(await allow('169.254.169.254', 'allow-agent')).toBe('input.invalid')
    expect(await allow('CDN.example.', 'allow-agent')).toBe('no fault')
    expect((await readAgent(owner, 'walled', deps)).spec.hosts).toEqual(['cdn.example'])
    expect((await bodiesOf(runId)).at(-1)).toMatchObject({ type: 'host.allowed', agentVersion: 2 })
  })

  test('makes no version of an agent that allows it already', async () => {
    const runId = await askingRun('wide', 'runtime: claude-code\n  allowedTools: [Bash(npm test)]')
    await appendEvents(runner(orgId, runId, 1, asksTool('q1')), deps)
    await answerQuestion(owner, { runId, questionId: 'q1', answer: 'allow-agent' }, deps)
    expect((await readAgent(owner, 'wide', deps)).version).toBe(1)
    expect((await bodiesOf(runId)).at(-1)).toMatchObject({ agentVersion: 1 })
  })

  test('refuses what is no rule, and then nothing was answered', async () => {
    const runId = await askingRun('strict')
    await appendEvents(runner(orgId, runId, 1, asksTool('q1', ['rm -rf'])), deps)
    expect(await codeOf(answerQuestion(owner, { runId, questionId: 'q1', answer: 'allow-agent' }, deps))).toBe(
      'input.invalid',
    )
    expect((await stateOf(runId)).questions).toHaveLength(1)
  })
})

describe('a note', () => {
  test('waits until it is delivered, and can be taken back as long as it waits', async () => {
    const runId = await askingRun('noted')
    const first = await sendNote(owner, { runId, text: ' Use the variable. ', when: 'after-step' }, deps)
    const second = await sendNote(owner, { runId, text: 'Then stop.', when: 'next-turn' }, deps)
    expect((await stateOf(runId)).notes).toMatchObject([{ text: 'Use the variable.' }, { text: 'Then stop.' }])
    await removeNote(owner, { runId, noteId: second.noteId }, deps)
    await removeNote(owner, { runId, noteId: second.noteId }, deps)
    await appendEvents(runner(orgId, runId, 1, { type: 'note.delivered', id: first.noteId }), deps)
    expect((await stateOf(runId)).notes).toEqual([])
    expect(await codeOf(removeNote(owner, { runId, noteId: first.noteId }, deps))).toBe('note.delivered')
  })

  test('that never reached its agent is still there when the run is over', async () => {
    const runId = await askingRun('unread')
    const { noteId } = await sendNote(owner, { runId, text: 'Hurry.', when: 'next-turn' }, deps)
    await endRun(engine, runId)
    expect((await stateOf(runId)).notes).toMatchObject([{ id: noteId }])
    expect(await codeOf(removeNote(owner, { runId, noteId }, deps))).toBe('run.over')
  })

  test.each([
    ['empty', ' \n', 'note.empty'],
    ['too large', 'x'.repeat(20_001), 'note.too-large'],
  ])('that is %s is refused', async (_, text, code) => {
    const runId = await askingRun('refused')
    expect(await codeOf(sendNote(owner, { runId, text, when: 'after-step' }, deps))).toBe(code)
  })

  test('is refused by a script, by a run that is over, and by one that has twenty', async () => {
    const script = await scriptRun(engine)
    expect(await codeOf(sendNote(owner, { runId: script, text: 'x', when: 'after-step' }, deps))).toBe('note.no-agent')
    const runId = await askingRun('full')
    for (let n = 0; n < 20; n++) await sendNote(owner, { runId, text: `${n}`, when: 'after-step' }, deps)
    expect(await codeOf(sendNote(owner, { runId, text: 'x', when: 'after-step' }, deps))).toBe('note.too-many')
    await endRun(engine, runId)
    expect(await codeOf(sendNote(owner, { runId, text: 'x', when: 'after-step' }, deps))).toBe('run.over')
  })
})
