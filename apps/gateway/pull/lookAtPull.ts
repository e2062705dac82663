import { Fault } from '@errand/contracts'
import { type KnownPull, recordSight, recordTrouble } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { findForge } from './findForge.ts'
import { RateLimited } from './forgeFault.ts'

/** Two people who press at the same moment, or one who presses often, are one question to the host. */
const JUST_NOW_MS = 3_000

/** Writes down how the host shows a pull request now, or why it does not. Throws only what is a fault of ours. */
export async function lookAtPull(pull: KnownPull, deps: Pick<GatewayDeps, 'git' | 'engine' | 'now'>): Promise<void> {
  if (deps.now().getTime() - pull.seenAt.getTime() < JUST_NOW_MS) return
  let redact = (fault: Fault) => fault
  try {
    const found = await findForge(pull, deps)
    redact = found.redact
    const now = await found.api.read(pull.number)
    const { number, url, title, base, state } = now
    const { checks, trouble } = await found.api.checks(now)
    await recordSight(pull, { number, url, title, base, state, checks, trouble }, deps.engine)
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'internal.error') throw error
    const again = error instanceof RateLimited ? error.again : null
    await recordTrouble(pull, { fault: redact(error), again }, deps.engine)
  }
}
