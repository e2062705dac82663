import type { GrantState } from '@errand/contracts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  decideAccess,
  type GrantEvent,
  moveGrant,
  newGrant,
  refreshDueAt,
  seenGrant,
  SIGN_IN_MS,
  unionOf,
} from './grant.ts'

const START = new Date('2026-01-01T00:00:00.000Z')
const after = (ms: number) => new Date(START.getTime() + ms)
const HOUR_MS = 3_600_000

const tokens = (more: Partial<Extract<GrantEvent, { type: 'tokens.given' }>> = {}): GrantEvent => ({
  type: 'tokens.given',
  by: 'ada',
  scopes: 'read',
  lifetimeMs: HOUR_MS,
  canRefresh: true,
  ...more,
})
const walk = (...events: readonly GrantEvent[]): GrantState =>
  events.reduce((state, event) => moveGrant(state, event, START), newGrant(START))

const offered: GrantEvent = { type: 'sign-in.offered', issuer: 'https://as.example', client: 'dynamic' }
const signedIn = () => walk({ type: 'sign-in.asked' }, offered, tokens())

describe('the way of a sign-in', () => {
  test('from nothing to ready, and out again', () => {
    expect(walk().status).toBe('none')
    expect(walk({ type: 'sign-in.asked' }).status).toBe('discovering')
    expect(walk({ type: 'sign-in.asked' }, offered).status).toBe('authorising')
    expect(signedIn()).toMatchObject({ status: 'ready', signedInBy: 'ada', issuer: 'https://as.example', words: null })
    expect(moveGrant(signedIn(), { type: 'signed-out' }, START)).toMatchObject({ status: 'none', hasTokens: false })
  })

  test('what a person cannot mend is broken, what they can needs a sign-in', () => {
    expect(walk({ type: 'sign-in.asked' }, { type: 'sign-in.impossible', words: 'no PKCE' })).toMatchObject({
      status: 'broken',
      words: 'no PKCE',
    })
    expect(walk({ type: 'sign-in.asked' }, offered, { type: 'sign-in.refused', words: 'denied' }).status).toBe(
      'needs-sign-in',
    )
  })

  test('a second sign-in that comes to nothing takes nothing away', () => {
    const state = [
      { type: 'sign-in.asked' } as const,
      offered,
      { type: 'sign-in.refused', words: 'no' } as const,
    ].reduce((s: GrantState, event) => moveGrant(s, event, START), signedIn())
    expect(state).toMatchObject({ status: 'ready', hasTokens: true, words: 'no' })
    expect(decideAccess(state, START)).toBe('use')
  })

  test('one that nobody finishes is over after its time', () => {
    const begun = walk({ type: 'sign-in.asked' }, offered)
    expect(seenGrant(begun, after(SIGN_IN_MS - 1)).status).toBe('authorising')
    expect(seenGrant(begun, after(SIGN_IN_MS))).toMatchObject({ status: 'needs-sign-in', words: expect.any(String) })
    expect(seenGrant(walk({ type: 'sign-in.asked' }), after(90_000)).status).toBe('needs-sign-in')
    expect(seenGrant(signedIn(), after(SIGN_IN_MS)).status).toBe('ready')
  })

  test('more scope is asked of a person, and what was granted works on', () => {
    const wanting = moveGrant(signedIn(), { type: 'scope.wanted', scopes: 'write' }, START)
    expect(wanting).toMatchObject({ status: 'needs-consent', wants: 'write' })
    expect(decideAccess(wanting, START)).toBe('use')
    const refreshed = moveGrant(moveGrant(wanting, { type: 'refresh.began' }, START), tokens({ by: null }), START)
    expect(refreshed.status).toBe('needs-consent')
    expect(moveGrant(refreshed, tokens({ scopes: 'read write' }), START)).toMatchObject({
      status: 'ready',
      wants: null,
    })
  })
})

