import { inspect } from 'node:util'
import { Writable } from 'node:stream'
import { Fault } from '@errand/contracts'
import { recordedLog } from '@errand/testkit'
import { describe, expect, it } from 'vitest'
import { createLogger } from './logger.ts'
import { prettyLine } from './prettyLines.ts'
import { Secret } from './secret.ts'

const CANARY = 'sk-canary-4711'

describe('a secret', () => {
  const secret = new Secret(CANARY)

  it('comes out only where it is asked for', () => {
    expect(secret.reveal()).toBe(CANARY)
    const shown = [JSON.stringify({ secret }), inspect(secret), inspect({ deep: [secret] }), Object.keys(secret).join()]
    expect(shown.join(' ')).not.toContain(CANARY)
  })

  it('does not become part of a text by accident', () => {
    const text = (): string => `Bearer ${secret as unknown as string}`
    expect(text).toThrow('reveal()')
  })

  it('does not get into a log, whether wrapped or under the name of a credential', () => {
    const { log, lines } = recordedLog()
    log.info({ op: 'a', secret, token: CANARY, headers: { authorization: CANARY } }, 'a')
    log.info({ op: 'b', request: { headers: { 'x-api-key': CANARY, accept: '*/*' }, password: CANARY } }, 'b')
    log.child({ value: secret }).info({ op: 'c' }, 'c')
    expect(JSON.stringify(lines())).not.toContain(CANARY)
    expect(lines()[1]).toMatchObject({ request: { headers: { accept: '*/*' } } })
  })
})

describe('a log', () => {
  it('says why: an error with its code and its causes', () => {
    const { log, lines } = recordedLog()
    const cause = Object.assign(new Error('no route'), { code: 'EHOSTUNREACH' })
    log.error({ op: 'x', error: new Fault('upstream.unreachable', 'example', { cause }) }, 'failed')
    expect(lines()[0]).toMatchObject({
      level: 'error',
      name: 'test',
      error: { code: 'upstream.unreachable', cause: { code: 'EHOSTUNREACH', message: 'no route' } },
    })
  })

  it('is one short line at a terminal', () => {
    const written: string[] = []
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString())
        done()
      },
    })
    createLogger({ name: 'api', level: 'info', stream, isPretty: true }).info({ op: 'api.start', port: 1 }, 'ready')
    expect(written.join('')).toMatch(/^\d\d:\d\d:\d\d info {2}api ready op=api.start port=1\n$/)
  })

  it('shows the causes of an error at a terminal', () => {
    const line = prettyLine(JSON.stringify({ level: 'error', error: { stack: 'Error: a', cause: { message: 'b' } } }))
    expect(line).toContain('    Error: a\n    caused by\n    b')
  })
})
