import type { CredentialId, GrantState, OrgId } from '@errand/contracts'
import type { Queryable, Statement, Transaction } from '../database.ts'
import type { GrantDiscovery, GrantPending } from '../rows/grants.ts'
import { storable } from '../json.ts'

export interface McpGrantRow {
  readonly credentialId: CredentialId
  readonly orgId: OrgId
  readonly version: number
  readonly state: GrantState
  readonly discovery: GrantDiscovery | null
  readonly client: string | null
  readonly tokens: string | null
  readonly pending: GrantPending | null
  /** Of the sign-in that is under way; null when none may come back. */
  readonly stateHash: string | null
}

const columns = `credential_id as "credentialId", org_id as "orgId", version, state, discovery, client, tokens, pending,
  state_hash as "stateHash"`

const ADD: Statement = {
  name: 'grant-add',
  text: `insert into mcp_grants (credential_id, org_id, version, state, updated_at) values ($1, $2, 1, $3, $4)
    on conflict (credential_id) do nothing`,
}

/** Makes the row where there is none. */
export async function addGrant(
  q: Queryable,
  { credentialId, orgId, state, now }: Pick<McpGrantRow, 'credentialId' | 'orgId' | 'state'> & { now: Date },
): Promise<void> {
  await q.affected(ADD, [credentialId, orgId, JSON.stringify(storable(state)), now])
}

const FIND: Statement = {
  name: 'grant-find',
  text: `select ${columns} from mcp_grants where org_id = $1 and credential_id = $2`,
}

export function findGrant(
  q: Queryable,
  { orgId, credentialId }: Pick<McpGrantRow, 'orgId' | 'credentialId'>,
): Promise<McpGrantRow | undefined> {
  return q.row(FIND, [orgId, credentialId])
}

const LOCK: Statement = { name: 'grant-lock', text: `${FIND.text} for update` }

/** Waits for whoever holds it: one refresh at a time, over all gateways. Postgres lets go of it when the holder dies. */
export function lockGrant(
  tx: Transaction,
  { orgId, credentialId }: Pick<McpGrantRow, 'orgId' | 'credentialId'>,
): Promise<McpGrantRow | undefined> {
  return tx.row(LOCK, [orgId, credentialId])
}

const WRITE: Statement = {
  name: 'grant-write',
  text: `update mcp_grants set version = version + 1, state = $4, discovery = $5, client = $6, tokens = $7, pending = $8,
      state_hash = $9, refresh_at = $10, updated_at = $11
    where org_id = $1 and credential_id = $2 and version = $3`,
}

export interface GrantWrite {
  /** As it was read, with what is new in it. */
  readonly row: McpGrantRow
  readonly refreshAt: Date | null
  readonly now: Date
}

/** False when somebody else has changed it since `row.version` was read. */
export async function writeGrant(q: Queryable, { row, refreshAt, now }: GrantWrite): Promise<boolean> {
  const { credentialId, orgId, version, client, tokens } = row
  const json = (value: object | null) => (value === null ? null : JSON.stringify(storable(value)))
  const values = [orgId, credentialId, version, json(row.state), json(row.discovery), client, tokens, json(row.pending)]
  return (await q.affected(WRITE, [...values, row.stateHash, refreshAt, now])) === 1
}

const TAKE_CALLBACK: Statement = {
  name: 'grant-take-callback',
  text: `update mcp_grants set state_hash = null, version = version + 1, updated_at = $2
    where state_hash = $1 and (pending ->> 'expiresAt')::timestamptz > $2
    returning ${columns}`,
}

/** Who comes back with this `state`: once, and in time. The sign-in's row, or undefined. */
export function takeCallbackRow(
  q: Queryable,
  { stateHash, now }: { stateHash: string; now: Date },
): Promise<McpGrantRow | undefined> {
  return q.row(TAKE_CALLBACK, [stateHash, now])
}

const DUE: Statement = {
  name: 'grant-due',
  text: `update mcp_grants set refresh_at = $2 where credential_id in (
      select credential_id from mcp_grants where refresh_at <= $1 order by refresh_at limit $3 for update skip locked
    ) returning org_id as "orgId", credential_id as "credentialId"`,
}

/** For the gateway, through every organisation: each is given to one, and again at `until` if that one died. */
export function takeDueGrants(
  q: Queryable,
  { now, until, limit }: { now: Date; until: Date; limit: number },
): Promise<Pick<McpGrantRow, 'orgId' | 'credentialId'>[]> {
  return q.rows(DUE, [now, until, limit])
}

const AFTER: Statement = {
  name: 'grants-after',
  text: `select ${columns} from mcp_grants where credential_id > $1 order by credential_id limit $2`,
}

/** For key rotation, which goes through every organisation. */
export function listGrantsAfter(q: Queryable, input: { after: string; limit: number }): Promise<McpGrantRow[]> {
  return q.rows(AFTER, [input.after, input.limit])
}

const RESEAL: Statement = {
  name: 'grant-reseal',
  text: `update mcp_grants set client = case client when $2 then $3 else client end,
      tokens = case tokens when $2 then $3 else tokens end,
      pending = case $2 when pending ->> 'verifier' then jsonb_set(pending, '{verifier}', to_jsonb($3::text))
        when pending ->> 'callback' then jsonb_set(pending, '{callback}', to_jsonb($3::text)) else pending end
    where credential_id = $1 and $2 in (client, tokens, pending ->> 'verifier', pending ->> 'callback')`,
}

/**
 * One sealed value in the place of another, wherever it stands in the row. False when it stands there no more. The version
 * stays: a refresh that is under way may write, and what it writes is newer.
 */
export async function resealGrantValue(
  q: Queryable,
  input: { credentialId: CredentialId; from: string; sealed: string },
): Promise<boolean> {
  return (await q.affected(RESEAL, [input.credentialId, input.from, input.sealed])) === 1
}
