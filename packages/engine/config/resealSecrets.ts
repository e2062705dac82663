import {
  listGrantsAfter,
  listSealedWithOtherKey,
  type Queryable,
  resealCredential,
  resealGrantValue,
} from '@errand/store'
import { grantAad } from '../mcp/grantRows.ts'
import { sealingAad } from './sealing.ts'

/** Opens a value and seals it with the current key; null where it already is, or where it cannot be opened. */
export type Reseal = (sealed: string, aad: string) => Promise<string | null>

interface Rotation {
  readonly keyId: string
  readonly reseal: Reseal
}

const AT_ONCE = 100

/**
 * Key rotation, through every organisation and every sealed column: what was not sealed with `keyId` is sealed anew. Safe
 * to stop, to run again and to run while everything works. Returns how many values were changed.
 */
export async function resealSecrets(rotation: Rotation, deps: { db: Queryable }): Promise<{ resealed: number }> {
  return { resealed: (await resealCredentials(rotation, deps)) + (await resealGrants(rotation, deps)) }
}

async function resealCredentials({ keyId, reseal }: Rotation, { db }: { db: Queryable }): Promise<number> {
  let resealed = 0
  let after = ''
  for (;;) {
    const rows = await listSealedWithOtherKey(db, { keyId, after, limit: AT_ONCE })
    for (const { orgId, id, sealed } of rows) {
      const next = await reseal(sealed, sealingAad(id, orgId))
      if (next !== null && (await resealCredential(db, { orgId, id, from: sealed, sealed: next, keyId }))) resealed++
      after = id
    }
    if (rows.length === 0) return resealed
  }
}

async function resealGrants({ reseal }: Rotation, { db }: { db: Queryable }): Promise<number> {
  let resealed = 0
  let after = ''
  for (;;) {
    const rows = await listGrantsAfter(db, { after, limit: AT_ONCE })
    for (const row of rows) {
      const { credentialId, client, tokens, pending } = row
      const columns = { client, tokens, verifier: pending?.verifier ?? null, callback: pending?.callback ?? null }
      for (const column of ['client', 'tokens', 'verifier', 'callback'] as const) {
        const from = columns[column]
        const sealed = from === null ? null : await reseal(from, grantAad(row, column))
        if (from !== null && sealed !== null && (await resealGrantValue(db, { credentialId, from, sealed }))) resealed++
      }
      after = credentialId
    }
    if (rows.length === 0) return resealed
  }
}
