import { createHash, randomBytes } from 'node:crypto'
import { Fault, newId, type TokenId } from '@errand/contracts'
import {
  type ApiTokenRow,
  deleteApiToken,
  findApiTokenOwner,
  insertApiToken,
  listApiTokens,
  touchApiToken,
} from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { TokenView } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

/** Tells a secret scanner, and a person, what it is. */
const PREFIX = 'errand_'
const TOKEN = /^errand_[A-Za-z0-9_-]{43}$/
const SHOWN = PREFIX.length + 6
/** "Last used" is this exact; a write for every request would tell nobody more. */
const TOUCH_MS = 60_000

/** The person's own, newest first. */
export async function listTokens(actor: Actor, { db }: Pick<Deps, 'db'>): Promise<readonly TokenView[]> {
  return (await listApiTokens(db, actor)).map(toView)
}

/** `token` is shown this once: only its SHA-256 is kept. */
export async function createToken(
  actor: Actor,
  { name, expiresAt }: { name: string; expiresAt?: Date | undefined },
  { db, now }: Deps,
): Promise<TokenView & { token: string }> {
  const at = now()
  if (name.trim() === '' || name.length > 100) throw new Fault('input.invalid', 'name: 1 to 100 characters.')
  if (expiresAt !== undefined && expiresAt <= at) throw new Fault('input.invalid', 'expiresAt: it has passed.')
  const token = PREFIX + randomBytes(32).toString('base64url')
  const row = {
    id: newId('token', at),
    name: name.trim(),
    prefix: token.slice(0, SHOWN),
    createdAt: at,
    expiresAt: expiresAt ?? null,
  }
  await insertApiToken(db, { ...row, orgId: actor.orgId, userId: actor.userId, hash: hashOf(token) })
  return { ...toView({ ...row, lastUsedAt: null }), token }
}

/** From now on it opens nothing. Fault `token.unknown`. */
export async function revokeToken(actor: Actor, id: TokenId, { db }: Pick<Deps, 'db'>): Promise<void> {
  if (!(await deleteApiToken(db, { orgId: actor.orgId, userId: actor.userId, id }))) throw new Fault('token.unknown')
}

/** Who an API token speaks for. Fault `auth.invalid`. */
export async function authenticateApiToken(token: string, { db, now }: Deps): Promise<Actor> {
  const owner = TOKEN.test(token) ? await findApiTokenOwner(db, hashOf(token)) : undefined
  const at = now()
  if (owner === undefined) throw new Fault('auth.invalid')
  const { id, orgId, userId, name, expiresAt, lastUsedAt } = owner
  if (expiresAt !== null && expiresAt <= at) throw new Fault('auth.invalid', 'It has expired.')
  if (lastUsedAt === null || at.getTime() - lastUsedAt.getTime() >= TOUCH_MS)
    await touchApiToken(db, { orgId, id, now: at })
  return { orgId, userId, name }
}

function toView({ id, name, prefix, createdAt, expiresAt, lastUsedAt }: ApiTokenRow): TokenView {
  return {
    id,
    name,
    prefix,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
