import { createHash } from 'node:crypto'
import { Fault } from '@errand/contracts'
import { refreshDueAt } from '@errand/domain'
import { takeCallbackRow, writeGrant } from '@errand/store'
import * as z from 'zod'
import type { EngineDeps } from '../deps.ts'
import { grantAad, type GrantId } from './grantRows.ts'

/** What an authorization server lets a browser bring back. Longer than this is not a code, nor a word. */
const word = z.string().max(4096).optional()
const callbackSchema = z.object({
  state: z.string().min(1).max(256),
  code: word,
  iss: word,
  error: word,
  error_description: word,
})

/**
 * Takes what a browser brought back from an authorization server: once for each sign-in and in time. It is sealed at
 * once and read by the gateway alone. Fault `sign-in.unknown` for anything else, whatever it says.
 */
export async function keepCallback(
  query: Readonly<Record<string, string>>,
  { db, now, sealer }: Pick<EngineDeps, 'db' | 'now' | 'sealer'>,
): Promise<GrantId> {
  const parsed = callbackSchema.safeParse(query)
  if (!parsed.success) throw new Fault('sign-in.unknown')
  const { state, error_description: errorDescription, ...rest } = parsed.data
  const stateHash = createHash('sha256').update(state).digest('hex')
  return db.transaction(async (tx) => {
    const row = await takeCallbackRow(tx, { stateHash, now: now() })
    if (row === undefined || row.pending === null) throw new Fault('sign-in.unknown')
    const callback = await sealer.seal(JSON.stringify({ ...rest, errorDescription }), grantAad(row, 'callback'))
    const pending = { ...row.pending, callback }
    await writeGrant(tx, { row: { ...row, pending }, refreshAt: refreshDueAt(row.state), now: now() })
    return { orgId: row.orgId, credentialId: row.credentialId }
  })
}
