import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Session ids of older servers, bound to the run that opened them: another run that gets to know one can do nothing with
 * it. The run's own token is the key, so nothing is kept here and every replica of the gateway agrees.
 */
export function sealSessionId(id: string, owner: SessionOwner): string {
  return `${id}.${macOf(id, owner)}`
}

/** Null for one of another run or server. */
export function openSessionId(sealed: string, owner: SessionOwner): string | null {
  const cut = sealed.lastIndexOf('.')
  const id = sealed.slice(0, Math.max(cut, 0))
  const given = Buffer.from(sealed.slice(cut + 1))
  const expected = Buffer.from(macOf(id, owner))
  return given.length === expected.length && timingSafeEqual(given, expected) ? id : null
}

export interface SessionOwner {
  readonly token: string
  readonly server: string
}

function macOf(id: string, { token, server }: SessionOwner): string {
  return createHmac('sha256', token).update(`mcp-session|${server}|${id}`).digest('base64url').slice(0, 27)
}
