import { Fault, type SessionId } from '@errand/contracts'
import { deleteOtherSessions, deleteSession, findSessionOwner, listSessionRows, touchSession } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import { secretHash } from './secretHash.ts'
import type { SessionActor, SessionView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** A session nobody used for this long is over. Until then it lasts, however often it is used: a year at most. */
export const IDLE_MS = 30 * 24 * 3_600_000
/** "Last used" is this exact; a write for every request would tell nobody more. */
const TOUCH_MS = 60_000

/** Who a browser's session speaks for. Asked by every call, so a revoked one is dead at once. Fault `auth.session-ended`. */
export async function authenticateSession(token: string, { db, now }: Deps): Promise<SessionActor> {
  const owner = await findSessionOwner(db, secretHash(token))
  const at = now()
  if (owner === undefined || owner.expiresAt <= at || owner.usedAt.getTime() + IDLE_MS <= at.getTime())
    throw new Fault('auth.session-ended')
  if (at.getTime() - owner.usedAt.getTime() >= TOUCH_MS) await touchSession(db, { id: owner.id, now: at })
  const { orgId, userId, name, id, createdAt } = owner
  return { orgId, userId, name, session: { id, createdAt } }
}

/** The person's own, last used first. */
export async function listSessions(actor: Actor, { db, now }: Deps): Promise<readonly SessionView[]> {
  const at = now()
  const { orgId, userId } = actor
  const rows = await listSessionRows(db, { orgId, userId, now: at, usedAfter: new Date(at.getTime() - IDLE_MS) })
  return rows.map(({ createdAt, usedAt, ...rest }) => ({
    ...rest,
    createdAt: createdAt.toISOString(),
    usedAt: usedAt.toISOString(),
  }))
}

/** From now on it opens nothing. Fault `session.unknown`. */
export async function revokeSession(actor: Actor, id: SessionId, { db }: Pick<Deps, 'db'>): Promise<void> {
  const { orgId, userId } = actor
  if (!(await deleteSession(db, { orgId, userId, id }))) throw new Fault('session.unknown')
}

/** Ends all of the person's sessions but `except`; tells how many. */
export async function revokeOtherSessions(
  actor: Pick<Actor, 'orgId' | 'userId'>,
  except: SessionId | null,
  { db }: Pick<Deps, 'db'>,
): Promise<{ ended: number }> {
  const { orgId, userId } = actor
  return { ended: await deleteOtherSessions(db, { orgId, userId, except }) }
}

const FRESH_MS = 24 * 3_600_000

/**
 * What changes how somebody signs in needs a sign-in of the last day: a session that was stolen once must not become a
 * way in for ever. Fault `auth.session-old`.
 */
export function requireFreshSession({ session }: Pick<SessionActor, 'session'>, now: Date): void {
  if (now.getTime() - session.createdAt.getTime() > FRESH_MS) throw new Fault('auth.session-old')
}
