import { Fault } from '@errand/contracts'
import {
  type ClaimLinkRow,
  ensureSignInUser,
  findClaimLink,
  findWaysIn,
  replaceClaimLink,
  takeClaimLink,
} from '@errand/store'
import { randomBytes } from 'node:crypto'
import type { Actor, EngineDeps } from '../deps.ts'
import { secretHash } from './secretHash.ts'
import type { WaysIn } from './types.ts'

type Deps = Pick<EngineDeps, 'db' | 'now'>

const LASTS_MS = 24 * 3_600_000
const TOKEN = /^[\w-]{43}$/

/**
 * A secret that opens the owner's account once, within a day; one that was made before is dead from now on. Only its
 * hash is kept. Whoever gives it out has shown that they sit at the machine.
 */
export async function createClaimLink(owner: Pick<Actor, 'orgId' | 'userId'>, { db, now }: Deps): Promise<string> {
  const token = randomBytes(32).toString('base64url')
  const at = now()
  const { orgId, userId } = owner
  await ensureSignInUser(db, { orgId, userId, now: at })
  const expiresAt = new Date(at.getTime() + LASTS_MS)
  await replaceClaimLink(db, { orgId, userId, hash: secretHash(token), createdAt: at, expiresAt })
  return token
}

/** Whose account the link opens, and whether somebody opened it before. Leaves the link as it is. Fault `auth.link-dead`. */
export async function readClaimLink(token: string, { db, now }: Deps): Promise<ClaimLinkRow & WaysIn> {
  const link = TOKEN.test(token) ? await findClaimLink(db, { hash: secretHash(token), now: now() }) : undefined
  if (link === undefined) throw new Fault('auth.link-dead')
  return { ...link, ...(await findWaysIn(db, link)) }
}

/** The same, and the link is dead. Of two who come at once, one gets it. */
export async function consumeClaimLink(token: string, { db, now }: Deps): Promise<ClaimLinkRow> {
  const link = TOKEN.test(token) ? await takeClaimLink(db, { hash: secretHash(token), now: now() }) : undefined
  if (link === undefined) throw new Fault('auth.link-dead')
  return link
}

/** By what somebody can sign in; nothing at all means that nobody has claimed the account. */
export function readWaysIn(actor: Pick<Actor, 'orgId' | 'userId'>, { db }: Pick<Deps, 'db'>): Promise<WaysIn> {
  return findWaysIn(db, actor)
}
