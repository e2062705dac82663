import { readFile } from 'node:fs/promises'
import { Fault } from '@errand/contracts'
import { type PublicVaultKey, type Sealer, sealer } from './sealer.ts'

/** Seals with the public key that `ensureVaultKeys` wrote: all that a process which may only seal ever reads. */
export async function sealerFromFile(path: string): Promise<Sealer> {
  const key = JSON.parse(await readFile(path, 'utf8')) as Partial<PublicVaultKey>
  const { keyId, publicKey } = key
  if (typeof keyId !== 'string' || typeof publicKey !== 'string') {
    throw new Fault('start.config-invalid', `${path} does not hold a public vault key.`)
  }
  return sealer({ keyId, publicKey })
}
