import { Fault } from '@errand/contracts'
import { expect, test } from 'vitest'
import type { Actor } from '../authenticate.ts'
import { identifier } from './identify.ts'

const [token, cookie] = ['t', `__Host-errand-session=${'s'.repeat(32)}.sig`]
const actor = (name: string) => ({ name }) as unknown as Actor
const identify = identifier({
  authenticate: (caller) =>
    caller.token === null ? Promise.reject(new Fault('auth.missing')) : Promise.resolve(actor('by token')),
  authenticateSession: () => Promise.resolve(actor('by session')),
  publicUrl: null,
})

const page = 'http://localhost:8470'
const cases = {
  'a token needs no page': [{ token, cookie, origin: undefined }, 'by token'],
  'our own page may change things': [{ token: null, cookie, origin: page }, 'by session'],
  'another page may not': [{ token: null, cookie, origin: 'https://evil.example' }, 'auth.foreign-page'],
  'neither may who hides where it came from': [{ token: null, cookie, origin: undefined }, 'auth.foreign-page'],
  'reading needs the cookie alone': [{ token: null, cookie, origin: undefined, isReading: true }, 'by session'],
  'with neither nobody is in': [{ token: null, cookie: undefined, origin: page }, 'auth.missing'],
} as const

test.each(Object.entries(cases))('%s', async (_, [given, outcome]) => {
  const seen = { host: 'localhost:8470', origin: given.origin, userAgent: undefined }
  const asking = {
    token: given.token,
    cookie: given.cookie,
    address: '192.0.2.1',
    seen,
    isReading: 'isReading' in given,
  }
  const who = await identify(asking).then(
    ({ name }) => name,
    (error: Fault) => error.code,
  )
  expect(who).toBe(outcome)
})
