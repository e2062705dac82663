import { once } from 'node:events'
import { until } from '@errand/testkit'
import { type AuthServer, startAuthServer } from '@errand/testkit/authServer'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fired, watched } from '../harness/runs.ts'
import { signedServerYaml } from '../harness/signedServer.ts'
import { signedIn } from '../harness/signIn.ts'
import { must, startWorld, type World } from '../harness/world.ts'
import { proves } from '../requirements.ts'

const PROMPT = '[[stub:mcp-signed]] use your tool'

describe('a run that needs a person to sign in', () => {
  let world: World
  let auth: AuthServer

  beforeAll(async () => {
    ;[world, auth] = await Promise.all([startWorld(), startAuthServer()])
    await must(world.errand, ['apply', '--file', '-'], signedServerYaml(auth.mcpUrl))
  })
  afterAll(async () => {
    await world.close()
    await auth.close()
  })

  it(
    proves('waits-for-sign-in', 'at its start and in the middle of a call, over a kill of everything'),
    { timeout: 120_000 },
    async () => {
      const { errand } = world
      const runId = await fired(errand, [PROMPT, '--agent', 'signing', '--no-repo'])
      const follow = errand.spawnErrand(['watch', runId])
      let said = ''
      for (const stream of [follow.stdout, follow.stderr])
        stream?.on('data', (chunk: Buffer) => (said += chunk.toString()))
      const ended = once(follow, 'close')
      await until(() => said.includes('needs sign-in: signed'), { deadlineMs: 30_000, what: 'the words' })
      expect(said).toContain('errand mcp login signed')
      await errand.kill()
      await errand.start()
      expect(await must(errand, ['runs', '--json'])).toContain('"waiting"')
      await signedIn(errand, 'signed', auth)
      await until(() => auth.toolCalls.length === 1, { deadlineMs: 30_000, what: 'the first call' })
      // The agent still thinks about what it was told when all that was granted is taken back.
      await auth.revokeAll()
      await until(() => said.split('needs sign-in: signed').length === 3, {
        deadlineMs: 30_000,
        what: 'it to wait again',
      })
      await errand.kill()
      await errand.start()
      await signedIn(errand, 'signed', auth)
      await ended
      const run = await watched(errand, runId)
      expect(run.outcome, JSON.stringify(run.outcome)).toMatchObject({ status: 'succeeded' })
      expect(run.outcome.sentence).toContain('It said: again')
      expect(auth.toolCalls).toEqual(['echo', 'echo'])
    },
  )

  it(
    proves('asks-a-person', 'a call of a tool waits over a kill of everything, and hears a yes, and a no with a note'),
    { timeout: 120_000 },
    async () => {
      const { errand } = world
      const asks = signedServerYaml(auth.mcpUrl).replace('{ server: signed }', '{ server: signed, otherwise: ask }')
      await must(errand, ['apply', '--file', '-'], asks)
      const before = auth.toolCalls.length
      const runId = await fired(errand, [PROMPT, '--agent', 'signing', '--no-repo'])
      const isAsked = async () => (await must(errand, ['runs', '--json'])).split('\n')[0]?.includes('"waiting"')
      await until(isAsked, { deadlineMs: 30_000, what: 'the question' })
      await errand.kill()
      await errand.start()
      expect(auth.toolCalls).toHaveLength(before)
      await must(errand, ['answer', runId, 'allow-once'])
      await until(() => auth.toolCalls.length === before + 1, { deadlineMs: 30_000, what: 'the call' })
      await until(isAsked, { deadlineMs: 30_000, what: 'the next question' })
      await must(errand, ['answer', runId, 'deny', '--note', 'not before noon'])
      const { outcome } = await watched(errand, runId)
      expect(outcome).toMatchObject({ status: 'succeeded', sentence: expect.stringContaining('not before noon') })
      expect(auth.toolCalls).toHaveLength(before + 1)
    },
  )

  it(proves('waits-for-sign-in', 'nobody comes in time: it ends, and says why'), async () => {
    await auth.revokeAll()
    const { errand } = world
    await must(
      errand,
      ['apply', '--file', '-'],
      signedServerYaml(auth.mcpUrl).replace('network: none', 'network: none\n  answerMinutes: 0.02'),
    )
    const runId = await fired(errand, [PROMPT, '--agent', 'signing', '--no-repo'])
    const { outcome } = await watched(errand, runId)
    expect(outcome).toMatchObject({ status: 'failed', code: 'mcp.not-signed-in' })
    expect(outcome.detail).toContain('signed')
    expect(outcome.remedy).toContain('errand mcp login')
  })
})
