import { type CredentialId, Fault, type OrgId } from '@errand/contracts'
import { type GrantEvent, moveGrant, newGrant, refreshDueAt } from '@errand/domain'
import {
  addGrant,
  findGrant,
  type McpGrantRow,
  lockGrant,
  type Queryable,
  takeDueGrants,
  writeGrant,
} from '@errand/store'
import type { EngineDeps } from '../deps.ts'

export interface GrantId {
  readonly orgId: OrgId
  readonly credentialId: CredentialId
}

/** What a change makes of a row: an event for its state, and columns beside it. */
export type GrantChange = Partial<Omit<McpGrantRow, 'orgId' | 'credentialId' | 'version' | 'state'>> & {
  readonly event: GrantEvent
}

/** Where a sealed column of a grant belongs: elsewhere it does not open. */
export function grantAad(
  { orgId, credentialId }: GrantId,
  column: 'client' | 'tokens' | 'verifier' | 'callback',
): string {
  return `mcp_grants|${credentialId}|${orgId}|${column}`
}

/** Null where nobody ever signed in. */
export async function findGrantRow(id: GrantId, { db }: Pick<EngineDeps, 'db'>): Promise<McpGrantRow | null> {
  return (await findGrant(db, id)) ?? null
}

const TRIES = 5

/**
 * Reads, changes, writes; anew when somebody was faster. The row is made where there is none. `change` gives null to
 * leave it as it is.
 */
export async function changeGrant(
  id: GrantId,
  change: (row: McpGrantRow) => GrantChange | null,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<McpGrantRow> {
  for (let left = TRIES; left > 0; left--) {
    const row = await findGrant(db, id)
    if (row === undefined) {
      await addGrant(db, { ...id, state: newGrant(now()), now: now() })
      continue
    }
    const made = change(row)
    if (made === null) return row
    const next = await write(db, row, { change: made, now: now() })
    if (next !== null) return next
  }
  throw new Error('a grant was changed by others again and again')
}

export interface HeldGrant {
  readonly row: McpGrantRow
  /** In the same transaction, so it holds once `work` has resolved. */
  write(change: GrantChange): Promise<void>
}

/**
 * Alone with a grant, over all processes, for as long as `work` lasts: whoever comes meanwhile waits and finds what
 * `work` wrote. A holder that dies lets go at once. Fault `credential.unknown`.
 */
export function aloneWithGrant<T>(
  id: GrantId,
  work: (held: HeldGrant) => Promise<T>,
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<T> {
  return db.transaction(async (tx) => {
    const row = await lockGrant(tx, id)
    if (row === undefined) throw new Fault('credential.unknown')
    return work({
      row,
      write: async (change) => {
        if ((await write(tx, row, { change, now: now() })) === null) throw new Error('a locked grant was changed')
      },
    })
  })
}

/** For the gateway: grants whose refresh is due; each is given out again after a minute. */
export function takeGrantsToRefresh(
  { limit }: { limit: number },
  { db, now }: Pick<EngineDeps, 'db' | 'now'>,
): Promise<GrantId[]> {
  return takeDueGrants(db, { now: now(), until: new Date(now().getTime() + 60_000), limit })
}

async function write(
  q: Queryable,
  row: McpGrantRow,
  { change: { event, ...columns }, now }: { change: GrantChange; now: Date },
): Promise<McpGrantRow | null> {
  const next = { ...row, ...columns, state: moveGrant(row.state, event, now) }
  const isWritten = await writeGrant(q, { row: next, refreshAt: refreshDueAt(next.state), now })
  return isWritten ? { ...next, version: row.version + 1 } : null
}
