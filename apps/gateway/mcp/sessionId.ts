import { createHmac, timingSafeEqual } from 'node:crypto'
import type { RunGrant } from '@errand/engine'

/**
 * Session ids of older servers, bound to the run that opened them: another run that gets to know one can do nothing with
 * it. The run's own token is the key, so nothing is kept here and every replica of the gateway agrees.
 */
export function sealSessionId(id: string, owner: SessionOwner): string {
  return `${id}.${macOf(id, owner)}`
}

/** Null for one of another run or server. */
export function openSessionId(sealed: string, owner: SessionOwner): string | null {
  const opened = openedBy(owner)
  const known = opened.get(`${owner.server} ${sealed}`)
  if (known !== undefined) return known
  const id = checked(sealed, owner)
  if (id !== null) opened.set(`${owner.server} ${sealed}`, id)
  return id
}

/** Of a grant, which is kept for a moment: a burst of calls in one session is checked once. */
const sessions = new WeakMap<RunGrant, Map<string, string>>()

function openedBy({ grant }: SessionOwner): Map<string, string> {
  const known = sessions.get(grant)
  if (known !== undefined) return known
  const opened = new Map<string, string>()
  sessions.set(grant, opened)
  return opened
}

function checked(sealed: string, owner: SessionOwner): string | null {
  const cut = sealed.lastIndexOf('.')
  const id = sealed.slice(0, Math.max(cut, 0))
  const given = Buffer.from(sealed.slice(cut + 1))
  const expected = Buffer.from(macOf(id, owner))
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null
}

export interface SessionOwner {
  readonly token: string
  readonly server: string
  /** What the token opens. */
  readonly grant: RunGrant
}

function macOf(id: string, { token, server }: SessionOwner): string {
  return createHmac('sha256', token).update(`mcp-session|${server}|${id}`).digest('base64url').slice(0, 27)
}
