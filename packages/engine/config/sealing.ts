import { type CredentialId, Fault, nameSchema, newId, type OrgId } from '@errand/contracts'
import { secretValue } from '@errand/domain'
import { findCredential } from '@errand/store'
import { type Sealer, sealedKeyId } from '@errand/vault'
import type { Actor, EngineDeps } from '../deps.ts'
import { inputFault } from '../inputFault.ts'
import type { GivenSecret, SealingPlace } from './types.ts'

/**
 * For whoever seals a value elsewhere: the gateway's public key and the place of the credential of this name. One that
 * is not there yet gets its id now, so that its first value is bound to it.
 */
export async function readSealingPlace(
  { orgId }: Actor,
  name: string,
  { db, now, sealer }: Pick<EngineDeps, 'db' | 'now' | 'sealer'>,
): Promise<SealingPlace> {
  const parsed = nameSchema.safeParse(name)
  if (!parsed.success) throw inputFault(parsed.error)
  const row = await findCredential(db, { orgId, name })
  const id = row?.id ?? newId('credential', now())
  return { id, aad: sealingAad(id, orgId), keyId: sealer.keyId, publicKey: sealer.publicKey }
}

/** Where a sealed value belongs: in another row it does not open. */
export function sealingAad(id: CredentialId, orgId: OrgId): string {
  return `credentials|${id}|${orgId}`
}

/**
 * The value as it is stored. Of one that comes sealed only its form, its key and its row can be checked here; whether it
 * opens, a test of the credential tells. Fault `input.invalid`.
 */
export async function sealedValue(
  secret: GivenSecret,
  { id, orgId, sealer }: { id: CredentialId; orgId: OrgId; sealer: Sealer },
): Promise<string> {
  if (secret.kind === 'plain') {
    const checked = secretValue(secret.value)
    if (checked.kind === 'refused') throw new Fault('input.invalid', `secret: ${checked.words}.`)
    return sealer.seal(checked.value, sealingAad(id, orgId))
  }
  const keyId = sealedKeyId(secret.value)
  if (keyId === undefined) throw new Fault('input.invalid', 'sealed: it is not in the form of a sealed value.')
  if (keyId !== sealer.keyId)
    throw new Fault('input.invalid', 'sealed: it is for another key than the gateway’s. Reload the page and try again.')
  if (secret.id !== id) throw new Fault('name.taken', 'The credential was made anew meanwhile. Try it again.')
  return secret.value
}

export function atTheSameMoment(name: string): Fault {
  return new Fault('name.taken', `Somebody made the credential ${name} at the same moment. Try it again.`)
}
