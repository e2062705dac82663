import { readCredentialName, takeGrantsToRefresh } from '@errand/engine'
import type { GatewayDeps } from '../deps.ts'
import { lookForDue } from '../lookForDue.ts'

/**
 * Refreshes grants whose time has come, whether anybody uses them or not: so a grant that was revoked is noticed by day,
 * and one that is kept for a rare run does not die of idleness.
 */
export function keepGrantsFresh(deps: GatewayDeps): { close(): Promise<void> } {
  return lookForDue(
    {
      op: 'grant.refresh',
      everyMs: deps.config.grantPollMs,
      take: (limit) => takeGrantsToRefresh({ limit }, deps.engine),
      async perform({ orgId, credentialId }) {
        const credential = await readCredentialName({ orgId, id: credentialId }, deps.engine)
        if (credential !== null) await deps.oauth.keepFresh({ orgId, credential })
      },
      fieldsOf: ({ orgId, credentialId }) => ({ orgId, credentialId }),
    },
    deps,
  )
}
