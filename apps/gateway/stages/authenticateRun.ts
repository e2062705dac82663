import { Fault, RUN_TOKEN_HEADER, RUNNER_PATHS } from '@errand/contracts'
import { authenticateFinishing, authenticateRun as authenticateLive } from '@errand/engine'
import type { Call } from '../call.ts'
import type { GatewayDeps } from '../deps.ts'
import { isOwnOrigin, originWords } from '../origin.ts'

/** What a runner may still do between its run's end and its own: re-send its last words and hear that it may go. */
const WHILE_FINISHING: readonly string[] = [RUNNER_PATHS.events, RUNNER_PATHS.control]

/**
 * Finds the run that a call belongs to. A runner shows its token as `authorization: Bearer`; what it forwards for
 * the agent carries `x-errand-run-token`. The header tells them apart, so nothing that came from the agent's side
 * is ever answered on a runner path, and nothing of the runner's goes out to the world.
 */
export async function authenticateRun(call: Call, deps: GatewayDeps): Promise<'next'> {
  const isFinishing = call.traffic === 'runner' && WHILE_FINISHING.includes(call.target.split('?', 1)[0] ?? '')
  const token = call.traffic === 'runner' ? runnerToken(call) : agentToken(call)
  const grant = await (isFinishing
    ? authenticateFinishing(token, deps.engine)
    : call.traffic === 'mcp'
      ? deps.grants.open(token)
      : authenticateLive(token, deps.engine))
  call.fields['orgId'] = grant.orgId
  call.fields['runId'] = grant.runId
  if (!isOwnOrigin(grant, call.origin)) {
    call.fields['from'] = originWords(call.origin)
    throw new Fault('token.elsewhere')
  }
  call.grant = grant
  return 'next'
}

/** The token of a runner's own call. */
export function runnerToken({ request: { headers } }: Call): string {
  const bearer = /^Bearer ([\w-]+)$/.exec(headers.authorization ?? '')?.[1]
  if (bearer === undefined || headers[RUN_TOKEN_HEADER] !== undefined) throw new Fault('token.invalid')
  return bearer
}

function agentToken({ request: { headers } }: Call): string {
  const token = headers[RUN_TOKEN_HEADER]
  if (typeof token !== 'string') throw new Fault('token.invalid')
  return token
}
