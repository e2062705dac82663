import type { webcrypto } from 'node:crypto'
import { Fault } from '@errand/contracts'
import { OpenError, type CipherSuite } from '@hpke/core'
import type { VaultKey } from './keys.ts'
import { bytesOf, fromBase64Url, hpkeSuite, SEAL_INFO, sealedKeyId, splitSealed } from './sealed.ts'
import type { Sealer } from './sealer.ts'

export interface Opener {
  /**
   * Opens a sealed value. Rejects with `secret.key-missing` when it was sealed for a key that is not here, and with
   * `secret.unopenable` when it was changed, cut, or sealed for another place than `aad` names.
   */
  open(sealed: string, aad: string): Promise<string>
}

/** Opens with any of the keys: after a rotation, values sealed for the older ones stay readable. */
export function opener(keys: readonly VaultKey[]): Opener {
  const suite = hpkeSuite()
  const privateKeys = new Map(keys.map((key) => [key.keyId, lazily(() => importPrivateKey(suite, key))]))
  return {
    open: async (sealed, aad) => {
      const parts = splitSealed(sealed)
      if (parts === undefined) throw new Fault('secret.unopenable', 'It is not in the form of a sealed value.')
      const recipientKey = await privateKeys.get(parts.keyId)?.()
      if (recipientKey === undefined) throw new Fault('secret.key-missing', `It was sealed for the key ${parts.keyId}.`)
      try {
        const parameters = { recipientKey, enc: parts.encapsulatedKey, info: SEAL_INFO }
        const plain = await suite.open(parameters, parts.ciphertext, bytesOf(aad))
        return Buffer.from(plain).toString('utf8')
      } catch (cause) {
        throw new Fault('secret.unopenable', cause instanceof OpenError ? undefined : 'Its key part is damaged.', {
          cause,
        })
      }
    },
  }
}

/**
 * The value sealed for the sealer's key, or undefined when it already is: what a rotation does to every row. `aad` is
 * that of the row, before and after.
 */
export async function reseal(
  sealed: string,
  { opener, sealer, aad }: { readonly opener: Opener; readonly sealer: Sealer; readonly aad: string },
): Promise<string | undefined> {
  if (sealedKeyId(sealed) === sealer.keyId) return undefined
  return sealer.seal(await opener.open(sealed, aad), aad)
}

function importPrivateKey(suite: CipherSuite, { privateKey }: VaultKey): Promise<webcrypto.CryptoKey> {
  return suite.kem.deserializePrivateKey(fromBase64Url(privateKey))
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => (made ??= make())
}
