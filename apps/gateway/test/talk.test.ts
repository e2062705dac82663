import { type ControlAnswer, RUNNER_PATHS, type RunnerEvent } from '@errand/contracts'
import { answerQuestion, appendEvents, removeNote, sendNote } from '@errand/engine'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type LiveGateway, type LiveRun, startLiveGateway } from './support/liveGateway.ts'

let live: LiveGateway

beforeAll(async () => {
  live = await startLiveGateway()
  await live.addAgent('asking', { autonomy: 'ask' } as never)
})
afterAll(() => live.close())

const control = async (run: LiveRun, after: number): Promise<ControlAnswer> =>
  JSON.parse((await run.asRunner({ path: `${RUNNER_PATHS.control}?after=${after}` })).text) as ControlAnswer

function ask(run: LiveRun, first: number, id: string) {
  const asked: RunnerEvent = {
    type: 'question.asked',
    id,
    tool: 'Bash',
    target: 'make',
    input: 'make',
    expiresAt: new Date(Date.now() + 60_000).toISOString(),
  }
  const body = JSON.stringify({ first, events: [{ at: new Date().toISOString(), body: asked }] })
  return run.asRunner({ method: 'POST', path: RUNNER_PATHS.events, body })
}

const answer = (run: LiveRun, questionId: string) =>
  answerQuestion(live.owner, { runId: run.runId, questionId, answer: 'deny', note: 'no' }, live.engine)

it('a runner hears each answer once, and that its run waits', async () => {
  const run = await live.run({ agent: 'asking' })
  await ask(run, 1, 'q1')
  const waiting = await control(run, 0)
  expect(waiting).toMatchObject({ desired: 'done', waiting: true })
  const next = control(run, waiting.seq)
  await answer(run, 'q1')
  const heard = await next
  expect(heard).toMatchObject({ waiting: false, answers: [{ id: 'q1', answer: 'deny', note: 'no' }] })
  await run.cancel()
  const last = await control(run, heard.seq)
  expect(last).toMatchObject({ desired: 'cancelled' })
  expect(last.answers ?? []).toEqual([])
})

it('what was said while nobody listened is told to the first who asks, also after a gateway started again', async () => {
  const run = await live.run({ agent: 'asking' })
  await ask(run, 1, 'q1')
  const { runId } = run
  const first = await sendNote(live.owner, { runId, text: 'One', when: 'after-step' }, live.engine)
  const second = await sendNote(live.owner, { runId, text: 'Two', when: 'next-turn' }, live.engine)
  await removeNote(live.owner, { runId, noteId: second.noteId }, live.engine)
  const expired = { type: 'question.expired', id: 'q1' } as const
  await appendEvents({ orgId: live.owner.orgId, runId, source: 'system', events: [expired] }, live.engine)
  await live.restart()
  expect(await control(run, 0)).toMatchObject({
    waiting: false,
    expired: ['q1'],
    notes: [
      { id: first.noteId, text: 'One', when: 'after-step' },
      { id: second.noteId, text: 'Two', when: 'next-turn' },
    ],
    removedNotes: [second.noteId],
  })
})

it('a runner that counts as an older gateway did hears everything', async () => {
  const run = await live.run({ agent: 'asking' })
  await sendNote(live.owner, { runId: run.runId, text: 'One', when: 'after-step' }, live.engine)
  expect((await control(run, 3)).notes).toHaveLength(1)
})
