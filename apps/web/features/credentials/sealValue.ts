import { secretValue } from '@errand/domain'
import type { RouterOutputs } from '../../trpc/types.ts'

type SealingPlace = RouterOutputs['credentials']['sealing']

/** Why nothing can be sealed in this browser; null when it can. Known after the page has come to life. */
export function whyNotHere(): string | null {
  if (window.isSecureContext) return null
  return 'Browsers seal only on a page that came over https, or from localhost.'
}

/** The message is for a person. */
export class SealRefusal extends Error {}

/**
 * Seals what was typed to the gateway's public key, for its place alone: from here on nobody but the gateway reads it.
 * Rejects with a `SealRefusal`.
 */
export async function sealValue(
  place: SealingPlace,
  typed: string,
): Promise<{ id: SealingPlace['id']; value: string }> {
  const checked = secretValue(typed)
  if (checked.kind === 'refused') throw new SealRefusal(`The value cannot be used: ${checked.words}.`)
  // Loaded with the first value that is sealed.
  const { sealer } = await import('@errand/vault')
  try {
    return { id: place.id, value: await sealer(place).seal(checked.value, place.aad) }
  } catch (cause) {
    throw new SealRefusal('This browser cannot seal (it has no X25519). Use a newer one, or the command line.', {
      cause,
    })
  }
}
