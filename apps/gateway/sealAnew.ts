import { type EngineDeps, type Reseal, resealSecrets } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { type Opener, reseal } from '@errand/vault/open'

/**
 * The second half of a key rotation, at every start: what was sealed for an older key is sealed for the current one. One
 * value that does not open stays as it is and holds up no other. Never throws.
 */
export async function sealAnew({ engine, opener, log }: SealAnew): Promise<void> {
  const { sealer } = engine
  const one: Reseal = async (sealed, aad) => {
    try {
      return (await reseal(sealed, { opener, sealer, aad })) ?? null
    } catch (error) {
      log.warn({ op: 'vault.reseal', ok: false, error }, 'a sealed value does not open and stays as it is')
      return null
    }
  }
  try {
    const { resealed } = await resealSecrets({ keyId: sealer.keyId, reseal: one }, engine)
    if (resealed > 0) log.info({ op: 'vault.reseal', ok: true, resealed }, 'sealed anew for the current key')
  } catch (error) {
    log.warn({ op: 'vault.reseal', ok: false, error }, 'not everything was sealed anew; the next start goes on')
  }
}

interface SealAnew {
  readonly engine: Pick<EngineDeps, 'db' | 'sealer'>
  readonly opener: Opener
  readonly log: Logger
}
