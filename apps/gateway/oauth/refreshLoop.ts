import { readCredentialName, takeGrantsToRefresh } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'

const AT_ONCE = 4

/**
 * Refreshes grants whose time has come, whether anybody uses them or not: so a grant that was revoked is noticed by day,
 * and one that is kept for a rare run does not die of idleness.
 */
export function keepGrantsFresh(deps: GatewayDeps): { close(): Promise<void> } {
  let looking: Promise<void> | null = null
  let isClosing = false

  const look = async () => {
    for (;;) {
      const due = await takeGrantsToRefresh({ limit: AT_ONCE }, deps.engine)
      await Promise.all(
        due.map(async ({ orgId, credentialId }) => {
          try {
            const credential = await readCredentialName({ orgId, id: credentialId }, deps.engine)
            if (credential !== null) await deps.oauth.keepFresh({ orgId, credential })
          } catch (error) {
            deps.log.warn({ op: 'grant.refresh', orgId, credentialId, error }, 'a grant was not refreshed')
          }
        }),
      )
      if (due.length < AT_ONCE || isClosing) return
    }
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) => deps.log.warn({ op: 'grant.refresh', error }, 'due grants were not found'))
      .finally(() => (looking = null))
  }, deps.config.grantPollMs)
  timer.unref()
  return {
    async close() {
      isClosing = true
      clearInterval(timer)
      await looking
    },
  }
}
