import type { OrgId, TokenId, UserId } from '@errand/contracts'
import type { Queryable, Statement } from '../database.ts'

const ADD_ORG: Statement = {
  name: 'org-add',
  text: 'insert into orgs (id, name, created_at) values ($1, $2, $3) on conflict (name) do nothing',
}
const FIND_ORG: Statement = { name: 'org-find', text: 'select id from orgs where name = $1' }

/** The organisation of this name, made with `id` when there is none. */
export async function ensureOrg(q: Queryable, input: { id: OrgId; name: string; now: Date }): Promise<OrgId> {
  await q.affected(ADD_ORG, [input.id, input.name, input.now])
  return (await q.row<{ id: OrgId }>(FIND_ORG, [input.name]))?.id ?? input.id
}

const ADD_USER: Statement = {
  name: 'user-add',
  text: 'insert into users (id, org_id, name, created_at) values ($1, $2, $3, $4) on conflict (org_id, name) do nothing',
}
const FIND_USER: Statement = { name: 'user-find', text: 'select id from users where org_id = $1 and name = $2' }

export async function ensureUser(
  q: Queryable,
  input: { id: UserId; orgId: OrgId; name: string; now: Date },
): Promise<UserId> {
  await q.affected(ADD_USER, [input.id, input.orgId, input.name, input.now])
  return (await q.row<{ id: UserId }>(FIND_USER, [input.orgId, input.name]))?.id ?? input.id
}

export interface ApiTokenRow {
  readonly id: TokenId
  readonly name: string
  readonly prefix: string
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

const ADD_TOKEN: Statement = {
  name: 'api-token-add',
  text: `insert into api_tokens (id, org_id, user_id, name, prefix, hash, created_at, expires_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)`,
}

export async function insertApiToken(
  q: Queryable,
  token: Omit<ApiTokenRow, 'lastUsedAt'> & { orgId: OrgId; userId: UserId; hash: string },
): Promise<void> {
  const { id, orgId, userId, name, prefix, hash, createdAt, expiresAt } = token
  await q.affected(ADD_TOKEN, [id, orgId, userId, name, prefix, hash, createdAt, expiresAt])
}

const LIST_TOKENS: Statement = {
  name: 'api-token-list',
  text: `select id, name, prefix, created_at as "createdAt", expires_at as "expiresAt", last_used_at as "lastUsedAt"
    from api_tokens where org_id = $1 and user_id = $2 order by id desc limit 1000`,
}

export function listApiTokens(q: Queryable, input: { orgId: OrgId; userId: UserId }): Promise<ApiTokenRow[]> {
  return q.rows(LIST_TOKENS, [input.orgId, input.userId])
}

const DELETE_TOKEN: Statement = {
  name: 'api-token-delete',
  text: 'delete from api_tokens where id = $1 and org_id = $2 and user_id = $3',
}

export async function deleteApiToken(
  q: Queryable,
  input: { orgId: OrgId; userId: UserId; id: TokenId },
): Promise<boolean> {
  return (await q.affected(DELETE_TOKEN, [input.id, input.orgId, input.userId])) === 1
}

const FIND_BY_TOKEN: Statement = {
  name: 'api-token-find',
  text: `select t.id, t.org_id as "orgId", t.user_id as "userId", u.name, t.expires_at as "expiresAt",
      t.last_used_at as "lastUsedAt"
    from api_tokens t join users u on u.id = t.user_id where t.hash = $1`,
}

export interface TokenOwner {
  readonly id: TokenId
  readonly orgId: OrgId
  readonly userId: UserId
  readonly name: string
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

/** The token says whose it is; everything after it names the organisation. */
export function findApiTokenOwner(q: Queryable, hash: string): Promise<TokenOwner | undefined> {
  return q.row(FIND_BY_TOKEN, [hash])
}

const TOUCH_TOKEN: Statement = {
  name: 'api-token-touch',
  text: 'update api_tokens set last_used_at = $3 where id = $1 and org_id = $2',
}

export async function touchApiToken(q: Queryable, input: { orgId: OrgId; id: TokenId; now: Date }): Promise<void> {
  await q.affected(TOUCH_TOKEN, [input.id, input.orgId, input.now])
}
