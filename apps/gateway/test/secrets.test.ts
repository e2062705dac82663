import { readSealingPlace, requestCredentialTest, setCredentialSecret } from '@errand/engine'
import { until } from '@errand/testkit'
import { sealer } from '@errand/vault'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type LiveGateway, startLiveGateway } from './support/liveGateway.ts'
import { startWireServer, type WireServer } from './support/wireServer.ts'

const CANARY = 'sk-canary-5f1e9c'
let wire: WireServer
let live: LiveGateway

beforeAll(async () => {
  wire = await startWireServer()
  live = await startLiveGateway()
  await live.addCredential('canary', { type: 'llm-compatible', baseUrl: wire.url, auth: 'bearer' }, CANARY)
  await live.addAgent('canary', { credential: 'canary' } as never)
})
afterAll(async () => {
  await live.close()
  await wire.close()
})

const messages = { method: 'POST', path: '/llm/v1/messages', body: '{}' }

describe('a credential', () => {
  it('is in no answer, no log line and no row, whatever becomes of the call', async () => {
    const run = await live.run({ agent: 'canary' })
    const fates: ((response: Awaited<ReturnType<WireServer['next']>>['response']) => void)[] = [
      (response) => response.end('{}'),
      (response) => response.writeHead(401).end('{"error":"no"}'),
      (response) => response.writeHead(500).end(),
      (response) => response.destroy(),
      // A provider that shows in its headers what it was sent.
      (response) =>
        response
          .writeHead(200, { authorization: `Bearer ${CANARY}`, 'set-cookie': `k=${CANARY}`, 'x-api-key': CANARY })
          .end('{}'),
    ]
    const shown: string[] = []
    for (const fate of fates) {
      const answered = run.asAgent(messages)
      const { response, headers } = await wire.next()
      expect(headers.authorization).toBe(`Bearer ${CANARY}`)
      fate(response)
      const { text, headers: answerHeaders } = await answered
      shown.push(text, JSON.stringify(answerHeaders))
    }
    expect(shown.join()).not.toContain(CANARY)
    expect(JSON.stringify(live.log())).not.toContain(CANARY)
    await until(() => live.log().filter(({ op }) => op === 'llm.called').length === fates.length)
    expect(await live.everyRow()).not.toContain(CANARY)
  })

  it('that is gone ends the call in words that say what to do', async () => {
    const run = await live.run({ agent: 'canary' })
    await live.forget('canary')
    const { status, headers, text } = await run.asAgent(messages)
    expect(status).toBe(403)
    expect(headers['x-should-retry']).toBe('false')
    expect(JSON.parse(text)).toMatchObject({
      type: 'error',
      error: {
        type: 'permission_error',
        message: expect.stringMatching(/"canary".*errand credentials add/s) as string,
      },
    })
  })
})

it('keeps the run token out of the log', async () => {
  const run = await live.run({ agent: 'demo' })
  await run.asAgent({ path: '/llm/v1/models' })
  await run.asRunner({ path: '/runner/v1/spec' })
  expect(JSON.stringify(live.log())).not.toContain(run.token)
})

it('refuses a value that would be two headers, which only the gateway can see when it came sealed', async () => {
  const { engine, owner } = live
  const place = await readSealingPlace(owner, 'split', engine)
  const value = await sealer(place).seal(`${CANARY}\r\nx-more: 1`, place.aad)
  const spec = { type: 'llm-compatible', baseUrl: wire.url, auth: 'bearer' } as const
  await setCredentialSecret(owner, { name: 'split', spec, sealed: { id: place.id, value } }, engine)
  expect(await requestCredentialTest(owner, 'split', engine)).toMatchObject({
    ok: false,
    words: expect.stringContaining('a line break') as string,
  })
})
