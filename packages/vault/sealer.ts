import { bytesOf, fromBase64Url, hpkeSuite, joinSealed, SEAL_INFO } from './sealed.ts'

/** The half of a vault key that anybody may know. `publicKey` is 32 bytes in base64url. */
export interface PublicVaultKey {
  readonly keyId: string
  readonly publicKey: string
}

/** Runs in a browser too: whoever types a secret seals it there. */
export interface Sealer extends PublicVaultKey {
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
    publicKey,
    seal: async (plain, aad) => {
      const parameters = { recipientPublicKey: await recipient, info: SEAL_INFO }
      const { enc, ct } = await suite.seal(parameters, bytesOf(plain), bytesOf(aad))
      return joinSealed({ keyId, encapsulatedKey: new Uint8Array(enc), ciphertext: new Uint8Array(ct) })
    },
  }
}
