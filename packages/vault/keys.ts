import { createHash } from 'node:crypto'
import { hpkeSuite, toBase64Url } from './sealed.ts'
import type { PublicVaultKey } from './sealer.ts'

/** A key pair; both halves are 32 bytes in base64url. `createdAt` is ISO 8601. */
export interface VaultKey extends PublicVaultKey {
  readonly privateKey: string
  readonly createdAt: string
}

export async function generateVaultKey(now: Date): Promise<VaultKey> {
  const { kem } = hpkeSuite()
  const pair = await kem.generateKeyPair()
  const publicKey = await kem.serializePublicKey(pair.publicKey)
  const privateKey = await kem.serializePrivateKey(pair.privateKey)
  return {
    keyId: keyIdOf(publicKey),
    publicKey: toBase64Url(publicKey),
    privateKey: toBase64Url(privateKey),
    createdAt: now.toISOString(),
  }
}

/** The pair that 32 random bytes make: whoever keeps the bytes keeps the key. */
export async function vaultKeyFromSeed(seed: Uint8Array<ArrayBuffer>, now: Date): Promise<VaultKey> {
  const { kem } = hpkeSuite()
  const pair = await kem.deriveKeyPair(seed.buffer)
  const publicKey = await kem.serializePublicKey(pair.publicKey)
  return {
    keyId: keyIdOf(publicKey),
    publicKey: toBase64Url(publicKey),
    privateKey: toBase64Url(await kem.serializePrivateKey(pair.privateKey)),
    createdAt: now.toISOString(),
  }
}

export function publicHalf({ keyId, publicKey }: VaultKey): PublicVaultKey {
  return { keyId, publicKey }
}

/** Derived from the key, so that one id never names two keys, however a key file was put together. */
function keyIdOf(publicKey: ArrayBuffer): string {
  return createHash('sha256').update(new Uint8Array(publicKey)).digest('hex').slice(0, 16)
}
