import { type Actor, type EngineDeps, readSettings, writeSettings } from '@errand/engine'
import type { Logger } from '@errand/observe'
import { askTrustedHosts } from './trustedHosts.ts'

interface SeedDeps {
  readonly engine: EngineDeps
  readonly log: Logger
  readonly signal: AbortSignal
  readonly ask?: typeof askTrustedHosts
}

/**
 * Fills the trusted hosts of the settings from the machine's package managers when the list is empty: a list that the
 * owner has made, or shortened, stays theirs. Emptying it asks anew at the next start. Never throws.
 */
export async function seedTrustedHosts(
  owner: Actor,
  { engine, log, signal, ask = askTrustedHosts }: SeedDeps,
): Promise<void> {
  try {
    if ((await readSettings(owner, engine)).trustedHosts.length > 0) return
    const trustedHosts = await ask({ log, signal })
    // Asking takes seconds: the owner may have been faster.
    if (signal.aborted || trustedHosts.length === 0 || (await readSettings(owner, engine)).trustedHosts.length > 0)
      return
    await writeSettings(owner, { trustedHosts }, engine)
    log.info({ op: 'trusted.seed', trustedHosts }, 'trusted hosts taken from the machine’s package managers')
  } catch (error) {
    if (!signal.aborted) log.warn({ op: 'trusted.seed', error }, 'the trusted hosts could not be filled')
  }
}
