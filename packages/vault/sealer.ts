import { readFile } from 'node:fs/promises'
import { Fault } from '@errand/contracts'
import { bytesOf, fromBase64Url, hpkeSuite, joinSealed, SEAL_INFO } from './sealed.ts'

/** The half of a vault key that anybody may know. `publicKey` is 32 bytes in base64url. */
export interface PublicVaultKey {
  readonly keyId: string
  readonly publicKey: string
}

export interface Sealer {
  readonly keyId: string
  /**
   * Seals a text so that only the holder of the private key reads it, and only together with the same `aad`, which
   * names where it belongs: `<table>|<row>|<organisation>`. A sealed value copied to another row does not open there.
   */
  seal(plain: string, aad: string): Promise<string>
}

export function sealer({ keyId, publicKey }: PublicVaultKey): Sealer {
  const suite = hpkeSuite()
  const recipient = suite.kem.deserializePublicKey(fromBase64Url(publicKey))
  // A bad key fails at the first seal, where somebody waits for the answer.
  recipient.catch(() => undefined)
  return {
    keyId,
    seal: async (plain, aad) => {
      const parameters = { recipientPublicKey: await recipient, info: SEAL_INFO }
      const { enc, ct } = await suite.seal(parameters, bytesOf(plain), bytesOf(aad))
      return joinSealed({ keyId, encapsulatedKey: new Uint8Array(enc), ciphertext: new Uint8Array(ct) })
    },
  }
}

/** Seals with the public key that `ensureVaultKeys` wrote: all that a process which may only seal ever reads. */
export async function sealerFromFile(path: string): Promise<Sealer> {
  const key = JSON.parse(await readFile(path, 'utf8')) as Partial<PublicVaultKey>
  const { keyId, publicKey } = key
  if (typeof keyId !== 'string' || typeof publicKey !== 'string') {
    throw new Fault('start.config-invalid', `${path} does not hold a public vault key.`)
  }
  return sealer({ keyId, publicKey })
}
