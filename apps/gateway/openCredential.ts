import type { CredentialSpec, OrgId } from '@errand/contracts'
import { Fault } from '@errand/contracts'
import { secretValue } from '@errand/domain'
import type { SealedCredential } from '@errand/engine'
import { Secret } from '@errand/observe'
import type { Opener } from '@errand/vault/open'

export interface OpenedCredential {
  readonly name: string
  readonly spec: CredentialSpec
  /** Null where the kind needs none, or none was given yet. */
  readonly secret: Secret | null
}

export interface CredentialOpener {
  /** Opens a sealed credential. Each version is opened once and kept in memory for a short while. */
  open(orgId: OrgId, credential: SealedCredential): Promise<OpenedCredential>
}

interface Kept {
  readonly version: number
  readonly until: number
  readonly opened: Promise<Secret>
}

export function createCredentialOpener({
  opener,
  keepMs,
  now,
}: {
  opener: Opener
  keepMs: number
  now: () => Date
}): CredentialOpener {
  const kept = new Map<string, Kept>()
  return {
    async open(orgId, { id, name, spec, version, sealed, aad }) {
      if (sealed === null) return { name, spec, secret: null }
      const key = `${orgId} ${id}`
      const known = kept.get(key)
      if (known !== undefined && known.version === version && known.until > now().getTime()) {
        return { name, spec, secret: await known.opened }
      }
      const opened = openSealed(opener, { sealed, aad, name })
      kept.set(key, { version, until: now().getTime() + keepMs, opened })
      // One that cannot be opened is tried again at the next call: the key may have been put back in place.
      opened.catch(() => kept.delete(key))
      return { name, spec, secret: await opened }
    },
  }
}

async function openSealed(
  opener: Opener,
  { sealed, aad, name }: { sealed: string; aad: string; name: string },
): Promise<Secret> {
  const value = await opener.open(sealed, aad).catch((cause: unknown) => {
    throw new Fault(
      'credential.missing',
      `The credential "${name}" cannot be opened with the keys of this gateway. Set its value again.`,
      { cause },
    )
  })
  // Sealed in a browser, it was seen by nobody before: it becomes part of a header here.
  const checked = secretValue(value)
  if (checked.kind === 'refused')
    throw new Fault('credential.missing', `The value of "${name}" cannot be used: ${checked.words}. Set it again.`)
  return new Secret(checked.value)
}
