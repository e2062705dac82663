import { Fault, RUN_TOKEN_HEADER } from '@errand/contracts'
import { authenticateRun as findGrant } from '@errand/engine'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'

/**
 * Finds the run that a call belongs to. A runner shows its token as `authorization: Bearer`; what it forwards for
 * the agent carries `x-errand-run-token`. The header tells them apart, so nothing that came from the agent's side
 * is ever answered on a runner path, and nothing of the runner's goes out to the world.
 */
export async function authenticateRun(call: Call, deps: GatewayDeps): Promise<'next'> {
  const grant = await findGrant(tokenOf(call), deps.engine)
  call.grant = grant
  call.fields['orgId'] = grant.orgId
  call.fields['runId'] = grant.runId
  return 'next'
}

function tokenOf(call: Call): string {
  const { headers } = call.request
  const forwarded = headers[RUN_TOKEN_HEADER]
  if (call.traffic === 'runner') {
    const bearer = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1]
    if (forwarded !== undefined || bearer === undefined) throw new Fault('token.invalid')
    return bearer
  }
  if (typeof forwarded !== 'string') throw new Fault('token.invalid')
  return forwarded
}