describe('refresh', () => {
  test('is due ahead of the end: five minutes of an hour, a fifth of a short life', () => {
    expect(refreshDueAt(signedIn())).toEqual(after(HOUR_MS - 300_000))
    expect(refreshDueAt(walk(tokens({ lifetimeMs: 10_000 })))).toEqual(after(8_000))
    expect(refreshDueAt(walk(tokens({ canRefresh: false })))).toBeNull()
    expect(refreshDueAt(walk(tokens({ lifetimeMs: null })))).toBeNull()
  })

  test.for([
    [0, 'use'],
    [HOUR_MS - 300_000, 'use-and-refresh'],
    [HOUR_MS - 10_000, 'refresh'],
    [HOUR_MS * 2, 'refresh'],
  ] as const)('%i ms on, who needs the token is told to %s', ([ms, decision]) => {
    expect(decideAccess(signedIn(), after(ms))).toBe(decision)
  })

  test('a token whose end is not known is used until it is refused', () => {
    expect(decideAccess(walk(tokens({ lifetimeMs: null })), after(HOUR_MS * 1000))).toBe('use')
  })

  test('a network error or a broken server keeps the grant, and the pauses grow', () => {
    const fail = (s: GrantState) =>
      moveGrant(
        moveGrant(s, { type: 'refresh.began' }, after(HOUR_MS)),
        { type: 'refresh.failed', words: '503' },
        START,
      )
    const once = fail(signedIn())
    expect(once).toMatchObject({ status: 'ready', hasTokens: true, failures: 1, words: '503' })
    expect(refreshDueAt(once)).toEqual(after(HOUR_MS + 15_000))
    expect(refreshDueAt(fail(once))).toEqual(after(HOUR_MS + 30_000))
    expect(refreshDueAt([...Array(30)].reduce(fail, once))).toEqual(after(HOUR_MS + 600_000))
  })

  test('a refusal of the authorization server ends it: a person is needed', () => {
    const state = moveGrant(signedIn(), { type: 'refresh.refused', words: 'revoked' }, START)
    expect(state).toMatchObject({ status: 'needs-sign-in', hasTokens: false, canRefresh: false, words: 'revoked' })
    expect(decideAccess(state, START)).toBe('sign-in')
  })

  test('one that names no scopes keeps those that were granted', () => {
    expect(moveGrant(signedIn(), tokens({ by: null, scopes: null }), START).scopes).toBe('read')
  })
})

const anyEvent: fc.Arbitrary<GrantEvent> = fc.oneof(
  fc.constantFrom<GrantEvent>(
    { type: 'sign-in.asked' },
    offered,
    { type: 'sign-in.impossible', words: 'w' },
    { type: 'sign-in.refused', words: 'w' },
    { type: 'refresh.began' },
    { type: 'refresh.failed', words: 'w' },
    { type: 'refresh.refused', words: 'w' },
    { type: 'token.refused', words: 'w' },
    { type: 'scope.wanted', scopes: 's' },
    { type: 'signed-out' },
  ),
  fc
    .record({
      by: fc.constantFrom('ada', null),
      lifetimeMs: fc.constantFrom(null, 5, HOUR_MS),
      canRefresh: fc.boolean(),
    })
    .map(tokens),
)

test('whatever happens in whatever order: ready means tokens, and only a refusal or a sign-out takes them', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
      let state = newGrant(START)
      for (const event of events) {
        const next = moveGrant(state, event, START)
        if (['ready', 'refreshing', 'needs-consent'].includes(next.status)) expect(next.hasTokens).toBe(true)
        const isTaken = state.hasTokens && !next.hasTokens
        if (isTaken) expect(['refresh.refused', 'token.refused', 'signed-out']).toContain(event.type)
        if (!next.hasTokens) expect(decideAccess(next, START)).toBe('sign-in')
        state = next
      }
    }),
  )
})

test('scopes are a set', () => {
  expect(unionOf('a b', null, ' b  c ', undefined)).toBe('a b c')
})
