import type { RunEventBody } from '@errand/contracts'
import { until } from '@errand/testkit'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Followed, fired, watched } from '../harness/runs.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const AGENTS = `kind: Agent
name: curl
spec:
  runtime: script
  network: custom
  onBlockedHost: ask
---
kind: Agent
name: impatient
spec:
  runtime: claude-code
  credential: scripted
  network: none
  autonomy: ask
  answerMinutes: 0.05
`

describe('a person and a live run', () => {
  let world: World

  beforeAll(async () => {
    world = await startWorld()
    await must(world.errand, ['apply', '--file', '-'], AGENTS)
  })
  afterAll(() => world.close())

  const waits = (runId: string) =>
    until(
      async () => {
        const { stdout } = await world.errand.errand(['runs', '--json'])
        return stdout.split('\n').some((line) => line.includes(runId) && line.includes('"waiting"'))
      },
      { deadlineMs: 60_000, what: 'a run that waits' },
    )
  const eventsOf = <T extends RunEventBody['type']>({ events }: Followed, type: T) =>
    events.filter((body): body is Extract<RunEventBody, { type: T }> => body.type === type)

  it(proves('asks-a-person', 'a command is allowed from the shell, and the run goes on'), async () => {
    const runId = await fired(world.errand, [
      '[[stub:risky]] make it',
      ...['--agent', 'scripted', '--no-repo', '--autonomy', 'ask'],
    ])
    await waits(runId)
    await must(world.errand, ['answer', runId, 'allow-once', '--note', 'Only this once.'])
    const end = await watched(world.errand, runId)
    expect(end.outcome).toMatchObject({ status: 'succeeded' })
    expect(eventsOf(end, 'question.asked')).toMatchObject([{ input: 'make -f /dev/null -k all; touch ran' }])
    expect(eventsOf(end, 'question.answered')).toMatchObject([{ answer: 'allow-once', note: 'Only this once.' }])
    const late = await world.errand.errand(['answer', runId, 'deny', '--question', 'toolu_x'])
    expect(late.code).not.toBe(0)
  })

  it(proves('asks-a-person', 'always for the agent: its next run does not ask'), async () => {
    const task = ['[[stub:risky-twice]] try', '--agent', 'scripted', '--no-repo', '--autonomy', 'ask']
    const runId = await fired(world.errand, task)
    await waits(runId)
    await must(world.errand, ['answer', runId, 'allow-agent'])
    const first = await watched(world.errand, runId)
    expect(first.outcome).toMatchObject({ status: 'succeeded' })
    expect(eventsOf(first, 'question.answered')).toMatchObject([{ answer: 'allow-agent', agentVersion: 2 }])
    const again = await watched(world.errand, await fired(world.errand, task))
    expect(eventsOf(again, 'question.asked')).toEqual([])
  })

  it(proves('asks-a-person', 'nobody answers: that means no, and the run ends by itself'), async () => {
    const runId = await fired(world.errand, ['[[stub:risky]] make it', '--agent', 'impatient', '--no-repo'])
    const end = await watched(world.errand, runId)
    expect(end.outcome).toMatchObject({ status: 'succeeded' })
    expect(eventsOf(end, 'question.expired')).toHaveLength(1)
  })

  it(proves('asks-a-person', 'a held connection outlives a kill -9 of Errand, and its answer is heard'), async () => {
    const script = 'curl -sS -m 120 https://files.example/x 2>&1 || true; echo done'
    const runId = await fired(world.errand, [script, '--agent', 'curl', '--no-repo'])
    await waits(runId)
    await world.errand.kill()
    await world.errand.start()
    await must(world.errand, ['answer', runId, 'deny', '--note', 'use the mirror'])
    const end = await watched(world.errand, runId)
    expect(end.outcome).toMatchObject({ status: 'succeeded' })
    expect(eventsOf(end, 'host.asked')).toHaveLength(1)
    expect(eventsOf(end, 'egress.blocked')).toMatchObject([{ host: 'files.example', code: 'egress.host-denied' }])
    const said = eventsOf(end, 'output.appended').map(({ text }) => text)
    expect(said.join('')).toContain('403')
  })

  it(proves('steering'), async () => {
    const runId = await fired(world.errand, ['[[stub:two-steps]] go', '--agent', 'scripted', '--no-repo'])
    await must(world.errand, ['note', runId, 'Use REDIS_URL.'])
    await must(world.errand, ['note', runId, '[[stub:text]] Say hello.', '--next-turn'])
    const end = await watched(world.errand, runId)
    expect(end.outcome).toMatchObject({ status: 'succeeded', sentence: 'Hello from the scripted model.' })
    expect(eventsOf(end, 'note.delivered')).toHaveLength(2)
    expect(world.model.calls.some(({ body }) => body.includes('Use REDIS_URL.'))).toBe(true)
  })
})
