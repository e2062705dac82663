import { Fault, type PasskeyId } from '@errand/contracts'
import { deletePasskeyRow, findWaysIn, listPasskeyRows, renamePasskeyRow } from '@errand/store'
import type { Actor, EngineDeps } from '../deps.ts'
import type { PasskeyView } from './types.ts'

type Deps = Pick<EngineDeps, 'db'>

export async function listPasskeys(actor: Actor, { db }: Deps): Promise<readonly PasskeyView[]> {
  const rows = await listPasskeyRows(db, actor)
  return rows.map(({ id, name, createdAt, isBackedUp }) => ({
    id,
    name: name ?? 'Passkey',
    createdAt: createdAt?.toISOString() ?? null,
    isBackedUp,
  }))
}

/** Fault `passkey.unknown`. */
export async function renamePasskey(
  actor: Actor,
  { id, name }: { id: PasskeyId; name: string },
  { db }: Deps,
): Promise<void> {
  const { orgId, userId } = actor
  if (name.trim() === '' || name.length > 100) throw new Fault('input.invalid', 'name: 1 to 100 characters.')
  if (!(await renamePasskeyRow(db, { orgId, userId, id, name: name.trim() }))) throw new Fault('passkey.unknown')
}

/** Nobody signs in with it any more. The last way in stays: fault `auth.last-way`. */
export async function removePasskey(actor: Actor, id: PasskeyId, { db }: Deps): Promise<void> {
  const { orgId, userId } = actor
  await db.transaction(async (tx) => {
    if (!(await deletePasskeyRow(tx, { orgId, userId, id }))) throw new Fault('passkey.unknown')
    const { passkeys, hasPassword } = await findWaysIn(tx, actor)
    if (passkeys === 0 && !hasPassword) throw new Fault('auth.last-way')
  })
}
