import { Fault } from '@errand/contracts'
import { expect, test } from 'vitest'
import { countAttempts } from './attempts.ts'
import { type Actor, authenticator, bearerToken } from './authenticate.ts'
import { basicPassword } from './routes/ownerGit.ts'

const owner = { orgId: 'org1', userId: 'usr1', name: 'owner' } as unknown as Actor

function start() {
  const valid = new Set(['right'])
  const authenticate = authenticator({
    attempts: countAttempts({ limit: 2, windowMs: 60_000, now: () => new Date(0) }),
    findActor: (token) => (valid.has(token) ? Promise.resolve(owner) : Promise.reject(new Fault('auth.invalid'))),
  })
  return {
    valid,
    code: (token: string | null) =>
      authenticate({ token, address: '192.0.2.1' }).then(
        () => 'in',
        (error: Fault) => error.code,
      ),
  }
}

test('without a token, with a wrong one, and after too many wrong ones, each refusal has its own words', async () => {
  const { code } = start()
  expect(await code(null)).toBe('auth.missing')
  expect([await code('a'), await code('b'), await code('c')]).toEqual([
    'auth.invalid',
    'auth.invalid',
    'auth.throttled',
  ])
  expect(await code('right')).toBe('auth.throttled')
})

test("a token that was right before is let in through a neighbour's wrong attempts", async () => {
  const { code } = start()
  expect(await code('right')).toBe('in')
  for (const wrong of ['a', 'b', 'c']) await code(wrong)
  expect(await code('right')).toBe('in')
})

test('a revoked token is dead at once', async () => {
  const { code, valid } = start()
  await code('right')
  valid.clear()
  expect(await code('right')).toBe('auth.invalid')
})

test('only a bearer token is one', () => {
  expect(['Bearer abc_-9', 'bearer  abc ', 'Basic abc', 'Bearer', undefined, 'Bearer a b'].map(bearerToken)).toEqual([
    'abc_-9',
    'abc',
    null,
    null,
    null,
    null,
  ])
})

test("git's password is the token, whatever the user name", () => {
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`
  expect(
    [basic('me:abc_-9'), basic(':abc'), basic('me:a:b'), basic('me'), 'Bearer abc', undefined].map(basicPassword),
  ).toEqual(['abc_-9', 'abc', 'a:b', null, null, null])
})
