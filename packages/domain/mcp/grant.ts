import type { ClientWay, GrantState, GrantStatus } from '@errand/contracts'

/** What happens to a grant. `words` are for a person and hold no secret. */
export type GrantEvent =
  | { readonly type: 'sign-in.asked' }
  /** Nothing that a person does in a browser would help. */
  | { readonly type: 'sign-in.impossible'; readonly words: string }
  | { readonly type: 'sign-in.offered'; readonly issuer: string; readonly client: ClientWay }
  | { readonly type: 'sign-in.refused'; readonly words: string }
  | {
      readonly type: 'tokens.given'
      /** Null for a refresh. */
      readonly by: string | null
      readonly scopes: string | null
      readonly lifetimeMs: number | null
      readonly canRefresh: boolean
    }
  | { readonly type: 'refresh.began' }
  /** It could not be made: the grant may be as good as ever. */
  | { readonly type: 'refresh.failed'; readonly words: string }
  /** The authorization server said no, for good. */
  | { readonly type: 'refresh.refused'; readonly words: string }
  /** The server does not take a token that should be good. */
  | { readonly type: 'token.refused'; readonly words: string }
  | { readonly type: 'scope.wanted'; readonly scopes: string }
  | { readonly type: 'signed-out' }

export function newGrant(now: Date): GrantState {
  return {
    status: 'none',
    since: now.toISOString(),
    words: null,
    issuer: null,
    client: null,
    scopes: null,
    wants: null,
    hasTokens: false,
    canRefresh: false,
    obtainedAt: null,
    expiresAt: null,
    signedInAt: null,
    signedInBy: null,
    refreshedAt: null,
    failures: 0,
    triedAt: null,
  }
}

/**
 * The state after an event. Total: what does not fit changes nothing. Tokens outlive whatever a new sign-in comes to,
 * so asking for more scope, or giving up half-way, takes nothing away.
 */
export function moveGrant(s: GrantState, event: GrantEvent, now: Date): GrantState {
  const at = now.toISOString()
  const to = (status: GrantStatus, more: Partial<GrantState> = {}): GrantState => ({
    ...s,
    ...more,
    status,
    since: status === s.status ? s.since : at,
  })
  switch (event.type) {
    case 'sign-in.asked':
      return to('discovering')
    case 'sign-in.impossible':
      return to(s.hasTokens ? resting(s) : 'broken', { words: event.words })
    case 'sign-in.offered':
      return to('authorising', { issuer: event.issuer, client: event.client })
    case 'sign-in.refused':
      return to(resting(s), { words: event.words })
    case 'tokens.given':
      return given(s, event, now)
    case 'refresh.began':
      return s.hasTokens && s.canRefresh ? to('refreshing', { triedAt: at }) : s
    case 'refresh.failed':
      return s.status === 'refreshing' ? to(resting(s), { words: event.words, failures: s.failures + 1 }) : s
    case 'refresh.refused':
    case 'token.refused':
      return to('needs-sign-in', { words: event.words, ...NO_TOKENS })
    case 'scope.wanted':
      return to(s.hasTokens ? 'needs-consent' : s.status, { wants: unionOf(s.wants, event.scopes) })
    case 'signed-out':
      return { ...newGrant(now), issuer: s.issuer, client: s.client }
  }
}

export type AccessDecision =
  | 'use'
  /** Good still, and a new one is fetched meanwhile, so that nobody ever waits for it. */
  | 'use-and-refresh'
  | 'refresh'
  | 'sign-in'

/** What to do when somebody needs the access token now. */
export function decideAccess(s: GrantState, now: Date): AccessDecision {
  if (!s.hasTokens) return 'sign-in'
  if (s.expiresAt === null || s.obtainedAt === null) return 'use'
  const leftMs = Date.parse(s.expiresAt) - now.getTime()
  const isOver = leftMs <= Math.min(LAST_MS, lifetimeOf(s) * LAST_PART)
  if (isOver) return s.canRefresh ? 'refresh' : 'sign-in'
  const due = refreshDueAt(s)
  return due !== null && due <= now ? 'use-and-refresh' : 'use'
}

/** When to refresh without anybody asking: well ahead of the end, later and later while it does not work; null: never. */
export function refreshDueAt(s: GrantState): Date | null {
  if (!s.hasTokens || !s.canRefresh || s.expiresAt === null || s.obtainedAt === null) return null
  const aheadMs = Math.min(AHEAD_MS, lifetimeOf(s) * AHEAD_PART)
  const due = Date.parse(s.expiresAt) - aheadMs
  if (s.failures === 0 || s.triedAt === null) return new Date(due)
  const pauseMs = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (s.failures - 1))
  return new Date(Math.max(due, Date.parse(s.triedAt) + pauseMs))
}

/** A sign-in may take this long, from the address that was given to the answer that comes back. */
export const SIGN_IN_MS = 10 * 60_000
/** Whoever was asked for an address has died meanwhile. */
const DISCOVERY_MS = 90_000

/** The state as it is to be shown: a sign-in that nobody went on with is over, though nobody wrote it down. */
export function seenGrant(s: GrantState, now: Date): GrantState {
  const patienceMs = s.status === 'authorising' ? SIGN_IN_MS : s.status === 'discovering' ? DISCOVERY_MS : null
  if (patienceMs === null || now.getTime() - Date.parse(s.since) < patienceMs) return s
  return moveGrant(s, { type: 'sign-in.refused', words: 'The sign-in was begun and not finished in time.' }, now)
}

/** What a sign-in that ended half-way goes back to. */
function resting({ hasTokens, wants }: GrantState): GrantStatus {
  if (!hasTokens) return 'needs-sign-in'
  return wants === null ? 'ready' : 'needs-consent'
}

const AHEAD_MS = 5 * 60_000
const AHEAD_PART = 0.2
/** A token so near its end may be over when it arrives; clocks differ by a little, too. */
const LAST_MS = 10_000
const LAST_PART = 0.05
const FIRST_PAUSE_MS = 15_000
const LONGEST_PAUSE_MS = 10 * 60_000

const NO_TOKENS = { hasTokens: false, canRefresh: false, obtainedAt: null, expiresAt: null } as const

function given(s: GrantState, event: Extract<GrantEvent, { type: 'tokens.given' }>, now: Date): GrantState {
  const at = now.toISOString()
  const { by, scopes, lifetimeMs, canRefresh } = event
  const wants = by === null ? s.wants : null
  const status = wants === null ? 'ready' : 'needs-consent'
  return {
    ...s,
    status,
    since: status === s.status ? s.since : at,
    words: null,
    // A refresh that names no scopes grants what was granted before.
    scopes: scopes ?? (by === null ? s.scopes : null),
    wants,
    hasTokens: true,
    canRefresh,
    obtainedAt: at,
    expiresAt: lifetimeMs === null ? null : new Date(now.getTime() + lifetimeMs).toISOString(),
    ...(by === null ? { refreshedAt: at } : { signedInAt: at, signedInBy: by, refreshedAt: null }),
    failures: 0,
    triedAt: null,
  }
}

function lifetimeOf({ obtainedAt, expiresAt }: GrantState): number {
  return obtainedAt === null || expiresAt === null ? 0 : Date.parse(expiresAt) - Date.parse(obtainedAt)
}

/** Scopes are a set, in the order in which they were first named. */
export function unionOf(...scopes: readonly (string | null | undefined)[]): string {
  return [...new Set(scopes.flatMap((one) => (one ?? '').split(/\s+/)).filter((one) => one !== ''))].join(' ')
}
