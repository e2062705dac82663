import type { OrgId, PasskeyId, SessionId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

interface Owned {
  readonly orgId: OrgId
  readonly userId: UserId
}

const ENSURE_USER: Statement = {
  name: 'sign-in-user-ensure',
  text: `insert into auth_users (id, name, email, email_verified, created_at, updated_at)
    select id, name, id || '@errand.invalid', false, $3, $3 from users where org_id = $1 and id = $2
    on conflict (id) do nothing`,
}

/** The person, as better-auth wants to see one. The e-mail address is a name like any other: nothing is sent to it. */
export async function ensureSignInUser(q: Queryable, input: Owned & { readonly now: Date }): Promise<void> {
  await q.affected(ENSURE_USER, [input.orgId, input.userId, input.now])
}

const FIND_SESSION: Statement = {
  name: 'session-find',
  text: `select s.id, u.org_id as "orgId", u.id as "userId", u.name, s.created_at as "createdAt",
      s.updated_at as "usedAt", s.expires_at as "expiresAt"
    from auth_sessions s join users u on u.id = s.user_id where s.token_hash = $1`,
}

export interface SessionOwner extends Owned {
  readonly id: SessionId
  readonly name: string
  readonly createdAt: Date
  readonly usedAt: Date
  readonly expiresAt: Date
}

/** The session says whose it is; everything after it names the organisation. */
export function findSessionOwner(q: Queryable, hash: string): Promise<SessionOwner | undefined> {
  return q.row(FIND_SESSION, [hash])
}

const TOUCH_SESSION: Statement = {
  name: 'session-touch',
  text: 'update auth_sessions set updated_at = $2 where id = $1',
}

export async function touchSession(q: Queryable, input: { id: SessionId; now: Date }): Promise<void> {
  await q.affected(TOUCH_SESSION, [input.id, input.now])
}

export interface SessionRow {
  readonly id: SessionId
  readonly createdAt: Date
  readonly usedAt: Date
  readonly address: string | null
  readonly userAgent: string | null
}

const LIST_SESSIONS: Statement = {
  name: 'session-list',
  text: `select s.id, s.created_at as "createdAt", s.updated_at as "usedAt", s.ip_address as address,
      s.user_agent as "userAgent"
    from auth_sessions s join users u on u.id = s.user_id
    where u.org_id = $1 and s.user_id = $2 and s.expires_at > $3 and s.updated_at > $4
    order by s.updated_at desc limit 1000`,
}

/** Those that still open something: not past their date, and used since `usedAfter`. */
export function listSessionRows(
  q: Queryable,
  input: Owned & { readonly now: Date; readonly usedAfter: Date },
): Promise<SessionRow[]> {
  return q.rows(LIST_SESSIONS, [input.orgId, input.userId, input.now, input.usedAfter])
}

const DELETE_SESSION: Statement = {
  name: 'session-delete',
  text: `delete from auth_sessions s using users u
    where u.id = s.user_id and u.org_id = $1 and s.user_id = $2 and s.id = $3`,
}

export async function deleteSession(q: Queryable, input: Owned & { readonly id: SessionId }): Promise<boolean> {
  return (await q.affected(DELETE_SESSION, [input.orgId, input.userId, input.id])) === 1
}

const DELETE_OTHERS: Statement = {
  name: 'session-delete-others',
  text: `delete from auth_sessions s using users u
    where u.id = s.user_id and u.org_id = $1 and s.user_id = $2 and s.id is distinct from $3`,
}

/** All of the person's sessions but `except`; how many there were. */
export function deleteOtherSessions(
  q: Queryable,
  input: Owned & { readonly except: SessionId | null },
): Promise<number> {
  return q.affected(DELETE_OTHERS, [input.orgId, input.userId, input.except])
}

const FORGET: Statement = {
  name: 'sign-in-forget',
  text: `with s as (delete from auth_sessions where expires_at <= $1 or updated_at <= $2),
      v as (delete from auth_verifications where expires_at <= $1)
    delete from claim_links where expires_at <= $1`,
}

/** Sessions nobody may use any more, unanswered questions to passkeys, links past their time. */
export async function forgetSignIns(q: Queryable, input: { now: Date; usedAfter: Date }): Promise<void> {
  await q.affected(FORGET, [input.now, input.usedAfter])
}

export interface PasskeyRow {
  readonly id: PasskeyId
  readonly name: string | null
  readonly createdAt: Date | null
  readonly aaguid: string | null
  readonly isBackedUp: boolean
}

const LIST_PASSKEYS: Statement = {
  name: 'passkey-list',
  text: `select p.id, p.name, p.created_at as "createdAt", p.aaguid, p.backed_up as "isBackedUp"
    from auth_passkeys p join users u on u.id = p.user_id
    where u.org_id = $1 and p.user_id = $2 order by p.id limit 1000`,
}

export function listPasskeyRows(q: Queryable, owner: Owned): Promise<PasskeyRow[]> {
  return q.rows(LIST_PASSKEYS, [owner.orgId, owner.userId])
}

const RENAME_PASSKEY: Statement = {
  name: 'passkey-rename',
  text: `update auth_passkeys p set name = $4 from users u
    where u.id = p.user_id and u.org_id = $1 and p.user_id = $2 and p.id = $3`,
}

export async function renamePasskeyRow(
  q: Queryable,
  input: Owned & { readonly id: PasskeyId; readonly name: string },
): Promise<boolean> {
  return (await q.affected(RENAME_PASSKEY, [input.orgId, input.userId, input.id, input.name])) === 1
}

const DELETE_PASSKEY: Statement = {
  name: 'passkey-delete',
  text: `delete from auth_passkeys p using users u
    where u.id = p.user_id and u.org_id = $1 and p.user_id = $2 and p.id = $3`,
}

export async function deletePasskeyRow(q: Queryable, input: Owned & { readonly id: PasskeyId }): Promise<boolean> {
  return (await q.affected(DELETE_PASSKEY, [input.orgId, input.userId, input.id])) === 1
}

const WAYS_IN: Statement = {
  name: 'sign-in-ways',
  text: `select
      (select count(*)::int from auth_passkeys p where p.user_id = u.id) as passkeys,
      exists (select from auth_accounts a where a.user_id = u.id and a.password is not null) as "hasPassword"
    from users u where u.org_id = $1 and u.id = $2`,
}

/** By what a person can sign in. Nothing at all: nobody has claimed the account yet. */
export async function findWaysIn(
  q: Queryable,
  owner: Owned,
): Promise<{ readonly passkeys: number; readonly hasPassword: boolean }> {
  return (await q.row(WAYS_IN, [owner.orgId, owner.userId])) ?? { passkeys: 0, hasPassword: false }
}
